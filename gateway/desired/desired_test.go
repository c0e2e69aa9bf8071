package desired

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

var model = entity.NewModel(entity.Outside{})

func open(t testing.TB, m *Memory) *Desired {
	t.Helper()
	d := Open(m, model, Options{Retry: time.Millisecond})
	t.Cleanup(func() { d.Close() })
	return d
}

func op(verb entity.Verb, kind, id, doc string) entity.Op {
	o := entity.Op{Verb: verb, Kind: kind, ID: id}
	if doc != "" {
		var err error
		if o.Doc, err = schema.DecodeObject([]byte(doc)); err != nil {
			panic(err)
		}
	}
	return o
}

func service(name string) entity.Op {
	return op(entity.Create, "services", "", fmt.Sprintf(`{"name":%q,"host":"h"}`, name))
}

func apply(t testing.TB, d *Desired, ops ...entity.Op) *Result {
	t.Helper()
	r, err := d.Apply(t.Context(), Write{Who: "me", Why: "test", Ops: ops})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func status(err error) int {
	var e *schema.Error
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

func TestApplyTellsFollowersInOrder(t *testing.T) {
	d := open(t, NewMemory())
	state, at, f := d.Follow()
	for i := range 10 {
		if r := apply(t, d, service(fmt.Sprint("s", i))); r.Revision != at+uint64(i)+1 {
			t.Fatalf("revision %d", r.Revision)
		}
	}
	for range 10 {
		r, err := f.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if at++; r.Number != at || r.Who != "me" || r.Why != "test" || r.Time.IsZero() {
			t.Fatalf("%+v", r)
		}
		if state, err = state.Replay(r.Changes); err != nil {
			t.Fatal(err)
		}
	}
	if diff := entity.Diff(state, d.State()); len(diff) != 0 || state.Len("services") != 10 {
		t.Errorf("a follower's state differs: %v", diff)
	}
}

func TestNothingIsWrittenForNothing(t *testing.T) {
	d := open(t, NewMemory())
	first := apply(t, d, service("a"))
	same := apply(t, d, op(entity.Patch, "services", "a", `{"host":"h"}`))
	if same.Revision != first.Revision || len(same.Changes) != 0 {
		t.Errorf("revision %d after %d", same.Revision, first.Revision)
	}
}

// An act is a revision that leaves the state as it is, for other nodes too.
func TestActs(t *testing.T) {
	m := NewMemory()
	d, other := open(t, m), open(t, m)
	apply(t, d, service("a"))
	_, _, f := other.Follow()
	r, err := d.Apply(t.Context(), Write{Who: "me", From: "10.0.0.1", Acts: []entity.Act{{Name: entity.Purge}}})
	if err != nil || r.Revision != 2 || d.State().Len("services") != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	for {
		got, err := f.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Number == 2 {
			if len(got.Acts) != 1 || got.Acts[0].Name != entity.Purge || got.From != "10.0.0.1" {
				t.Errorf("%+v", got)
			}
			break
		}
	}
	if other.State().Len("services") != 1 {
		t.Error("the other node has another state")
	}
	if _, err := d.Rollback(t.Context(), 1, Write{}); err != nil {
		t.Error(err)
	}
}

func TestPreviewKeepsNothing(t *testing.T) {
	m := NewMemory()
	d := open(t, m)
	r, err := d.Preview(Write{Ops: []entity.Op{service("a")}})
	if err != nil || len(r.Changes) != 1 {
		t.Fatalf("%v %v", r, err)
	}
	if _, at := d.Now(); at != 0 || d.State().Len("services") != 0 || m.last() != 0 {
		t.Error("a preview was kept")
	}
	if _, err := d.Preview(Write{Ops: []entity.Op{service("")}}); err == nil {
		t.Error("faults are not told")
	}
}

func TestIf(t *testing.T) {
	d := open(t, NewMemory())
	apply(t, d, service("a"))
	if _, err := d.Apply(t.Context(), Write{If: 7, Ops: []entity.Op{service("b")}}); status(err) != 412 {
		t.Errorf("%v", err)
	}
	if _, err := d.Apply(t.Context(), Write{If: 1, Ops: []entity.Op{service("b")}}); err != nil {
		t.Error(err)
	}
}

func TestRollback(t *testing.T) {
	m := NewMemory()
	d := open(t, m)
	apply(t, d, op(entity.Create, "consumers", "", `{"username":"u"}`),
		op(entity.Create, "keyauth_credentials", "", `{"key":"k","consumer":{"username":"u"}}`))
	before := d.State()
	apply(t, d, op(entity.Patch, "consumers", "u", `{"custom_id":"7"}`))
	apply(t, d, op(entity.Delete, "consumers", "u", ""))
	apply(t, d, service("late"))
	r, err := d.PreviewRollback(t.Context(), 1, Write{})
	if err != nil || len(r.Changes) != 3 || d.State().Len("consumers") != 0 {
		t.Fatalf("%v %v", r, err)
	}
	r, err = d.Rollback(t.Context(), 1, Write{Who: "me"})
	if err != nil {
		t.Fatal(err)
	}
	if r.Revision != 5 || d.State().Len("services") != 0 {
		t.Errorf("revision %d, %d services", r.Revision, d.State().Len("services"))
	}
	key := d.State().Find("keyauth_credentials", "k")
	if key == nil || string(key.Raw) != string(before.Find("keyauth_credentials", "k").Raw) {
		t.Error("what was deleted is not as before")
	}
	if u, _ := entity.Decode[entity.Consumer](d.State().Find("consumers", "u")); u.CustomID != "" {
		t.Errorf("%+v", u)
	}
	rev, err := d.Revision(t.Context(), 5)
	if err != nil || rev.Why != "rolled back to revision 1" {
		t.Errorf("%+v %v", rev, err)
	}
	for _, n := range []uint64{6, 1 << 63, 1<<64 - 1} {
		if _, err := d.Rollback(t.Context(), n, Write{}); status(err) != 404 {
			t.Errorf("%d: %v", n, err)
		}
		if _, err := d.Revision(t.Context(), n); status(err) != 404 {
			t.Errorf("%d: %v", n, err)
		}
	}
	m.Forget(3)
	if _, err := d.Rollback(t.Context(), 2, Write{}); status(err) != 404 {
		t.Errorf("the history is gone, but: %v", err)
	}
	if _, err := d.Rollback(t.Context(), 3, Write{}); err != nil {
		t.Errorf("all that is undone is still there, but: %v", err)
	}
}

func TestStoreIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var lines []string
		m := NewMemory()
		d := Open(m, model, Options{Log: func(s string) { lines = append(lines, s) }})
		defer d.Close()
		apply(t, d, service("a"))
		m.Down(errors.New("no route to host"))
		start := time.Now()
		for range 300 {
			_, err := d.Apply(t.Context(), Write{Ops: []entity.Op{service("b")}})
			if status(err) != 503 || !strings.Contains(err.Error(), "no route to host") {
				t.Fatalf("%v", err)
			}
			if d.State().Find("services", "a") == nil || d.State().Len("services") != 1 {
				t.Fatal("reads do not go on")
			}
			time.Sleep(33 * time.Millisecond)
		}
		if most := int(time.Since(start)/time.Second) + 1; len(lines) > most || len(lines) < 5 {
			t.Errorf("%d lines in %v: %q", len(lines), time.Since(start), lines)
		}
		if d.Err() == nil {
			t.Error("nothing tells of it")
		}
		m.Down(nil)
		time.Sleep(2 * time.Second)
		if d.Err() != nil {
			t.Error(d.Err())
		}
		apply(t, d, service("b"))
	})
}

func TestStoreIsDownAtFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory()
		apply(t, open(t, m), service("a"))
		last := open(t, m).State()
		m.Down(errors.New("refused"))
		d := Open(m, model, Options{Last: last})
		defer d.Close()
		if d.State().Len("services") != 1 {
			t.Error("the last good state is not shown")
		}
		if _, err := d.Apply(t.Context(), Write{Ops: []entity.Op{service("b")}}); status(err) != 503 {
			t.Errorf("%v", err)
		}
		_, _, f := d.Follow()
		m.Down(nil)
		r, err := f.Next(t.Context())
		if err != nil || r.Number != 1 || len(r.Changes) != 0 {
			t.Fatalf("%+v %v", r, err)
		}
		apply(t, d, service("b"))
	})
}

// Another node's changes come through, also those that the history forgot.
func TestOtherNodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory()
		one, two := open(t, m), open(t, m)
		_, _, f := two.Follow()
		apply(t, one, service("a"))
		if r, err := f.Next(t.Context()); err != nil || r.Number != 1 || r.Who != "me" {
			t.Fatalf("%+v %v", r, err)
		}
		if two.State().Find("services", "a") == nil {
			t.Error("not there")
		}
		m.Down(errors.New("split"))
		synctest.Wait()
		m.Down(nil)
		for _, n := range []string{"b", "c", "d"} {
			apply(t, one, service(n))
		}
		m.Forget(3)
		for two.State().Len("services") != 4 {
			if _, err := f.Next(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		apply(t, two, service("e"))
	})
}

