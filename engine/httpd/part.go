package httpd

import (
	"fmt"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/core/cycle"
	"moongate/edge/sys/event"
	"moongate/engine/zone"
)

// generation is what a cycle keeps of http{}.
type generation struct {
	builder *Builder
	at      syntax.Pos
	worker  *Worker
	stats   *zone.Zone
}

// Part is the engine as a part of the program.
func (e *Engine) Part() cycle.Part {
	e.rows = append(e.rows, config.Row{Module: "ngx_http_module", Owner: e, Directive: directive.Directive{
		Name: "http", In: directive.Main, Args: directive.NoArgs, Body: directive.Block,
		Set: directive.Func(e.block), Doc: "Servers that speak HTTP.",
	}})
	return cycle.Part{
		Name:    "http",
		Rows:    e.rows,
		Prepare: e.prepare,
		Commit:  e.commit,
		Replay:  e.replay,
		Start:   e.start,
		Quit:    e.quit,
		Cut:     e.cut,
		Stop:    e.stop,
	}
}

// block is the setter of http{} (ngx_http_block).
func (e *Engine) block(c *directive.Call, g *generation) error {
	if g.builder != nil {
		return directive.Duplicate
	}
	cb := cycle.BuilderOf(c)
	cb.ModulesUsed()
	g.at = c.Node.Pos
	b, err := e.readHTTP(c, cb)
	if err != nil {
		return err
	}
	g.builder = b
	g.stats, err = b.Zones().DeclareCounters()
	return err
}

// Zones are the named shared memory of the generation that is being built.
func (b *Builder) Zones() *zone.Zones { return zone.Of(b.Cycle.Cycle) }

func (e *Engine) of(c *cycle.Cycle) *generation { return cycle.Main[generation](c, e) }

// Builder is what http{} of a configuration was built with, nil where there is none.
func (e *Engine) Builder(c *cycle.Cycle) *Builder { return e.of(c).builder }

// commit fills in what is only known when all is open: logs without a place of
// their own go where the cycle's go.
func (e *Engine) commit(c *cycle.Cycle) {
	g := e.of(c)
	if g.builder == nil {
		return
	}
	g.builder.Locations(func(l *Location) {
		if l.core.Log == nil {
			l.core.Log = c.Log.Chain()
		}
	})
}

// replay lets modules do in a worker what must be done before it gives up the
// master's user.
func (e *Engine) replay(c *cycle.Cycle) error {
	g := e.of(c)
	if g.builder == nil {
		return nil
	}
	for _, m := range e.modules {
		if m.Replay != nil {
			if err := m.Replay(g.builder); err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
		}
	}
	return nil
}

// start begins to accept connections in a process that serves.
func (e *Engine) start(p *cycle.Worker) error {
	g := e.of(p.Cycle)
	if g.builder == nil {
		return nil
	}
	w := &Worker{Cycle: p.Cycle, Proc: p, Loop: p.Loop, HTTP: g.builder}
	g.worker = w
	var err error
	if w.Stats, err = zone.OpenCounters(g.stats); err != nil {
		return err
	}
	w.stats = w.Stats.Mine()
	for _, m := range e.modules {
		if m.Start != nil {
			if err := m.Start(w); err != nil {
				return fmt.Errorf("%s: %w", m.Name, err)
			}
		}
	}
	p.OnBeat(w.leave)
	for _, port := range g.builder.ports {
		if err := w.listen(port); err != nil {
			return err
		}
	}
	return nil
}

// listen accepts on one socket; reuseport gives each worker its own.
func (w *Worker) listen(p *port) error {
	fd, mine := p.sock.ForWorker(w.Proc.Index)
	if !mine {
		return nil
	}
	ln, err := w.Loop.Listen(fd, !p.own.sock.ReusePort, func(fd int, peer *event.Sockaddr) {
		w.accept(p, fd, peer)
	})
	if err != nil {
		return err
	}
	if w.Cycle.Events.MultiAccept.V {
		ln.Batch = -1
	}
	ln.Error = func(err error) { w.acceptFailed(err) }
	w.listeners = append(w.listeners, ln)
	return nil
}

// quit is the graceful end: no new connections, idle ones are closed.
func (e *Engine) quit(p *cycle.Worker) {
	w := e.of(p.Cycle).worker
	if w == nil {
		return
	}
	w.quitting.Store(true)
	for _, ln := range w.listeners {
		ln.Close()
	}
	w.Loop.StopIdle()
	w.http2.quit()
	for _, m := range e.modules {
		if m.Quit != nil {
			m.Quit(w)
		}
	}
}

// cut closes what is still busy: worker_shutdown_timeout is over.
func (e *Engine) cut(p *cycle.Worker) {
	w := e.of(p.Cycle).worker
	if w == nil {
		return
	}
	w.http2.cut()
	w.Loop.Each(func(ev *event.Conn) bool {
		if c, ok := ev.Handler().(*Conn); ok && c.w == w {
			ev.Close()
		}
		return true
	})
	for _, m := range e.modules {
		if m.Cut != nil {
			m.Cut(w)
		}
	}
}

func (e *Engine) stop(p *cycle.Worker) {
	w := e.of(p.Cycle).worker
	if w == nil {
		return
	}
	for i := len(e.modules) - 1; i >= 0; i-- {
		if m := e.modules[i]; m.Stop != nil {
			m.Stop(w)
		}
	}
}
