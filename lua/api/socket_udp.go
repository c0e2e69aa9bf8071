package api

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/dgram"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/engine/resolver"
	"moongate/lua/vm"
)

// udpSocket is one object of ngx.socket.udp.
type udpSocket struct {
	mu      sync.Mutex
	x       *vm.Ctx
	lent    lender
	poll    *event.Poll
	timeout time.Duration
	bind    netip.AddrPort
	busy    bool
	host    string
	scratch []byte
}

// maxDatagram is the longest datagram that is received (UDP_MAX_DATAGRAM_SIZE of ngx_http_lua_socket_udp.c).
const maxDatagram = 65536

func newUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("expecting zero arguments, but got %d", c.N())
	}
	s := socketsOf(x.V)
	b := c.Out()
	b.Table(2, 1)
	b.Handle(s.udp.add(&udpSocket{}), s.gcUDP)
	b.SetI(1)
	b.Ref(s.methods)
	b.Str("udp")
	b.Get()
	b.SetMeta()
	return luajit.Return
}

func freeUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if s := socketsOf(x.V).udp.drop(c.Arg(1)); s != nil {
		s.end()
	}
	return luajit.Return
}

func udpOf(x *vm.Ctx, c *luajit.Call) *udpSocket { return socketsOf(x.V).udp.get(c.Arg(1)) }

func (s *udpSocket) end() bool {
	s.mu.Lock()
	p := s.poll
	s.poll = nil
	s.mu.Unlock()
	if p != nil {
		p.Close()
	}
	return p != nil
}

func (s *udpSocket) foreign(x *vm.Ctx) bool {
	if s.x != nil {
		return s.x != x
	}
	return s.lent != lender{} && s.lent == lenderOf(x)
}

func (s *udpSocket) own(x *vm.Ctx) {
	if s.x != x {
		s.x, s.lent = x, lender{}
		x.AtEnd(func() {
			s.end()
			s.x, s.lent, s.busy = nil, lenderOf(x), false
		})
	}
}

// ready checks a socket that is to be used; if it is not, r is the answer.
func (s *udpSocket) ready(x *vm.Ctx, c *luajit.Call, what string) (r luajit.Result, ok bool) {
	switch {
	case s.foreign(x):
		return c.Error("bad request"), false
	case s.poll == nil:
		if what != "" && (x.Conf == nil || x.Conf.LogSocketErrors) {
			x.Logf(errlog.Error, "attempt to %s data on a closed socket: u:%p, c:%p", what, s, s.poll)
		}
		return c.Fail("closed"), false
	case s.busy:
		return c.Fail("socket busy"), false
	}
	return 0, true
}

// peerUDP is udpsock:setpeername(host, port).
func peerUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n != 2 && n != 3 {
		return c.Error("ngx.socket.udp setpeername: expecting 2 or 3 arguments (including the object), but seen %d", n)
	}
	s := udpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	host, ok := c.Arg(2).Text()
	if !ok {
		return c.TypeError(2, "string")
	}
	port := 0.0
	if n == 3 {
		if port, ok = c.ToNumber(3); !ok {
			return c.TypeError(3, "number")
		}
		if port < 0 || port > 65535 {
			return c.Fail("bad port number: " + strconv.Itoa(int(port)))
		}
	}
	if s.foreign(x) {
		return c.Error("bad request")
	}
	if s.busy {
		return c.Fail("socket busy")
	}
	if s.end() {
		x.Debugf("lua udp socket reconnect without shutting down")
	}
	if s.host != "" {
		x.Debugf("lua reuse socket upstream ctx")
	}
	s.own(x)
	s.host = strings.Clone(host)
	u, err := resolver.ParseURL(s.host, resolver.URLOptions{DefaultPort: uint16(port), NoResolve: true})
	if err != nil {
		return c.Fail("failed to parse host name \"" + s.host + "\": " + err.Error())
	}
	if len(u.Addrs) > 0 {
		why := s.connect(x, u.Addrs[0])
		if why != "" {
			return c.Fail(why)
		}
		c.Out().Int(1)
		return luajit.Return
	}
	if resolverOf(x) == nil {
		return c.Fail("no resolver defined to resolve \"" + s.host + "\"")
	}
	s.busy = true
	var a resolver.Address
	var why string
	return x.Do(c, func(w *vm.Wait) {
		a, why = resolveFor(w, u)
		if w.Cancelled() {
			s.busy = false
		}
	}, func(b luajit.Tape) {
		s.busy = false
		if why == "" {
			why = s.connect(x, a)
		}
		if why != "" {
			b.Nil()
			b.Str(why)
			return
		}
		b.Int(1)
	})
}

