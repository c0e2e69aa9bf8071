package api

import (
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// Sockets is ngx.socket: TCP and UDP clients that wait without holding the VM.
// The methods that Lua sees are in lib/moongate/socket.lua; they call these functions with the handle of the socket in place of
// the table, so arguments are counted and numbered as if the table were there.
var Sockets = &vm.Chapter{
	Name: "socket",
	Doc:  "TCP and UDP sockets with connection pools and TLS.",
	Funcs: []vm.Fn{
		{Name: "moongate.socket.tcp", Phases: vm.Yieldable, Run: newTCP},
		{Name: "moongate.socket.bad", Phases: vm.Anywhere, Run: badSelf},
		{Name: "moongate.socket.free", Phases: vm.Anywhere, Run: freeTCP},
		{Name: "moongate.socket.connect", Phases: vm.Yieldable, Yields: true, Run: connectTCP},
		{Name: "moongate.socket.send", Phases: vm.NotInit, Yields: true, Run: sendTCP},
		{Name: "moongate.socket.receive", Phases: vm.NotInit, Yields: true, Run: receiveTCP},
		{Name: "moongate.socket.receiveany", Phases: vm.NotInit, Yields: true, Run: receiveAny},
		{Name: "moongate.socket.until", Phases: vm.NotInit, Run: newUntil},
		{Name: "moongate.socket.until_next", Phases: vm.NotInit, Yields: true, Run: nextUntil},
		{Name: "moongate.socket.until_free", Phases: vm.Anywhere, Run: freeUntil},
		{Name: "moongate.socket.close", Phases: vm.NotInit, Run: closeTCP},
		{Name: "moongate.socket.setkeepalive", Phases: vm.NotInit, Run: keepTCP},
		{Name: "moongate.socket.getreusedtimes", Phases: vm.NotInit, Run: reusedTCP},
		{Name: "moongate.socket.settimeout", Phases: vm.Anywhere, Run: timeoutTCP},
		{Name: "moongate.socket.settimeouts", Phases: vm.Anywhere, Run: timeoutsTCP},
		{Name: "moongate.socket.bind", Phases: vm.Yieldable, Run: bindTCP},
		{Name: "moongate.socket.setoption", Phases: vm.NotInit, Run: setOptionTCP},
		{Name: "moongate.socket.getoption", Phases: vm.NotInit, Run: getOptionTCP},
		{Name: "moongate.socket.getfd", Phases: vm.NotInit, Run: fdTCP},
		{Name: "moongate.socket.handshake", Phases: vm.Yieldable, Yields: true, Run: handshakeTCP},
		{Name: "moongate.socket.setclientcert", Phases: vm.NotInit, Run: certTCP},
		{Name: "moongate.socket.session", Phases: vm.NotInit, Run: sessionTCP},
		{Name: "moongate.socket.udp", Phases: vm.Yieldable, Run: newUDP},
		{Name: "moongate.socket.udp_free", Phases: vm.Anywhere, Run: freeUDP},
		{Name: "moongate.socket.udp_setpeername", Phases: vm.Yieldable, Yields: true, Run: peerUDP},
		{Name: "moongate.socket.udp_bind", Phases: vm.Yieldable, Run: bindUDP},
		{Name: "moongate.socket.udp_send", Phases: vm.NotInit, Yields: true, Run: sendUDP},
		{Name: "moongate.socket.udp_receive", Phases: vm.NotInit, Yields: true, Run: receiveUDP},
		{Name: "moongate.socket.udp_settimeout", Phases: vm.Anywhere, Run: timeoutUDP},
		{Name: "moongate.socket.udp_close", Phases: vm.NotInit, Run: closeUDP},
	},
	Open: openSockets,
}

func openSockets(v *vm.VM) error {
	s := &sockets{vm: v, pools: map[string]*pool{}, log: v.Log}
	v.Keep(socketsKey{}, s)
	for _, m := range []struct {
		to   *luajit.Ref
		name string
	}{{&s.gcTCP, "free"}, {&s.gcUntil, "until_free"}, {&s.gcUDP, "udp_free"}} {
		var err error
		if *m.to, err = v.Function(`return {__gc = moongate.socket.`+m.name+`}`, "=socket"); err != nil {
			return err
		}
	}
	if err := v.Put("moongate.go.tls", func(b luajit.Tape) { b.Int(tlsID()) }); err != nil {
		return err
	}
	var err error
	s.methods, err = v.Function(`return require "moongate.socket"`, "=socket")
	return err
}

type socketsKey struct{}

// sockets is what a VM has of them. Whoever holds the VM may touch it; pools have a lock of their own.
type sockets struct {
	tcp   handles[tcpSocket]
	udp   handles[udpSocket]
	until handles[untilPattern]

	gcTCP, gcUDP, gcUntil luajit.Ref // metatables of the handles
	methods               luajit.Ref // {tcp metatable, udp metatable}

	vm    *vm.VM
	log   *errlog.Log
	mu    sync.Mutex
	pools map[string]*pool
}

func socketsOf(v *vm.VM) *sockets { return v.Kept(socketsKey{}).(*sockets) }

// handles gives Go values numbers that Lua keeps in userdata; 0 is none.
type handles[T any] struct {
	list []*T
	free []int64
}

func (h *handles[T]) add(v *T) int64 {
	if n := len(h.free); n > 0 {
		i := h.free[n-1]
		h.free = h.free[:n-1]
		h.list[i] = v
		return i
	}
	if len(h.list) == 0 {
		h.list = append(h.list, nil)
	}
	h.list = append(h.list, v)
	return int64(len(h.list) - 1)
}

// get is the value behind a userdata, nil for anything else.
func (h *handles[T]) get(v luajit.Value) *T {
	i, ok := v.Handle()
	if !ok || i <= 0 || i >= int64(len(h.list)) {
		return nil
	}
	return h.list[i]
}

// drop takes it out when the userdata is collected.
func (h *handles[T]) drop(v luajit.Value) *T {
	old := h.get(v)
	if old != nil {
		i, _ := v.Handle()
		h.list[i] = nil
		h.free = append(h.free, i)
		v.SetHandle(0)
	}
	return old
}

// timeouts are the times that settimeout set, 0 for those of the location.
type timeouts struct{ connect, send, read time.Duration }

func (t *timeouts) or(x *vm.Ctx) timeouts {
	o := *t
	if x.Conf == nil {
		return o
	}
	c := &x.Conf.Socket
	if o.connect == 0 {
		o.connect = c.Connect
	}
	if o.send == 0 {
		o.send = c.Send
	}
	if o.read == 0 {
		o.read = c.Read
	}
	return o
}

// newTCP is ngx.socket.tcp: a table with a handle in it.
func newTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if c.N() != 0 {
		return c.Error("expecting zero arguments, but got %d", c.N())
	}
	s := socketsOf(x.V)
	b := c.Out()
	b.Table(2, 1)
	b.Handle(s.tcp.add(&tcpSocket{}), s.gcTCP)
	b.SetI(1)
	b.Ref(s.methods)
	b.Str("tcp")
	b.Get()
	b.SetMeta()
	return luajit.Return
}

func badSelf(_ *vm.Ctx, c *luajit.Call) luajit.Result { return c.TypeError(1, "table") }

func freeTCP(x *vm.Ctx, c *luajit.Call) luajit.Result {
	if s := socketsOf(x.V).tcp.drop(c.Arg(1)); s != nil {
		s.end()
	}
	return luajit.Return
}
