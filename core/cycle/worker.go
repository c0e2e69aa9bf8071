package cycle

import (
	"slices"
	"sync"
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
)

// Worker is a process that serves a generation, or the serving half of a single
// process: what parts get when they start.
type Worker struct {
	Cycle *Cycle
	Loop  *event.Loop
	Log   *errlog.Log
	Index int // 0 and up; -1 for other processes (ngx_worker)
	Row   *Row
	// Done is closed when the process shall end, gracefully or not.
	Done chan struct{}
	// Hurry is closed when what still goes on must come to an end, Stop included:
	// worker_shutdown_timeout is over, or the process was told to end at once.
	Hurry chan struct{}
	// Leave is for QuitItself.
	Leave chan struct{}
	// Reload tells a process that stays of a new generation.
	Reload chan struct{}

	onBeat      []func()
	peers       []func() (usable, all int)
	busy        atomic.Int64
	exiting     atomic.Bool
	terminating atomic.Bool
	idle        chan struct{}
	idleOnce    sync.Once
	doneOnce    sync.Once
	hurryOnce   sync.Once
}

// NewWorker makes the serving half of a process.
func NewWorker(c *Cycle, l *event.Loop, index int, row *Row) *Worker {
	return &Worker{Cycle: c, Loop: l, Log: &c.Log, Index: index, Row: row,
		Done: make(chan struct{}), Hurry: make(chan struct{}), Leave: make(chan struct{}, 1), Reload: make(chan struct{}, 1), idle: make(chan struct{})}
}

// Hold says that something is going on that a graceful end must wait for;
// Release, that it is over. A connection that idles does not hold.
func (w *Worker) Hold() { w.busy.Add(1) }

// Release ends a Hold.
func (w *Worker) Release() {
	if w.busy.Add(-1) == 0 && w.exiting.Load() {
		w.idleOnce.Do(func() { close(w.idle) })
	}
}

// Busy is how many Holds there are.
func (w *Worker) Busy() int { return int(w.busy.Load()) }

// Exiting tells whether the process is shutting down gracefully
// (ngx.worker.exiting).
func (w *Worker) Exiting() bool { return w.exiting.Load() }

// Terminating tells whether the process was told to end at once.
func (w *Worker) Terminating() bool { return w.terminating.Load() }

// Connection is the number of a new connection for the log.
func (w *Worker) Connection() uint64 { return w.Cycle.Board.NextConnection() }

// Pids are the pids of all workers of this generation, by their index.
func (w *Worker) Pids() []int {
	byIndex := w.Cycle.Board.Workers(w.Cycle.Generation)
	var order []int
	for i := range byIndex {
		order = append(order, i)
	}
	slices.Sort(order)
	pids := make([]int, 0, len(order))
	for _, i := range order {
		pids = append(pids, byIndex[i])
	}
	return pids
}

// Listen starts accepting connections on a listener of the generation, the way
// the events block says. There is none (nil) when all its sockets are other
// workers'.
func (w *Worker) Listen(l *Listener, accept event.Accept) (*event.Listener, error) {
	fd, mine := l.ForWorker(w.Index)
	if !mine {
		return nil, nil
	}
	core := w.Cycle.Core
	exclusive := l.Shared() && core.MasterProcess.V && core.WorkerProcesses.V > 1
	ev, err := w.Loop.Listen(fd, exclusive, accept)
	if err != nil {
		return nil, err
	}
	if w.Cycle.Events.MultiAccept.V {
		ev.Batch = -1
	}
	ev.Error = func(err error) {
		level := errlog.Alert
		switch errno.Number(err) {
		case errno.EMFILE, errno.ENFILE:
			level = errlog.Crit
		case errno.ECONNABORTED:
			level = errlog.Error
		}
		w.Log.Log(level, err, "accept4() failed")
	}
	return ev, nil
}

// Replay makes the parts what they are in the master. An error has been logged.
func (c *Cycle) Replay() error {
	for _, p := range c.parts {
		if p.Replay == nil {
			continue
		}
		if err := p.Replay(c); err != nil {
			c.Log.Emerg(err, "%s cannot start", p.Name)
			return err
		}
	}
	return nil
}

// Start starts the parts, in order. An error has been logged.
func (w *Worker) Start() error {
	for _, p := range w.Cycle.parts {
		if p.Start == nil {
			continue
		}
		if err := p.Start(w); err != nil {
			w.Log.Emerg(err, "%s cannot start", p.Name)
			return err
		}
	}
	w.startBeat()
	return nil
}

// Quit begins a graceful end: idle is closed when nothing is held any more.
func (w *Worker) Quit() (idle <-chan struct{}) {
	if w.exiting.Swap(true) {
		return w.idle
	}
	if w.Row != nil {
		w.Row.Exiting.Store(1)
	}
	w.doneOnce.Do(func() { close(w.Done) })
	w.Hold() // until all parts know
	for _, p := range w.Cycle.parts {
		if p.Quit != nil {
			p.Quit(w)
		}
	}
	w.Release()
	return w.idle
}

// QuitItself asks for the graceful end of this process alone; the master starts another
// one (ngx_quit set by a worker).
func (w *Worker) QuitItself() {
	select {
	case w.Leave <- struct{}{}:
	default:
	}
}

// Cut closes what is still busy after Quit.
func (w *Worker) Cut() {
	w.hurryOnce.Do(func() { close(w.Hurry) })
	for _, p := range w.Cycle.parts {
		if p.Cut != nil {
			p.Cut(w)
		}
	}
}

// Terminate says that the process ends at once.
func (w *Worker) Terminate() {
	w.terminating.Store(true)
	w.doneOnce.Do(func() { close(w.Done) })
	w.hurryOnce.Do(func() { close(w.Hurry) })
}

// Stop calls what must run before a process ends (nginx's exit_process).
func (w *Worker) Stop() {
	for _, p := range slices.Backward(w.Cycle.parts) {
		if p.Stop != nil {
			p.Stop(w)
		}
	}
}
