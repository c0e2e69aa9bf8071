package sched

import (
	"net/netip"
	"time"
)

// Templates are what persistence is made of: a client, or a network of clients,
// keeps its server for a time after its last new connection, and as long as one
// of its connections lives.
type Templates struct {
	timeout time.Duration
	bits4   int
	bits6   int
	byFrom  map[templateKey]*Template
}

// most networks of clients that a service remembers; with more, old ones go.
const mostTemplates = 1 << 18

type templateKey struct {
	net  netip.Addr
	port uint16
}

// Template ties a client's network to a server.
type Template struct {
	Server *Server
	until  time.Time
	open   int
	key    templateKey
}

// NewTemplates tells clients apart by the first bits of their address; bits
// outside an address's length mean all of it.
func NewTemplates(timeout time.Duration, bits int) *Templates {
	t := &Templates{timeout: timeout, bits4: 32, bits6: 128, byFrom: map[templateKey]*Template{}}
	if bits > 0 && bits < 32 {
		t.bits4 = bits
	}
	if bits > 0 && bits < 128 {
		t.bits6 = bits
	}
	return t
}

// Pick is the template for a client, made with what pick chooses where there is
// none; nil when there is no server. The port is that of the service when it
// takes one port, else 0: all ports of a client go to one server. A server that
// has lost its weight keeps its clients, one that was removed doesn't.
func (t *Templates) Pick(from netip.Addr, port uint16, now time.Time, pick func() *Server) *Template {
	bits := t.bits4
	if from.Is6() && !from.Is4In6() {
		bits = t.bits6
	}
	p, err := from.Prefix(bits)
	if err != nil {
		return nil
	}
	k := templateKey{p.Addr(), port}
	m := t.byFrom[k]
	if m == nil || m.Server.gone || m.open == 0 && now.After(m.until) {
		s := pick()
		if s == nil {
			return nil
		}
		if len(t.byFrom) >= mostTemplates {
			t.Expire(now)
		}
		if m == nil || m.open > 0 {
			m = &Template{key: k}
		}
		m.Server = s
		t.byFrom[k] = m
	}
	m.until = now.Add(t.timeout)
	return m
}

// Open and Shut tell of a connection that came by the template.
func (m *Template) Open() { m.open++ }

// Shut undoes Open. With the last connection a minute remains, as in the kernel,
// where there isn't more left.
func (m *Template) Shut(now time.Time) {
	if m.open--; m.open == 0 && m.until.Before(now.Add(time.Minute)) {
		m.until = now.Add(time.Minute)
	}
}

// Expire forgets what is over, and a little more where that isn't enough.
func (t *Templates) Expire(now time.Time) {
	for k, m := range t.byFrom {
		if m.Server.gone || m.open == 0 && now.After(m.until) {
			delete(t.byFrom, k)
		}
	}
	for k := range t.byFrom {
		if len(t.byFrom) < mostTemplates {
			break
		}
		delete(t.byFrom, k)
	}
}

// Len is how many there are.
func (t *Templates) Len() int { return len(t.byFrom) }
