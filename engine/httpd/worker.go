package httpd

import (
	"sync"
	"sync/atomic"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/zone"
)

// Worker is the engine in one process that serves.
type Worker struct {
	Cycle *cycle.Cycle
	Proc  *cycle.Worker
	Loop  *event.Loop
	HTTP  *Builder
	Stats *zone.Counters // shared by all workers, for stub_status

	stamps    stamps
	listeners []*event.Listener
	local     localStamp
	drained   int64 // when connections were last closed for want of places
	quitting  atomic.Bool
	leaving   atomic.Bool // clients shall come anew, but are served
	http2     http2list
	stats     *zone.Row
}

var requestPool = sync.Pool{New: func() any { return new(Request) }}

// newRequest takes a request from the pool for the bytes that have come.
func (c *Conn) newRequest() *Request {
	r := requestPool.Get().(*Request)
	r.reset()
	r.Conn = c
	r.stream = c
	r.Start = event.Now()
	r.Version = http1.HTTP10 // until the line tells
	r.In.ContentLength = -1
	c.requests++
	c.req = r
	c.w.stats.Requests.Add(1)
	return r
}

// exiting tells whether connections are to end with the request that they have.
func (w *Worker) exiting() bool { return w.quitting.Load() || w.leaving.Load() }

// leave looks at the board, with each sign of life. While the address that
// clients come to is about to move, they are asked to come anew: idle
// connections are closed, and the others with their next answer. Who comes
// meanwhile is served.
func (w *Worker) leave() {
	on := w.Cycle.Board.Leaving()
	if on == w.leaving.Load() || w.quitting.Load() {
		return
	}
	w.leaving.Store(on)
	if on {
		w.Loop.SweepIdle()
		w.http2.quit()
	}
}

// waiting counts idle connections for stub_status. A connection that idles does
// not hold a worker that wants to end.
func (w *Worker) waiting(n int64) {
	w.stats.Waiting.Add(n)
	if n > 0 {
		w.Proc.Release()
	} else {
		w.Proc.Hold()
	}
}

func (w *Worker) closed(was connState) {
	w.stats.Active.Add(-1)
	if was == stateIdle || was == stateNew {
		w.stats.Waiting.Add(-1)
	}
	if was != stateIdle {
		w.Proc.Release()
	}
}

// full keeps to worker_connections: when few are left idle clients go
// (ngx_drain_connections), when none is left the new one.
func (w *Worker) full() bool {
	limit, n := w.Cycle.Events.Connections.V, w.Loop.Conns()
	if n <= limit-limit/16-1 {
		return false
	}
	if w.Loop.DrainIdle(min(max(limit/8, 1), 32)) > 0 {
		if now := event.Now().Unix(); w.drained != now { // once a second
			w.drained = now
			w.Cycle.Log.Warn(nil, "%d worker_connections are not enough, reusing connections", limit)
		}
	}
	if n = w.Loop.Conns(); n <= limit {
		return false
	}
	w.Cycle.Log.Alert(nil, "%d worker_connections are not enough", limit)
	return true
}

// accept takes a new connection from a listening socket.
func (w *Worker) accept(p *port, fd int, peer *event.Sockaddr) {
	if w.full() {
		event.CloseFD(fd)
		return
	}
	l := p.own
	c := &Conn{w: w, listen: l, state: stateNew, Number: w.Proc.Connection(), started: event.Now()}
	c.remote = peer.AddrPort()
	c.server = l.names.first
	c.log = errlog.Log{Number: c.Number, From: c}
	c.log.SetChain(l.names.first.ground.core.Log)
	if w.Cycle.Events.DebugConnections.Match(c.remote.Addr()) {
		c.log.DebugThis()
	}
	ev, err := w.Loop.Adopt(fd, c)
	if err != nil {
		w.Cycle.Log.Alert(err, "epoll_ctl(1, %d) failed", fd)
		event.CloseFD(fd)
		return
	}
	c.ev = ev
	if p.others != nil {
		if o := p.others[c.LocalAddr().Addr().Unmap()]; o != nil {
			c.listen, c.server = o, o.names.first
		}
	}
	w.stats.Accepted.Add(1)
	w.stats.Handled.Add(1)
	w.stats.Active.Add(1)
	w.stats.Waiting.Add(1)
	w.Proc.Hold()
	ev.ParkExpendable(c.server.ground.core.HeaderTimeout.V)
}

// acceptFailed words an error of accept4 as ngx_event_accept does.
func (w *Worker) acceptFailed(err error) {
	level := errlog.Alert
	switch errno.Number(err) {
	case errno.ECONNABORTED:
		level = errlog.Error
	case errno.EMFILE, errno.ENFILE:
		level = errlog.Crit
	}
	w.Cycle.Log.Log(level, cause(err), "accept4() failed")
}

// localStamp caches $time_local for a second.
type localStamp struct {
	mu   sync.Mutex
	sec  int64
	text string
}

// localTime is the time as the access log writes it.
func (w *Worker) localTime() string {
	now := event.Now()
	s := &w.local
	s.mu.Lock()
	defer s.mu.Unlock()
	if sec := now.Unix(); sec != s.sec {
		s.sec, s.text = sec, now.Format("02/Jan/2006:15:04:05 -0700")
	}
	return s.text
}

// keepTimes is what an idle connection needs to know of the location that the
// last request ended in.
type keepTimes struct {
	timeout, min time.Duration
}

func (w *Worker) restOfKeepAlive(c *Conn) time.Duration {
	return max(c.keep.timeout-c.keep.min, time.Millisecond)
}

func (w *Worker) restOfTimeout(c *Conn) time.Duration {
	if c.state == stateNew {
		return max(c.server.ground.core.HeaderTimeout.V-event.Now().Sub(c.started), time.Millisecond)
	}
	return c.keep.timeout
}

// headDeadline is how much of client_header_timeout is left.
func (r *Request) headDeadline(c *Conn) time.Duration {
	return r.serverCore().HeaderTimeout.V - event.Now().Sub(r.Start)
}
