package admin

import (
	"context"
	"net"
	"net/http"
	"sync"
)

// unserved knows which connections are not idle: those that have just come, and those
// that are being answered. http.Server.Shutdown drops the request of a connection
// that it had accepted but not read from yet, without an answer; whoever sent it
// could not know whether it was done. So these are served first.
type unserved struct {
	mu    sync.Mutex
	conns map[net.Conn]struct{}
	none  chan struct{} // closed when there is none left; nil: nobody waits
}

// note is an http.Server's ConnState.
func (b *unserved) note(c net.Conn, s http.ConnState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch s {
	case http.StateNew, http.StateActive:
		if b.conns == nil {
			b.conns = map[net.Conn]struct{}{}
		}
		b.conns[c] = struct{}{}
	default:
		delete(b.conns, c)
		if len(b.conns) == 0 && b.none != nil {
			close(b.none)
			b.none = nil
		}
	}
}

// wait waits until all are served, or for the end of ctx. No more may come.
func (b *unserved) wait(ctx context.Context) {
	b.mu.Lock()
	if len(b.conns) == 0 {
		b.mu.Unlock()
		return
	}
	none := make(chan struct{})
	b.none = none
	b.mu.Unlock()
	select {
	case <-none:
	case <-ctx.Done():
	}
}
