package api

import (
	"moongate/edge/native/luajit"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

// What proxy_ssl_certificate_by_lua* and proxy_ssl_verify_by_lua* do with the
// handshake of their upstream server.

func peerVersion(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	b.Int(int(x.Peer.Version()))
	b.Str(certs.VersionName(x.Peer.Version()))
	return luajit.Return
}

func peerClear(x *vm.Ctx, c *luajit.Call) luajit.Result {
	x.Peer.ClearCertificates()
	return yes(c)
}

func peerSetCert(x *vm.Ctx, c *luajit.Call) luajit.Result { return showChain(x.Peer, c) }

func peerSetKey(x *vm.Ctx, c *luajit.Call) luajit.Result { return showKey(x.Peer, c) }
