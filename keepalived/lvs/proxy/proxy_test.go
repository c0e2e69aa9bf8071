package proxy

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"moongate/edge/sys/relay"
	"moongate/keepalived/lvs"
)

// rig is a plane with one service on 127.0.0.1, and what its servers do.
type rig struct {
	t     *testing.T
	plane *Plane
	s     *lvs.Service
}

func newRig(t *testing.T, proto uint8, opts Options, servers ...netip.AddrPort) *rig {
	t.Helper()
	p, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(false); err != nil {
			t.Error(err)
		}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0") // for a port that is free
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	r := &rig{t, p, &lvs.Service{Key: lvs.Key{Addr: netip.MustParseAddr("127.0.0.1"), Port: uint16(port), Protocol: proto}, Scheduler: "rr"}}
	for _, a := range servers {
		r.s.Dests = append(r.s.Dests, lvs.Dest{Addr: a, Weight: 1})
	}
	r.apply()
	return r
}

func (r *rig) apply() {
	r.t.Helper()
	if err := r.plane.Apply([]*lvs.Service{r.s}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) dial() *net.TCPConn {
	r.t.Helper()
	c, err := net.Dial("tcp", netip.AddrPortFrom(r.s.Addr, r.s.Port).String())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(10 * time.Second))
	return c.(*net.TCPConn)
}

// until waits for the counters to be so.
func (r *rig) until(what string, ok func(c lvs.ServiceCounters) bool) {
	r.t.Helper()
	var all []lvs.ServiceCounters
	for range 500 {
		var err error
		if all, err = r.plane.Counters(); err != nil {
			r.t.Fatal(err)
		}
		if ok(all[0]) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.t.Errorf("never %s: %+v", what, all)
}

func serve(t *testing.T, each func(*net.TCPConn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go each(c.(*net.TCPConn))
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// A client that has said all still hears the answer, and every byte is counted.
func TestHalfClose(t *testing.T) {
	r := newRig(t, tcp, Options{}, serve(t, func(c *net.TCPConn) {
		all, _ := io.ReadAll(c)
		c.Write(bytes.ToUpper(all))
		c.Close()
	}))
	c := r.dial()
	question := strings.Repeat("moongate", 100_000)
	go func() {
		io.WriteString(c, question)
		c.CloseWrite()
	}()
	got, err := io.ReadAll(c)
	if err != nil || string(got) != strings.ToUpper(question) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	r.until("all counted and over", func(c lvs.ServiceCounters) bool {
		n := uint64(len(question))
		return c.Connections == 1 && c.BytesIn == n && c.BytesOut == n && c.Active == 0 && c.Inactive == 0 && c.Dests[0].BytesIn == n
	})
}

// A reset on one side is a reset on the other.
func TestResets(t *testing.T) {
	fate := make(chan error, 1)
	r := newRig(t, tcp, Options{}, serve(t, func(c *net.TCPConn) {
		b := make([]byte, 1)
		if _, err := c.Read(b); err != nil || b[0] == 'r' {
			relay.Reset(c)
			return
		}
		c.Write(b)
		_, err := c.Read(b)
		fate <- err
		c.Close()
	}))
	c := r.dial()
	io.WriteString(c, "r")
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Error("the client saw", err)
	}
	c = r.dial()
	io.WriteString(c, "x")
	if _, err := c.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	relay.Reset(c)
	if err := <-fate; !errors.Is(err, syscall.ECONNRESET) {
		t.Error("the server saw", err)
	}
	r.until("over", func(c lvs.ServiceCounters) bool { return c.Active == 0 })
	// A server that is not there is a reset, too.
	r.s.Dests[0].Addr = netip.MustParseAddrPort("127.0.0.1:1")
	r.apply()
	late, err := net.Dial("tcp", netip.AddrPortFrom(r.s.Addr, r.s.Port).String())
	if err == nil {
		_, err = late.Read(make([]byte, 1))
		late.Close()
	}
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Error("the client saw", err)
	}
}

func echo(c *net.TCPConn) {
	io.Copy(c, c)
	c.Close()
}

func ask(t *testing.T, c net.Conn) error {
	t.Helper()
	if _, err := io.WriteString(c, "x"); err != nil {
		return err
	}
	_, err := c.Read(make([]byte, 1))
	return err
}

// The limit holds those back that are too many; they go on when there is room.
func TestLimit(t *testing.T) {
	r := newRig(t, tcp, Options{Limit: 2}, serve(t, echo))
	a, b, c := r.dial(), r.dial(), r.dial()
	if err := errors.Join(ask(t, a), ask(t, b)); err != nil {
		t.Fatal(err)
	}
	answered := make(chan error, 1)
	go func() { answered <- ask(t, c) }()
	r.until("at two", func(c lvs.ServiceCounters) bool { return c.Active == 2 && c.Connections == 2 })
	a.Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// A service that goes lets its connections finish; the plane takes them along.
func TestServiceGoes(t *testing.T) {
	r := newRig(t, tcp, Options{}, serve(t, echo))
	c := r.dial()
	if err := ask(t, c); err != nil {
		t.Fatal(err)
	}
	if err := r.plane.Apply(nil); err != nil {
		t.Fatal(err)
	}
	if err := ask(t, c); err != nil {
		t.Error("a connection of a service that left:", err)
	}
	if _, err := net.Dial("tcp", c.RemoteAddr().String()); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Error("a new one:", err)
	}
	r.apply() // and comes back
	if err := ask(t, r.dial()); err != nil {
		t.Error(err)
	}
	if err := r.plane.Apply(nil); err != nil {
		t.Fatal(err)
	}
	r.plane.tick(time.Now().Add(time.Hour)) // silent for too long
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Error(err)
	}
}