func (s *udpSocket) connect(x *vm.Ctx, a resolver.Address) (why string) {
	fd, call, err := dgram.DialFrom(dgram.Addr{IP: a.IP, Path: a.Path}, s.bind)
	var p *event.Poll
	if err == nil {
		if p, err = x.V.Worker.Loop.Poll(fd, nil); err != nil {
			dgram.Close(fd)
			call = "epoll_ctl()"
		}
	}
	if err != nil {
		e := errno.Number(err)
		if x.Conf == nil || x.Conf.LogSocketErrors {
			x.Logf(errlog.Crit, "%s", string(errno.Append([]byte(call+" failed"), e)))
		}
		return strings.ToLower(errno.Text(e))
	}
	s.mu.Lock()
	s.poll = p
	s.mu.Unlock()
	return ""
}

// sendUDP is udpsock:send(data): one datagram.
func sendUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 2 {
		return c.Error("expecting 2 arguments (including the object), but got %d", c.N())
	}
	s := udpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if r, ok := s.ready(x, c, "send"); !ok {
		return r
	}
	data, why := sendable(c, 2, s.scratch[:0])
	if why != "" {
		return c.ArgError(2, why)
	}
	if c.Type(2) != luajit.TString {
		s.scratch = data
	}
	switch err := dgram.Send(s.poll.FD(), data); {
	case err == nil:
		x.Debugf("send: fd:%d %d of %d", s.poll.FD(), len(data), len(data))
		c.Out().Int(1)
		return luajit.Return
	case errno.Number(err) == errno.EAGAIN:
	default:
		return c.Fail(s.failed(x, err, "send"))
	}
	s.busy = true
	var err error
	return x.Do(c, func(w *vm.Wait) {
		s.during(w, func(p *event.Poll) { err = p.SendTo(data, nil) })
	}, func(b luajit.Tape) {
		s.busy = false
		if err != nil {
			b.Nil()
			b.Str(s.failed(x, err, "send"))
			return
		}
		b.Int(1)
	})
}

// during runs f with the socket, which a cancel interrupts.
func (s *udpSocket) during(w *vm.Wait, f func(p *event.Poll)) {
	p := s.poll
	if p == nil {
		return
	}
	w.OnCancel(p.Interrupt)
	f(p)
	w.OnCancel(nil)
	if w.Cancelled() {
		s.busy = false
		s.end()
	}
}

// receiveUDP is udpsock:receive(size): one datagram, of which at most size bytes are given.
func receiveUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n != 1 && n != 2 {
		return c.Error("expecting 1 or 2 arguments (including the object), but got %d", n)
	}
	s := udpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if r, ok := s.ready(x, c, "receive"); !ok {
		return r
	}
	size := maxDatagram
	if n == 2 {
		v, ok := c.ToNumber(2)
		if !ok {
			return c.TypeError(2, "number")
		}
		if v < maxDatagram {
			size = max(int(v), 0)
		}
	}
	x.Debugf("lua udp socket receive buffer size: %d", size)
	d := s.timeout
	if d == 0 && x.Conf != nil {
		d = x.Conf.Socket.Read
	}
	s.poll.SetReadTimeout(d)
	s.busy = true
	var buf []byte
	var err error
	return x.Do(c, func(w *vm.Wait) {
		err = net.ErrClosed
		room := make([]byte, size)
		s.during(w, func(p *event.Poll) {
			var k int
			k, err = p.RecvFrom(room, nil)
			buf = room[:k]
		})
	}, func(b luajit.Tape) {
		s.busy = false
		if err != nil {
			b.Nil()
			b.Str(s.failed(x, err, "recv"))
			return
		}
		b.Bytes(buf)
	})
}

func (s *udpSocket) failed(x *vm.Ctx, err error, call string) string {
	quiet := x.Conf != nil && !x.Conf.LogSocketErrors
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if !quiet {
			x.Logf(errlog.Error, "lua udp socket read timed out")
		}
		return "timeout"
	}
	e := errno.Number(err)
	if e == 0 {
		return "closed"
	}
	if !quiet {
		x.Logf(errlog.Error, "%s", string(errno.Append([]byte(call+"() failed"), e)))
	}
	return strings.ToLower(errno.Text(e))
}

func timeoutUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() < 2 {
		return c.Error("ngx.socket settimeout: expecting at least 2 arguments (including the object) but seen %d", c.N())
	}
	s := udpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	s.timeout, _ = milli(c, 2)
	return luajit.Return
}

func bindUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 2 {
		return c.Error("expecting 2 arguments, but got %d", c.N())
	}
	s := udpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	addr, why, r := bindAddr(c)
	if why != "" {
		return c.Fail(why)
	}
	if !addr.IsValid() {
		return r
	}
	s.bind = addr
	c.Out().Bool(true)
	return luajit.Return
}

func closeUDP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 argument (including the object) but seen %d", c.N())
	}
	s := udpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if r, ok := s.ready(x, c, ""); !ok {
		return r
	}
	s.end()
	c.Out().Int(1)
	return luajit.Return
}
