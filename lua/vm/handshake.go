package vm

import (
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// Handshake is the TLS handshake that code runs for, in ssl_client_hello_by_lua* and
// ssl_certificate_by_lua*.
type Handshake struct {
	Conn   *httpd.Conn
	TLS    *certs.Conn
	Server *httpd.Server
}

// TLS is the client's TLS connection, nil when there is none.
func (x *Ctx) TLS() *certs.Conn {
	switch {
	case x.Shake != nil:
		return x.Shake.TLS
	case x.R != nil:
		return x.R.Conn.TLS()
	}
	return nil
}

// Client is the client's connection, nil in code that runs for none.
func (x *Ctx) Client() *httpd.Conn {
	switch {
	case x.Shake != nil:
		return x.Shake.Conn
	case x.R != nil:
		return x.R.Conn
	}
	return nil
}

// RunForPeer runs code of a request in its handshake with an upstream server: what ngx.exit
// was given, 500 when the code has raised, OK when it has returned.
func (x *Ctx) RunForPeer(p Phase, ch *Chunk, peer *certs.Conn) httpd.Result {
	before := x.Phase
	x.Peer = peer
	res := x.Run(p, ch)
	if !x.exited && res == httpd.Error {
		res = failed
	}
	x.Peer, x.Phase = nil, before
	x.exited, x.exitCode = false, 0
	return res
}