func TestSessions(t *testing.T) {
	answer := func(name string) netip.AddrPort {
		u, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { u.Close() })
		go func() {
			buf := make([]byte, 100)
			for {
				n, from, err := u.ReadFrom(buf)
				if err != nil {
					return
				}
				u.WriteTo(append([]byte(name), buf[:n]...), from)
			}
		}()
		return u.LocalAddr().(*net.UDPAddr).AddrPort()
	}
	r := newRig(t, udp, Options{}, answer("a"), answer("b"))
	var clients []net.Conn
	for range 2 {
		c, err := net.Dial("udp", netip.AddrPortFrom(r.s.Addr, r.s.Port).String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(10 * time.Second))
		clients = append(clients, c)
	}
	get := func(i int) string {
		t.Helper()
		if _, err := io.WriteString(clients[i], "?"); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 10)
		n, err := clients[i].Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		return string(buf[:n])
	}
	if got := get(0) + get(1) + get(0) + get(1); got != "b?a?b?a?" {
		t.Error(got)
	}
	r.until("counted", func(c lvs.ServiceCounters) bool {
		return c.Connections == 2 && c.PacketsIn == 4 && c.PacketsOut == 4 && c.BytesIn == 4 && c.BytesOut == 8 && c.Active == 2
	})
	// Its server removed, a client is another's at once.
	r.s.Dests = r.s.Dests[:1]
	r.apply()
	if got := get(0) + get(1); got != "a?a?" {
		t.Error(got)
	}
	r.plane.tick(time.Now().Add(time.Hour))
	r.until("silent for too long", func(c lvs.ServiceCounters) bool { return c.Active == 0 })
	if got := get(0); got != "a?" {
		t.Error(got)
	}
}

func TestCannot(t *testing.T) {
	p, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close(false)
	vip := netip.MustParseAddr("192.0.2.1")
	dr := []lvs.Dest{{Forward: lvs.Forward{Method: lvs.DR}}, {Forward: lvs.Forward{Method: lvs.DR}}}
	for _, c := range []struct {
		s    lvs.Service
		want string
	}{
		{lvs.Service{Key: lvs.Key{FwMark: 1}}, "virtual servers by firewall mark"},
		{lvs.Service{Key: lvs.Key{Addr: vip, Port: 80, Protocol: 132}}, "protocols other than TCP and UDP"},
		{lvs.Service{Key: lvs.Key{Addr: vip, Protocol: tcp}}, "virtual servers of all ports"},
		{lvs.Service{Key: lvs.Key{Addr: vip, Port: 80, Protocol: udp}, OnePacket: true}, "one packet scheduling"},
		{lvs.Service{Key: lvs.Key{Addr: vip, Port: 80, Protocol: tcp}, Dests: dr}, "DR: its connections are proxied"},
		{lvs.Service{Key: lvs.Key{Addr: vip, Port: 80, Protocol: tcp}}, ""},
	} {
		if got := strings.Join(p.Cannot(&c.s), ", "); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	// What can't be is said once, and doesn't come to be.
	all := []*lvs.Service{{Key: lvs.Key{FwMark: 1}, Scheduler: "rr"}}
	if err := p.Apply(all); err == nil {
		t.Error("a mark was taken")
	}
	if err := p.Apply(all); err != nil {
		t.Error("said again:", err)
	}
}
