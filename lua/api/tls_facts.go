package api

import (
	"net/netip"

	"moongate/edge/native/luajit"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

func serverName(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	return nameOrNil(c, t.HelloName())
}

func nameOrNil(c *luajit.Call, name string) luajit.Result {
	b := c.Out()
	if name == "" {
		b.Nil()
	} else {
		b.Str(name)
	}
	return luajit.Return
}

// tlsVersion gives the number of the protocol and its name.
func tlsVersion(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	b := c.Out()
	b.Int(int(t.Version()))
	b.Str(certs.VersionName(t.Version()))
	return luajit.Return
}

// pushAddr writes an address in network order and its kind.
func pushAddr(c *luajit.Call, a netip.AddrPort, path string) luajit.Result {
	b := c.Out()
	ip := a.Addr().Unmap()
	switch {
	case !ip.IsValid():
		b.Str(path)
		b.Str("unix")
	case ip.Is4():
		b.Bytes(ip.AsSlice())
		b.Str("inet")
	default:
		b.Bytes(ip.AsSlice())
		b.Str("inet6")
	}
	return luajit.Return
}

func rawServerAddr(x *vm.Ctx, _ *certs.Conn, c *luajit.Call) luajit.Result {
	return pushAddr(c, x.Client().LocalAddr(), x.Client().ListenPath())
}

func rawClientAddr(x *vm.Ctx, _ *certs.Conn, c *luajit.Call) luajit.Result {
	return pushAddr(c, x.Client().RemoteAddr(), "")
}

func serverPort(x *vm.Ctx, _ *certs.Conn, c *luajit.Call) luajit.Result {
	a := x.Client().LocalAddr()
	if !a.IsValid() {
		return c.Fail("unix domain has no port")
	}
	c.Out().Int(int(a.Port()))
	return luajit.Return
}

// setProtocols takes a list of names.
func setProtocols(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	list, _ := c.Flatten(1, 1)
	var p certs.Protocols
	for i := 1; i < len(list); i += 2 {
		p |= certs.ProtocolNames[list[i].Str()]
	}
	t.SetProtocols(p)
	return yes(c)
}

func helloName(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	return nameOrNil(c, t.HelloName())
}

// helloExt is the body of an extension, nil when the client has not sent it.
func helloExt(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	all, _ := t.HelloExtensions()
	b := c.Out()
	if body, ok := all[uint16(c.Num(1))]; ok {
		b.Bytes(body)
	} else {
		b.Nil()
	}
	return luajit.Return
}

// helloExts are the numbers of the extensions, in the client's order.
func helloExts(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	_, order := t.HelloExtensions()
	return pushNumbers(c, order)
}

func helloCiphers(_ *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	return pushNumbers(c, t.HelloCiphers())
}

func pushNumbers(c *luajit.Call, list []uint16) luajit.Result {
	b := c.Out()
	b.Table(len(list), 0)
	for i, n := range list {
		b.Int(int(n))
		b.SetI(i + 1)
	}
	return luajit.Return
}
