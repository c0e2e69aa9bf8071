package etcd

import (
	"testing"
	"time"

	"moongate/gateway/store/storetest"
)

func TestNotes(t *testing.T) {
	s := newServer(t)
	a, b, other := s.open(t, "p"), s.open(t, "p"), s.open(t, "q")
	ctx := storetest.Context(t)
	must(t, a.Leave(ctx, "a", []byte("one"), time.Minute))
	must(t, a.Leave(ctx, "a", []byte("two"), time.Minute))
	must(t, b.Leave(ctx, "b", []byte("other"), time.Second))
	notes, err := b.Notes(ctx)
	if err != nil || len(notes) != 2 || string(notes["a"]) != "two" || string(notes["b"]) != "other" {
		t.Errorf("%q %v", notes, err)
	}
	if notes, err := other.Notes(ctx); err != nil || len(notes) != 0 {
		t.Errorf("those of another prefix: %q %v", notes, err)
	}
	// It is no part of the desired state.
	if all, err := a.Load(ctx); err != nil || all.Number != 0 || len(all.Documents) != 0 {
		t.Errorf("%+v %v", all, err)
	}
	for notes["b"] != nil {
		if notes, err = a.Notes(ctx); err != nil {
			t.Fatal(err)
		}
	}
}
