package api

import (
	"crypto/x509"

	"moongate/edge/native/luajit"
	"moongate/engine/certs"
	"moongate/lua/vm"
)

// handshaking is what ngx.ssl does with the client's TLS connection. What scripts
// see is in lib/moongate/ssl.lua.
var handshaking = vm.Chapter{
	Name: "tls",
	Doc:  "The client's TLS connection, and certificates of its handshake.",
	Funcs: []vm.Fn{
		{Name: "moongate.ssl.clear_certs", Phases: vm.NotInit, Run: withTLS(clearCerts)},
		{Name: "moongate.ssl.set_der_cert", Phases: vm.NotInit, Run: withTLS(setDERCert)},
		{Name: "moongate.ssl.set_der_priv_key", Phases: vm.NotInit, Run: withTLS(setDERKey)},
		{Name: "moongate.ssl.set_cert", Phases: vm.NotInit, Run: withTLS(setCert)},
		{Name: "moongate.ssl.set_priv_key", Phases: vm.NotInit, Run: withTLS(setKey)},
		{Name: "moongate.ssl.verify_client", Phases: vm.NotInit, Run: withTLS(verifyClient)},
		{Name: "moongate.ssl.peer_version", Phases: vm.ProxySSLCert | vm.ProxySSLVerify, Run: peerVersion},
		{Name: "moongate.ssl.peer_clear_certs", Phases: vm.ProxySSLCert, Run: peerClear},
		{Name: "moongate.ssl.peer_set_cert", Phases: vm.ProxySSLCert, Run: peerSetCert},
		{Name: "moongate.ssl.peer_set_priv_key", Phases: vm.ProxySSLCert, Run: peerSetKey},
		{Name: "moongate.ssl.server_name", Phases: vm.NotInit, Run: withTLS(serverName)},
		{Name: "moongate.ssl.version", Phases: vm.NotInit, Run: withTLS(tlsVersion)},
		{Name: "moongate.ssl.raw_server_addr", Phases: vm.NotInit, Run: withTLS(rawServerAddr)},
		{Name: "moongate.ssl.raw_client_addr", Phases: vm.NotInit, Run: withTLS(rawClientAddr)},
		{Name: "moongate.ssl.server_port", Phases: vm.NotInit, Run: withTLS(serverPort)},
		{Name: "moongate.ssl.set_protocols", Phases: vm.SSLClientHello, Run: withTLS(setProtocols)},
		{Name: "moongate.ssl.hello_name", Phases: vm.SSLClientHello, Run: withTLS(helloName)},
		{Name: "moongate.ssl.hello_ext", Phases: vm.SSLClientHello, Run: withTLS(helloExt)},
		{Name: "moongate.ssl.hello_exts", Phases: vm.SSLClientHello, Run: withTLS(helloExts)},
		{Name: "moongate.ssl.hello_ciphers", Phases: vm.SSLClientHello, Run: withTLS(helloCiphers)},
	},
	Open: func(v *vm.VM) error { return v.Eval(`require "moongate.ssl"`, "=ssl") },
}

// withTLS is a function that needs a client's TLS connection.
func withTLS(f func(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result) func(*vm.Ctx, *luajit.Call) luajit.Result {
	return func(x *vm.Ctx, c *luajit.Call) luajit.Result {
		if x.R == nil && x.Shake == nil {
			return c.Error("no request found")
		}
		t := x.TLS()
		if t == nil {
			return c.Fail("bad request")
		}
		return f(x, t, c)
	}
}

// changing tells whether the handshake is at the point where what it shows can be
// changed; elsewhere it would have no effect.
func changing(x *vm.Ctx) bool { return x.Shake != nil && x.Phase == vm.SSLCert }

func yes(c *luajit.Call) luajit.Result {
	c.Out().Bool(true)
	return luajit.Return
}

const notNow = "no certificate can be changed in this phase"

func clearCerts(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	if !changing(x) {
		return c.Fail(notNow)
	}
	t.ClearCertificates()
	return yes(c)
}

func setDERCert(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	if !changing(x) {
		return c.Fail(notNow)
	}
	chain, err := x509.ParseCertificates([]byte(c.Str(1)))
	if err != nil || len(chain) == 0 {
		return c.Fail("d2i_X509_bio() failed")
	}
	t.ShowChain(chain)
	return yes(c)
}

func setDERKey(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	if !changing(x) {
		return c.Fail(notNow)
	}
	key, err := parseKey([]byte(c.Str(1)), nil, false)
	if err != nil {
		return c.Fail(err.Error())
	}
	if err := t.ShowKey(key); err != nil {
		return c.Fail(err.Error())
	}
	return yes(c)
}

func setCert(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	if !changing(x) {
		return c.Fail(notNow)
	}
	return showChain(t, c)
}

func showChain(t *certs.Conn, c *luajit.Call) luajit.Result {
	chain := tlsChains.get(int64(c.Num(1)))
	if chain == nil {
		return c.Fail("invalid certificate chain")
	}
	t.ShowChain(chain.list)
	return yes(c)
}

func setKey(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	if !changing(x) {
		return c.Fail(notNow)
	}
	return showKey(t, c)
}

func showKey(t *certs.Conn, c *luajit.Call) luajit.Result {
	key := tlsKeys.get(int64(c.Num(1)))
	if key == nil {
		return c.Fail("invalid private key")
	}
	if err := t.ShowKey(key.key); err != nil {
		return c.Fail(err.Error())
	}
	return yes(c)
}

// verifyClient takes the number of a chain, 0 for none, and a depth, -1 for the
// configuration's.
func verifyClient(x *vm.Ctx, t *certs.Conn, c *luajit.Call) luajit.Result {
	if !changing(x) {
		return c.Fail(notNow)
	}
	var list []*x509.Certificate
	if n := int64(c.Num(1)); n != 0 {
		chain := tlsChains.get(n)
		if chain == nil {
			return c.Fail("invalid certificate chain")
		}
		list = chain.list
	}
	t.VerifyClient(list, int(c.Num(2)))
	return yes(c)
}
