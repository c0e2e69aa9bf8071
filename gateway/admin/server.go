package admin

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"time"
)

// Limits of connections.
const (
	maxConnections = 512
	maxHeader      = 16 << 10
	headerTimeout  = 5 * time.Second
	bodyTimeout    = 60 * time.Second
	idleTimeout    = 60 * time.Second
	// lastTimeout is for what is being answered when the process shall end: a write waits
	// for the store and for workers that have just been started.
	lastTimeout = 4 * time.Second
)

// Serve answers on a listener until the context ends, and then finishes what it was
// asked. Without tokens it answers
// on loopback and unix sockets only.
func (h *Handler) Serve(ctx context.Context, ln net.Listener) error {
	if h.Tokens == nil && !local(ln.Addr()) {
		ln.Close()
		return fmt.Errorf("admin: %s is not loopback: the API needs tokens there", ln.Addr())
	}
	return h.listen(ctx, ln, h)
}

func (h *Handler) listen(ctx context.Context, ln net.Listener, to http.Handler) error {
	s := &http.Server{
		Handler: to, MaxHeaderBytes: maxHeader, ReadHeaderTimeout: h.head,
		ReadTimeout: h.timeout, WriteTimeout: h.timeout, IdleTimeout: idleTimeout,
		ErrorLog: log.New(io.Discard, "", 0), // strangers' handshakes and resets
	}
	var open unserved
	s.ConnState = open.note
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	err := s.Serve(&limited{Listener: ln, places: make(chan struct{}, maxConnections), end: ctx.Done()})
	if ctx.Err() == nil {
		return fmt.Errorf("admin: %w", err)
	}
	// Not before Serve is back: only then it has taken note of the last connection.
	last, cancel := context.WithTimeout(context.Background(), lastTimeout)
	defer cancel()
	h.news.end()
	h.board.end()
	s.SetKeepAlivesEnabled(false)
	open.wait(last)
	if s.Shutdown(last) != nil {
		s.Close()
	}
	return nil
}

func local(a net.Addr) bool {
	switch a := a.(type) {
	case *net.TCPAddr:
		return a.IP.IsLoopback()
	case *net.UnixAddr:
		return true
	}
	return false
}

// limited accepts no more connections than there are places; others wait in the
// kernel's queue.
type limited struct {
	net.Listener
	places chan struct{}
	end    <-chan struct{} // nobody waits for a place any more
}

func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.end:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		return nil, err
	}
	return &placed{Conn: c, leave: sync.OnceFunc(func() { <-l.places })}, nil
}

type placed struct {
	net.Conn
	leave func()
}

func (c *placed) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
