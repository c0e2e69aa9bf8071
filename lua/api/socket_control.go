package api

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"moongate/edge/native/luajit"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/socket"
	"moongate/lua/vm"
)

// closeTCP is tcpsock:close().
func closeTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 argument (including the object) but seen %d", c.N())
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if s.foreign(x) {
		return c.Error("bad request")
	}
	if s.linking.Load() {
		return c.Fail("socket busy connecting")
	}
	if s.pc == nil || s.readClosed && s.writeClosed {
		return c.Fail("closed")
	}
	if why := s.busy(busyConnect | busyRead | busyWrite); why != "" {
		return c.Fail(why)
	}
	s.end()
	c.Out().Int(1)
	return luajit.Return
}

// keepTCP is tcpsock:setkeepalive(timeout, size).
func keepTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n := c.N()
	if n < 1 || n > 3 {
		return c.Error("expecting 1 to 3 arguments (including the object), but got %d", n)
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	var idle time.Duration
	size := 30
	if x.Conf != nil {
		idle, size = x.Conf.Socket.KeepAlive, x.Conf.Socket.PoolSize
	}
	if n >= 2 && c.Type(2) != luajit.TNil {
		ms, ok := c.ToNumber(2)
		if !ok {
			return c.TypeError(2, "number")
		}
		idle = time.Duration(ms) * time.Millisecond
	}
	if n >= 3 && c.Type(3) != luajit.TNil {
		v, ok := c.ToNumber(3)
		if !ok {
			return c.TypeError(3, "number")
		}
		size = int(v)
	}
	if s.foreign(x) {
		return c.Error("bad request")
	}
	if s.linking.Load() {
		return c.Fail("socket busy connecting")
	}
	if s.pc == nil || s.readClosed || s.writeClosed || s.pc.ev.PeerClosed() {
		return c.Fail("closed")
	}
	if why := s.busy(busyConnect | busyRead | busyWrite); why != "" {
		return c.Fail(why)
	}
	if len(s.pc.unread()) > 0 {
		return c.Fail("unread data in buffer")
	}
	if w := x.V.Worker; w != nil && w.Proc.Exiting() {
		x.Debugf("lua tcp socket set keepalive while process exiting, closing connection %p", s.pc)
		s.end()
		c.Out().Int(1)
		return luajit.Return
	}
	all := socketsOf(x.V)
	all.mu.Lock()
	p := all.pools[s.key]
	if p == nil {
		if size <= 0 {
			all.mu.Unlock()
			return c.ArgError(n, "bad \"pool_size\" option value: "+strconv.Itoa(size))
		}
		p = all.newPool(x, s.key, size, -1)
	}
	all.mu.Unlock()
	if s.pc.ev.HasInput() && !s.pc.stale() {
		s.end()
		return c.Fail("connection in dubious state")
	}
	pc := s.give()
	putBuffer(pc)
	x.Debugf("lua tcp socket set keepalive: saving connection %p", pc)
	if idle == 0 {
		x.Debugf("lua tcp socket keepalive timeout: unlimited")
	} else {
		x.Debugf("lua tcp socket keepalive timeout: %d ms", idle.Milliseconds())
	}
	pc.ev.SetReadTimeout(0)
	p.keep(pc, s.pool == p, idle)
	s.pool = nil
	c.Out().Int(1)
	return luajit.Return
}

// reusedTCP is tcpsock:getreusedtimes().
func reusedTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 1 {
		return c.Error("expecting 1 argument (including the object), but got %d", c.N())
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if s.linking.Load() {
		c.Out().Int(0)
		return luajit.Return
	}
	if s.pc == nil || s.readClosed && s.writeClosed {
		return c.Fail("closed")
	}
	c.Out().Int(s.pc.reused)
	return luajit.Return
}

// milli reads a timeout argument.
func milli(c *luajit.Call, i int) (d time.Duration, ok bool) {
	ms, _ := c.ToNumber(i)
	if ms < 0 || ms > 1<<31-1 {
		return 0, false
	}
	return time.Duration(ms) * time.Millisecond, true
}

