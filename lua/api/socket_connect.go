package api

import (
	"errors"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/sys/socket"
	"moongate/engine/httpd"
	"moongate/engine/resolver"
	"moongate/lua/vm"
)

// connectOp is a connect that has to wait: for a place in its pool, a name, the network.
type connectOp struct {
	s      *tcpSocket
	x      *vm.Ctx
	target *resolver.URL
	times  timeouts
	turn   *turn // in the queue of a full pool
	pc     *peerConn
	fail   string
	level  errlog.Level
	log    string // written when the VM is back
}

// connectTCP is tcpsock:connect(host, port, options).
func connectTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n < 2 || n > 4 {
		return c.Error("ngx.socket connect: expecting 2, 3, or 4 arguments (including the object), but seen %d", n)
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	host, ok := c.Arg(2).Text()
	if !ok {
		return c.TypeError(2, "string")
	}
	host = strings.Clone(host)
	var o poolOptions
	if c.Type(n) == luajit.TTable {
		if why := o.read(x, c, n); why != "" {
			return c.ArgError(n, why)
		}
		n--
	}
	port := 0
	key := host
	switch p, number := c.ToNumber(3); {
	case n >= 3 && number:
		port = int(p)
		if port < 0 || port > 65535 {
			return c.Fail("bad port number: " + strconv.Itoa(port))
		}
		text, _ := c.Arg(3).Text()
		key = host + ":" + text
	case len(host) >= 5 && strings.EqualFold(host[:5], "unix:"):
	default:
		return c.Fail("missing the port number")
	}
	if o.named {
		key = o.name
	}
	if s.foreign(x) {
		return c.Error("bad request")
	}
	if why := s.busy(busyConnect | busyRead | busyWrite); why != "" {
		return c.Fail(why)
	}
	if s.key != "" {
		if s.pc != nil {
			x.Debugf("lua tcp socket reconnect without shutting down")
			s.end()
		}
		x.Debugf("lua reuse socket upstream ctx")
	}
	s.own(x)
	s.key, s.host, s.pool = key, host, socketsOf(x.V).pool(x, key, &o)
	return s.connect(x, c, host, port)
}

func (s *tcpSocket) connect(x *vm.Ctx, c *luajit.Call, host string, port int) luajit.Result {
	op := &connectOp{s: s, x: x, times: s.times.or(x)}
	if s.pool != nil {
		pc, t, why := s.pool.enter(op)
		if why != "" {
			s.pool = nil
			return c.Fail(why)
		}
		if pc != nil {
			s.reuse(x, pc)
			c.Out().Int(1)
			return luajit.Return
		}
		op.turn = t
	}
	x.Debugf("lua tcp socket connect timeout: %d", op.times.connect.Milliseconds())
	var err error
	op.target, err = resolver.ParseURL(host, resolver.URLOptions{DefaultPort: uint16(port), NoResolve: true})
	if err != nil {
		s.leavePool(op.turn)
		return c.Fail("failed to parse host name \"" + host + "\": " + err.Error())
	}
	if len(op.target.Addrs) == 0 && resolverOf(x) == nil {
		s.leavePool(op.turn)
		return c.Fail("no resolver defined to resolve \"" + host + "\"")
	}
	s.connecting = true
	s.linking.Store(op.turn == nil && len(op.target.Addrs) > 0)
	return x.Wait(c, op)
}

// leavePool gives up the place that a connect had taken.
func (s *tcpSocket) leavePool(t *turn) {
	if s.pool != nil {
		if t != nil {
			s.pool.leave(t)
		} else {
			s.pool.gone()
		}
		s.pool = nil
	}
}

func (s *tcpSocket) reuse(x *vm.Ctx, pc *peerConn) {
	x.Debugf("lua tcp socket pool get keepalive peer")
	s.host = pc.host
	s.take(pc)
	x.Debugf("lua tcp socket get keepalive peer: using connection %p, fd:%d", pc, pc.ev.FD())
}

// resolverOf is the DNS client for x, nil when none is configured.
func resolverOf(x *vm.Ctx) *resolver.Resolver {
	if x.R != nil {
		return x.R.Resolver()
	}
	if w := x.V.Worker; w != nil {
		if r := coreOf(x).Resolver.V; r != nil {
			return r.Live(w)
		}
	}
	return nil
}

func resolverTimeout(x *vm.Ctx) time.Duration { return coreOf(x).ResolverTimeout.V }

// coreOf is the core settings that count for x: its location's, its server's, or
// those of http{}.
func coreOf(x *vm.Ctx) *httpd.CoreConf {
	switch {
	case x.R != nil:
		return x.R.Core()
	case x.Shake != nil:
		return x.Shake.Server.Ground().Core()
	}
	return x.V.Worker.HTTP.Ground().Core()
}

// Wait connects, without the VM.
func (op *connectOp) Wait(w *vm.Wait) {
	op.work(w)
	if w.Cancelled() {
		if op.pc != nil {
			op.pc.close()
			op.pc = nil
		}
		op.s.connecting = false
		op.s.linking.Store(false)
		op.s.leavePool(nil)
	}
}

