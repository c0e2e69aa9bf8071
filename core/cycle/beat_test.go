package cycle

import (
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
)

func testBoard(t *testing.T) *Board {
	t.Helper()
	b, err := NewBoard()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { file.Close(b.fd) })
	return b
}

func TestLife(t *testing.T) {
	b := testBoard(t)
	now := int64(proc.Monotonic())
	row := func(i int, f func(r *Row)) {
		r := b.Row(i)
		r.Pid.Store(int32(100 + i))
		r.Beat.Store(now)
		r.Usable.Store(1)
		r.Peers.Store(2)
		if f != nil {
			f(r)
		}
	}
	row(0, nil)
	row(1, nil)
	row(2, func(r *Row) { r.Pid.Store(0) })
	row(3, func(r *Row) { r.Beat.Store(0) })
	row(4, func(r *Row) { r.Beat.Store(now - int64(time.Minute)) })
	row(5, func(r *Row) { r.Worker.Store(-1) })
	row(6, func(r *Row) { r.Exiting.Store(1) })
	if got := b.Life(10 * time.Second); got != (Life{2, 2, 4}) {
		t.Error(got)
	}
}

// The sign of life comes from the loop: while it is held up there is none.
func TestBeat(t *testing.T) {
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	c := &Cycle{Board: testBoard(t), Beats: true}
	c.Board.Row(0).Pid.Store(1)
	w := NewWorker(c, loop, 0, c.Board.Row(0))
	seen := make(chan struct{})
	w.CountPeers(func() (int, int) { return 1, 1 })
	w.CountPeers(func() (int, int) { return 0, 2 })
	w.OnBeat(func() { seen <- struct{}{} })
	go w.Start() // gives the first one itself
	<-seen
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	for range 3 {
		<-seen
	}
	if got := c.Board.Life(time.Minute); got != (Life{1, 1, 3}) {
		t.Error(got)
	}
	go func() {
		for range seen {
		}
	}()
	loop.Stop()
	<-done
}

func TestNobodyWatches(t *testing.T) {
	c := &Cycle{Board: testBoard(t)}
	w := NewWorker(c, nil, 0, c.Board.Row(0))
	w.OnBeat(func() { t.Error("called") })
	if err := w.Start(); err != nil || w.Row.Beat.Load() != 0 {
		t.Error(err, w.Row.Beat.Load())
	}
}