// Two nodes write at once: all writes are there, once, in one order for all.
func TestHammerTwoNodes(t *testing.T) {
	const each = 200
	m := NewMemory()
	nodes := []*Desired{open(t, m), open(t, m)}
	var followers []*Follower
	var wg sync.WaitGroup
	for n, d := range nodes {
		_, _, f := d.Follow()
		followers = append(followers, f)
		for w := range 2 {
			wg.Go(func() {
				for i := range each {
					if _, err := d.Apply(context.Background(), Write{Ops: []entity.Op{service(fmt.Sprintf("n%d-%d-%d", n, w, i))}}); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	for n, f := range followers {
		s := entity.New(model)
		for i := range uint64(4 * each) {
			r, err := f.Next(t.Context())
			if err != nil || r.Number != i+1 {
				t.Fatalf("node %d: %+v %v", n, r, err)
			}
			if s, err = s.Replay(r.Changes); err != nil {
				t.Fatal(err)
			}
		}
		if s.Len("services") != 4*each {
			t.Errorf("node %d has %d", n, s.Len("services"))
		}
	}
}

func TestSlowFollower(t *testing.T) {
	d := open(t, NewMemory())
	_, _, slow := d.Follow()
	for i := range keepRevisions + 1 {
		apply(t, d, service(fmt.Sprint("s", i)))
	}
	if _, err := slow.Next(t.Context()); !errors.Is(err, ErrBehind) {
		t.Errorf("%v", err)
	}
	if len(d.feed.list) != keepRevisions {
		t.Errorf("%d revisions wait", len(d.feed.list))
	}
	_, _, f := d.Follow()
	d.Close()
	if _, err := f.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("%v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	_, _, f = open(t, NewMemory()).Follow()
	if _, err := f.Next(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// hanging is a store that does not come back from a write.
type hanging struct {
	*Memory
	entered chan struct{}
}

func (h *hanging) Write(ctx context.Context, _ entity.Revision, _ uint64) error {
	close(h.entered)
	<-ctx.Done()
	return ctx.Err()
}

// While the store hangs in a write, readers and those who begin to follow do not
// wait, and other writes wait no longer than they want to.
func TestStoreHangs(t *testing.T) {
	h := &hanging{NewMemory(), make(chan struct{})}
	d := Open(h, model, Options{})
	defer d.Close()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() {
		_, err := d.Apply(ctx, Write{Ops: []entity.Op{service("a")}})
		done <- err
	}()
	<-h.entered
	if s, _, _ := d.Follow(); s.Len("services") != 0 {
		t.Error("a write that is not kept is seen")
	}
	if _, err := d.Preview(Write{Ops: []entity.Op{service("a")}}); err != nil {
		t.Error(err)
	}
	if _, err := d.Revisions(t.Context(), 0, 1); err != nil {
		t.Error(err)
	}
	impatient, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Apply(impatient, Write{Ops: []entity.Op{service("b")}}); status(err) != 503 {
		t.Errorf("%v", err)
	}
	stop()
	if err := <-done; status(err) != 503 || !strings.Contains(err.Error(), "not confirmed") {
		t.Errorf("%v", err)
	}
}