// Drop is the end of a connect that was killed before it began.
func (op *connectOp) Drop() {
	op.s.connecting = false
	op.s.linking.Store(false)
	op.s.leavePool(op.turn)
}

func (op *connectOp) work(w *vm.Wait) {
	if op.turn != nil && !op.queue(w) || op.pc != nil {
		return
	}
	a, why := resolveFor(w, op.target)
	if why != "" {
		op.fail = why
		return
	}
	op.dial(w, a)
}

// queue waits until the pool has a place; then the turn may bring a connection along.
func (op *connectOp) queue(w *vm.Wait) bool {
	t := op.turn
	t.wake(w)
	w.Sleep(op.times.connect)
	if w.Cancelled() {
		op.s.leavePool(t)
		return false
	}
	granted, pc := op.s.pool.claim(t)
	if !granted {
		op.s.pool = nil
		op.fail = "timeout"
		op.level, op.log = errlog.Error, "lua tcp socket queued connect timed out, when trying to connect to "+
			op.target.Host+":"+strconv.Itoa(int(op.target.Port))
		return false
	}
	op.pc = pc
	return true
}

// resolveFor finds the address to connect to.
func resolveFor(w *vm.Wait, u *resolver.URL) (a resolver.Address, why string) {
	if len(u.Addrs) > 0 {
		return u.Addrs[0], ""
	}
	x := w.Ctx()
	res, timeout := resolverOf(x), resolverTimeout(x)
	type found struct {
		list resolver.Addrs
		err  error
	}
	done := make(chan found, 1)
	x.V.Worker.Loop.Go(func() {
		list, err := res.Name(u.Host, timeout)
		done <- found{list, err}
		w.Wake()
	})
	for !w.Cancelled() {
		w.Sleep(0)
		select {
		case f := <-done:
			x.Debugf("resolve name done")
			if f.err != nil {
				return a, f.err.Error()
			}
			ip := netip.AddrPortFrom(f.list.List[0], u.Port)
			return resolver.Address{IP: ip, Name: ip.String()}, ""
		default:
		}
	}
	return a, "aborted"
}

func (op *connectOp) dial(w *vm.Wait, a resolver.Address) {
	pc := &peerConn{host: op.s.host}
	d := event.Dialer{Timeout: op.times.connect, Bind: op.s.bind, Started: func(c *event.Conn) {
		w.OnCancel(c.Interrupt)
	}}
	if op.s.transparent {
		v6 := op.s.bind.Addr().Is6()
		d.Control = func(fd int) error { return socket.SetTransparent(fd, v6) }
	}
	loop := op.x.V.Worker.Loop
	op.s.linking.Store(true)
	var err error
	if a.Path != "" {
		pc.addr = "unix:" + a.Path
		pc.ev, err = loop.DialUnix(a.Path, &d)
	} else {
		pc.port, pc.addr = a.IP.Port(), a.IP.Addr().String()
		pc.ev, err = loop.DialTo(a.IP, &d)
	}
	w.OnCancel(nil)
	if err == nil {
		op.pc = pc
		return
	}
	op.level = errlog.Error
	e := errno.Number(err)
	var call *os.SyscallError
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		op.fail, op.log = "timeout", "lua tcp socket connect timed out"
	case e == 0:
		op.fail = "error"
	case errors.As(err, &call) && call.Syscall == "bind":
		op.fail, op.level = strings.ToLower(errno.Text(e)), errlog.Crit
		op.log = string(errno.Append([]byte("bind("+bound(op.s.bind)+") failed"), e))
	default:
		op.fail = strings.ToLower(errno.Text(e))
		op.log = connectText(a, e)
		if a.Path != "" && e != errno.ECONNREFUSED && e != errno.EAGAIN {
			op.level = errlog.Crit
		}
	}
	if op.log != "" {
		// The peer is in the log line, though there is no connection.
		s := op.s
		text := ", upstream: " + s.host
		if pc.port != 0 {
			text += ":" + strconv.Itoa(int(pc.port))
		}
		op.log += text + "(" + pc.addr + ")"
	}
}

// bound is an address to bind to as nginx writes it.
func bound(a netip.AddrPort) string {
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}

// connectText is what ngx_event_connect_peer or ngx_http_lua_socket_test_connect says.
func connectText(a resolver.Address, e errno.Error) string {
	what := "connect()"
	if a.Path != "" || e == errno.ENETUNREACH {
		what += " to " + a.Name
	}
	return string(errno.Append([]byte(what+" failed"), e))
}

// Finish gives the result to Lua.
func (op *connectOp) Finish(x *vm.Ctx, b luajit.Tape) {
	s := op.s
	s.connecting = false
	s.linking.Store(false)
	if op.log != "" && (x.Conf == nil || x.Conf.LogSocketErrors) {
		x.Logf(op.level, "%s", op.log)
	}
	if op.pc == nil {
		if s.pool != nil {
			s.pool.gone()
			s.pool = nil
		}
		b.Nil()
		b.Str(op.fail)
		return
	}
	if op.turn != nil && op.pc.reused > 0 {
		s.host = op.pc.host
	}
	if !s.take(op.pc) {
		op.pc.close()
		b.Nil()
		b.Str("closed")
		return
	}
	b.Int(1)
}
