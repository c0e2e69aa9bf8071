package httpd

import (
	"sync/atomic"

	"moongate/edge/sys/event"
)

// background counts the subrequests that go on beside their main request
// (NGX_HTTP_SUBREQUEST_BACKGROUND).
type background struct {
	running atomic.Int32
	ended   event.Waiter
}

// RunBeside runs a subrequest on a goroutine of its own. The client does not wait
// for it; but the request does, before it ends, since the two share memory. The
// subrequest has its own variables (Sub.CopyVars or OwnVars) and captures its
// output.
func (r *Request) RunBeside(sub *Request) {
	m := r.Main
	if m.beside == nil {
		m.beside = new(background)
	}
	b := m.beside
	b.running.Add(1)
	r.Loop().Go(func() {
		sub.Run()
		sub.Free()
		if b.running.Add(-1) == 0 {
			b.ended.Wake()
		}
	})
}

// awaitBeside waits for what RunBeside has begun.
func (r *Request) awaitBeside() {
	if b := r.beside; b != nil {
		for b.running.Load() > 0 {
			b.ended.Wait()
		}
	}
}
