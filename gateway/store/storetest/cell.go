package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"moongate/gateway/store"
)

// RunCell tests a value that nobody has written yet.
func RunCell(t *testing.T, c store.Cell) {
	ctx := Context(t)
	read := func(want string) uint64 {
		t.Helper()
		b, version, err := c.Read(ctx)
		if err != nil || string(b) != want || (version == 0) != (want == "") {
			t.Fatalf("%q %d %v, want %q", b, version, err, want)
		}
		return version
	}
	write := func(value string, version uint64, want error) {
		t.Helper()
		if err := c.Write(ctx, []byte(value), version); !errors.Is(err, want) {
			t.Fatalf("%v, want %v", err, want)
		}
	}
	none := read("")
	write("x", none+1, store.ErrConflict)
	write("a", none, nil)
	first := read("a")
	write("b", none, store.ErrConflict)
	write("b", first, nil)
	write("c", first, store.ErrConflict)
	second := read("b")

	watching, stop := context.WithCancel(ctx)
	changes, done := make(chan string, 10), make(chan struct{})
	go func() {
		defer close(done)
		c.Watch(watching, func() {
			b, _, err := c.Read(ctx)
			if err != nil {
				t.Error(err)
			}
			changes <- string(b)
		})
	}()
	await := func(want string) {
		t.Helper()
		for {
			select {
			case got := <-changes:
				if got == want {
					return
				}
			case <-ctx.Done():
				t.Fatalf("no word of %q", want)
			}
		}
	}
	await("b")
	write("c", second, nil)
	await("c")
	stop()
	<-done

	// Of many who write at once, one after the other is first.
	const writers, each = 4, 5
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for n := 0; n < each; {
				b, version, err := c.Read(ctx)
				if err == nil {
					err = c.Write(ctx, append(b, '+'), version)
				}
				switch {
				case err == nil:
					n++
				case !errors.Is(err, store.ErrConflict):
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if b, _, _ := c.Read(ctx); len(b) != 1+writers*each {
		t.Errorf("%q", b)
	}
}
