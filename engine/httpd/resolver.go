package httpd

import (
	"sync"

	"moongate/core/errlog"
	"moongate/engine/resolver"
)

// Resolver is a resolver directive: its arguments, and in a worker the client
// that serves all requests under it.
type Resolver struct {
	Options resolver.Options
	once    sync.Once
	live    *resolver.Resolver
}

// Resolver is the DNS client of the request's location, nil when no resolver
// is configured there.
func (r *Request) Resolver() *resolver.Resolver {
	res := r.Loc.core.Resolver.V
	if res == nil {
		return nil
	}
	return res.Live(r.Conn.w)
}

// Live is the client in this process.
func (res *Resolver) Live(w *Worker) *resolver.Resolver {
	res.once.Do(func() {
		log := &w.Cycle.Log
		res.live = resolver.New(res.Options, resolver.OnLoop(w.Loop), func(text string) { log.Message(errlog.Error, text) })
	})
	return res.live
}
