package gateway

import (
	"context"
	"testing"
	"time"

	"moongate/engine/zone/zonetest"
)

// waits tells whether wait goes on until goOn has been called.
func waits(t *testing.T, wait func(), goOn func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { wait(); close(done) }()
	select {
	case <-done:
		t.Error("does not wait")
	case <-time.After(50 * time.Millisecond):
	}
	goOn()
	select {
	case <-done:
	case <-time.After(patience / 2):
		t.Error("waits on")
	}
}

// An answer waits for workers that take requests, whether they are connected or not.
func TestSettle(t *testing.T) {
	running := make(chan []int, 1)
	running <- []int{7}
	o := &office{served: func() []int { pids := <-running; running <- pids; return pids }}
	settle := func() { o.settle(context.Background(), 3) }
	serves := func(revision uint64) { o.applied.note(7, revision) }
	waits(t, settle, func() { o.applied.join(7); serves(3) })
	settle()
	serves(2)
	waits(t, settle, func() { serves(4) })
	o.applied.forget(7)
	waits(t, settle, func() { <-running; running <- nil }) // it ends
	o.applied.join(8)                                      // of a generation that goes
	waits(t, func() { <-running; running <- []int{9}; settle() }, func() { o.applied.note(9, 3) })
}

// One gateway process at a time; one that was killed holds nobody up.
func TestTurn(t *testing.T) {
	d := zonetest.Dict(t, 64<<10)
	killed := uint64(0)
	of := func(pid, generation uint64) *turn {
		return &turn{dict: d, pid: pid, generation: generation, runs: func(pid uint64) bool { return pid != killed }}
	}
	ctx := context.Background()
	take := func(x *turn) {
		if err := x.take(ctx); err != nil {
			t.Error(err)
		}
	}
	first, second, third := of(1, 1), of(1, 2), of(2, 3)
	take(first)
	waits(t, func() { take(second) }, first.end)
	first.end() // once more: it is another's turn
	if third.step(); third.mine {
		t.Error("two have it")
	}
	killed = 1
	take(third)
	late, cancel := context.WithCancel(ctx)
	cancel()
	if err := of(3, 4).take(late); err == nil {
		t.Error("who is to end waits on")
	}
}
