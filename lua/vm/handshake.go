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
