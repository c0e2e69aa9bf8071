// Package storetest has the tests that every store that can be written to must
// pass. Tests of the stores call it.
package storetest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Patience ends a test that would wait for ever.
const Patience = 30 * time.Second

// Context ends with the test, or when patience does.
func Context(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	t.Cleanup(cancel)
	return ctx
}

// Revision puts documents with this value, n of them.
func Revision(value, n int) entity.Revision {
	r := entity.Revision{Time: time.Unix(int64(value), 0).UTC(), Who: "test", Why: fmt.Sprint(value)}
	for i := range n {
		id := ID(i)
		r.Changes = append(r.Changes, entity.Change{
			Kind: "services", ID: id, New: json.RawMessage(fmt.Sprintf(`{"id":%q,"value":%d}`, id, value)),
		})
	}
	return r
}

// ID is one of a fixed list.
func ID(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i) }

// Check fails unless a snapshot holds just n documents with this value.
func Check(t testing.TB, s *store.Snapshot, number uint64, value, n int) {
	t.Helper()
	if s.Number != number || len(s.Documents) != n {
		t.Fatalf("revision %d with %d documents, want %d with %d", s.Number, len(s.Documents), number, n)
	}
	for _, d := range s.Documents {
		if want := fmt.Sprintf(`{"id":%q,"value":%d}`, d.ID, value); string(d.Raw) != want {
			t.Fatalf("%s, want %s", d.Raw, want)
		}
	}
}

// Run tests a store; open gives an empty one that keeps 10 revisions.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Run("write and load", func(t *testing.T) { writeAndLoad(t, open(t)) })
	t.Run("conflict", func(t *testing.T) { conflict(t, open(t)) })
	t.Run("history", func(t *testing.T) { history(t, open(t)) })
	t.Run("watch", func(t *testing.T) { watch(t, open(t)) })
	t.Run("large", func(t *testing.T) { large(t, open(t)) })
	t.Run("hammer", func(t *testing.T) { hammer(t, open(t)) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, s store.Store) *store.Snapshot {
	t.Helper()
	snap, err := s.Load(Context(t))
	must(t, err)
	return snap
}

func writeAndLoad(t *testing.T, s store.Store) {
	ctx := Context(t)
	Check(t, load(t, s), 0, 0, 0)
	must(t, s.Write(ctx, Revision(1, 3), 0))
	must(t, s.Write(ctx, Revision(2, 3), 1))
	Check(t, load(t, s), 2, 2, 3)
	r := entity.Revision{Changes: []entity.Change{{Kind: "services", ID: ID(1), Old: json.RawMessage(`{}`)}}}
	must(t, s.Write(ctx, r, 2))
	Check(t, load(t, s), 3, 2, 2)
	Acts(t, s, 3)
	Check(t, load(t, s), 4, 2, 2)
}

// Acts writes a revision that changes no document and reads it again.
func Acts(t *testing.T, s store.Store, at uint64) {
	ctx := Context(t)
	r := entity.Revision{Time: time.Unix(4, 0).UTC(), Who: "me", From: "10.0.0.1", Why: "so", Acts: []entity.Act{{Name: entity.Purge, Kind: "plugins", ID: ID(1), Of: "key"}}}
	must(t, s.Write(ctx, r, at))
	list, err := s.Revisions(ctx, 0, 1)
	must(t, err)
	if r.Number = at + 1; len(list) != 1 || len(list[0].Changes) != 0 {
		t.Fatalf("%+v", list)
	}
	if list[0].Changes = nil; !reflect.DeepEqual(list[0], r) {
		t.Errorf("%+v, want %+v", list[0], r)
	}
	err = s.Watch(ctx, at, func(got entity.Revision) error {
		if len(got.Acts) != 1 || got.From != r.From {
			t.Errorf("%+v", got)
		}
		return errors.ErrUnsupported
	})
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Error(err)
	}
}

func conflict(t *testing.T, s store.Store) {
	ctx := Context(t)
	must(t, s.Write(ctx, Revision(1, 1), 0))
	for _, expected := range []uint64{0, 2, 99} {
		if err := s.Write(ctx, Revision(5, 2), expected); !errors.Is(err, store.ErrConflict) {
			t.Errorf("expected %d: %v", expected, err)
		}
	}
	Check(t, load(t, s), 1, 1, 1)
}