// timeoutTCP is tcpsock:settimeout(ms).
func timeoutTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 2 {
		return c.Error("ngx.socket settimeout: expecting 2 arguments (including the object) but seen %d", c.N())
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	d, ok := milli(c, 2)
	if !ok {
		return c.Error("bad timeout value")
	}
	s.times = timeouts{d, d, d}
	return luajit.Return
}

// timeoutsTCP is tcpsock:settimeouts(connect, send, read).
func timeoutsTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 4 {
		return c.Error("ngx.socket settimeouts: expecting 4 arguments (including the object) but seen %d", c.N())
	}
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	var t [3]time.Duration
	for i := range t {
		d, ok := milli(c, i+2)
		if !ok {
			return c.Error("bad timeout value")
		}
		t[i] = d
	}
	s.times = timeouts{t[0], t[1], t[2]}
	return luajit.Return
}

// bindTCP is tcpsock:bind(address, port).
func bindTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if n := c.N(); n != 2 && n != 3 {
		return c.Error("expecting 2 or 3 arguments, but got %d", n)
	}
	s := tcpOf(x, c)
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
	x.Debugf("lua tcp socket bind ip: %s", bound(addr))
	c.Out().Bool(true)
	return luajit.Return
}

// bindAddr reads the arguments of bind.
func bindAddr(c *luajit.Call) (addr netip.AddrPort, why string, r luajit.Result) {
	port := 0.0
	if c.N() == 3 {
		var ok bool
		if port, ok = c.ToNumber(3); !ok {
			return addr, "expecting port to be anumber but got type: " + c.Type(3).String(), 0
		}
		if port < 0 || port > 65535 {
			return addr, "bad port number: " + strconv.Itoa(int(port)), 0
		}
	}
	text, ok := c.Arg(2).Text()
	if !ok {
		return addr, "", c.TypeError(2, "string")
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return addr, "bad address", 0
	}
	return netip.AddrPortFrom(ip, uint16(port)), "", 0
}

// setOptionTCP is tcpsock:setoption(name, value).
func setOptionTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if c.Arg(2).IsNil() {
		return c.Fail("missing the \"option\" argument")
	}
	if c.Arg(3).IsNil() {
		return c.Fail("missing the \"value\" argument")
	}
	name, _ := c.Arg(2).Text()
	if name == "ip-transparent" {
		s.transparent = c.Bool(3)
		c.Out().Bool(true)
		return luajit.Return
	}
	if s.pc == nil {
		return c.Error("socket is never created nor connected")
	}
	value, _ := c.ToNumber(3)
	if c.Type(3) == luajit.TBoolean && c.Bool(3) {
		value = 1
	}
	known, err := socket.SetOption(s.pc.ev.FD(), name, int(value))
	return optionResult(c, name, known, err, func(b luajit.Tape) { b.Bool(true) })
}

// getOptionTCP is tcpsock:getoption(name).
func getOptionTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := tcpOf(x, c)
	if s == nil {
		return c.TypeError(1, "table")
	}
	if c.Arg(2).IsNil() {
		return c.Fail("missing the \"option\" argument")
	}
	if s.pc == nil {
		return c.Error("socket is never created nor connected")
	}
	name, _ := c.Arg(2).Text()
	value, known, err := socket.Option(s.pc.ev.FD(), name)
	return optionResult(c, name, known, err, func(b luajit.Tape) { b.Int(value) })
}

func optionResult(c *luajit.Call, name string, known bool, err error, push func(b luajit.Tape)) luajit.Result {
	switch {
	case !known:
		return c.Fail("unsupported option " + name)
	case err != nil:
		return c.Fail(strings.ToLower(errno.Text(errno.Number(err))))
	}
	push(c.Out())
	return luajit.Return
}

// fdTCP is tcpsock:getfd().
func fdTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := tcpOf(x, c)
	if s == nil || s.pc == nil {
		return c.Fail("closed")
	}
	c.Out().Int(s.pc.ev.FD())
	return luajit.Return
}
