package client

import (
	"net"
	"slices"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// idle are the connections that wait for another request, parked in the loop. Whoever
// takes one off the loop first has it: a request, or the loop when the server closes it or
// it has waited too long.
type idle struct {
	mu     sync.Mutex
	list   []*link // the one used last is at the end
	closed bool
}

// link is a connection to a server.
type link struct {
	net.Conn     // with TLS, if there is any
	ev           *event.Conn
	scheme, host string
	in           *idle

	used     bool // for an earlier request
	answered bool // something of an answer to this request has come
}

// Ready implements event.Handler: nothing good comes while nobody has asked.
func (l *link) Ready(ev *event.Conn, _ event.Why) {
	p := l.in
	p.mu.Lock()
	if i := slices.Index(p.list, l); i >= 0 {
		p.list = slices.Delete(p.list, i, i+1)
	}
	p.mu.Unlock()
	ev.Close()
}

// Read notes that the server has begun to answer.
func (l *link) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	l.answered = l.answered || n > 0
	return n, err
}

func (p *idle) take(scheme, host string) *link {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := len(p.list) - 1; i >= 0; i-- {
		l := p.list[i]
		if l.host != host || l.scheme != scheme || !l.ev.Unpark() {
			continue
		}
		p.list = slices.Delete(p.list, i, i+1)
		if !l.ev.HasInput() && !l.ev.PeerClosed() {
			return l
		}
		l.ev.Close()
	}
	return nil
}

func (p *idle) put(l *link, most int, wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		l.Close()
		return
	}
	if len(p.list) >= most {
		if old := p.list[0]; old.ev.Unpark() {
			p.list = slices.Delete(p.list, 0, 1)
			old.ev.Close()
		}
	}
	p.list = append(p.list, l)
	// Still locked: who finds it in the list must find it parked.
	l.ev.Park(wait)
}

func (p *idle) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, l := range p.list {
		if l.ev.Unpark() {
			l.ev.Close()
		}
	}
	p.list = nil
}