func history(t *testing.T, s store.Store) {
	ctx := Context(t)
	for i := range 15 {
		must(t, s.Write(ctx, Revision(i+1, 1), uint64(i)))
	}
	numbers := func(before uint64, limit int) (out []uint64) {
		list, err := s.Revisions(ctx, before, limit)
		must(t, err)
		for _, r := range list {
			if r.Why != fmt.Sprint(r.Number) || len(r.Changes) != 1 || r.Time.Unix() != int64(r.Number) {
				t.Errorf("%+v", r)
			}
			out = append(out, r.Number)
		}
		return out
	}
	for _, c := range []struct {
		before uint64
		limit  int
		want   string
	}{{0, 3, "[15 14 13]"}, {14, 2, "[13 12]"}, {0, 100, "[15 14 13 12 11 10 9 8 7 6]"}, {6, 10, "[]"}, {99, 1, "[15]"}} {
		if got := fmt.Sprint(numbers(c.before, c.limit)); got != c.want {
			t.Errorf("before %d: %s, want %s", c.before, got, c.want)
		}
	}
	if err := s.Watch(ctx, 4, func(entity.Revision) error { return nil }); !errors.Is(err, store.ErrGap) {
		t.Errorf("watching from what is gone: %v", err)
	}
}

var errEnough = errors.New("enough")

// Follow watches until a revision is seen and fails unless all come in order.
func Follow(ctx context.Context, s store.Store, from, to uint64) error {
	next := from + 1
	err := s.Watch(ctx, from, func(r entity.Revision) error {
		if r.Number != next {
			return fmt.Errorf("revision %d instead of %d", r.Number, next)
		}
		if len(r.Changes) == 0 || !bytes.Contains(r.Changes[0].New, []byte("value")) {
			return fmt.Errorf("revision %d has no changes", r.Number)
		}
		if next++; r.Number == to {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return fmt.Errorf("watched up to %d of %d: %w", next-1, to, err)
}

func watch(t *testing.T, s store.Store) {
	ctx := Context(t)
	must(t, s.Write(ctx, Revision(1, 1), 0))
	must(t, s.Write(ctx, Revision(2, 1), 1))
	done := make(chan error, 2)
	go func() { done <- Follow(ctx, s, 0, 8) }()
	go func() { done <- Follow(ctx, s, 1, 8) }()
	for i := 2; i < 8; i++ {
		must(t, s.Write(ctx, Revision(i+1, 1), uint64(i)))
	}
	must(t, <-done)
	must(t, <-done)

	stopped, cancel := context.WithCancel(ctx)
	go func() {
		done <- s.Watch(stopped, 7, func(entity.Revision) error { cancel(); return nil })
	}()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled watch: %v", err)
	}
}

// large is a revision with more changes than a small transaction takes.
func large(t *testing.T, s store.Store) {
	ctx := Context(t)
	const n = 3000
	must(t, s.Write(ctx, Revision(1, n), 0))
	Check(t, load(t, s), 1, 1, n)
	must(t, s.Write(ctx, Revision(2, n), 1))
	must(t, Follow(ctx, s, 0, 2))
	must(t, s.Write(ctx, Revision(3, 1), 2))
	snap := load(t, s)
	if snap.Number != 3 || len(snap.Documents) != n {
		t.Fatalf("revision %d, %d documents", snap.Number, len(snap.Documents))
	}
	list, err := s.Revisions(ctx, 0, 10)
	must(t, err)
	if len(list) != 3 || len(list[0].Changes) != 1 || len(list[1].Changes) != n || len(list[2].Changes) != n {
		t.Fatalf("%d revisions", len(list))
	}
}

// hammer: several writers at once; every number is written by exactly one.
func hammer(t *testing.T, s store.Store) {
	ctx := Context(t)
	const writers, each = 4, 10
	var wg sync.WaitGroup
	errs := make(chan error, writers)
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := writeOnce(ctx, s, w*each+i); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	snap := load(t, s)
	if snap.Number != writers*each || len(snap.Documents) != writers*each {
		t.Errorf("revision %d with %d documents, want %d of both", snap.Number, len(snap.Documents), writers*each)
	}
}

func writeOnce(ctx context.Context, s store.Store, i int) error {
	for {
		snap, err := s.Load(ctx)
		if err != nil {
			return err
		}
		r := Revision(i, 1)
		r.Changes[0].ID = ID(i)
		err = s.Write(ctx, r, snap.Number)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}
