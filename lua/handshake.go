package lua

import (
	"moongate/core/errlog"
	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// handshakes is httpd.HandshakeCode: ssl_client_hello_by_lua* and
// ssl_certificate_by_lua*.
type handshakes struct{}

func serverConf(s *httpd.Server) *conf { return httpd.LocConf[conf](s.Ground(), Module) }

// HasHello implements httpd.HandshakeCode.
func (handshakes) HasHello(s *httpd.Server) bool { return serverConf(s).sslHello != nil }

// HasCertificate implements httpd.HandshakeCode.
func (handshakes) HasCertificate(s *httpd.Server) bool { return serverConf(s).sslCert != nil }

// Hello implements httpd.HandshakeCode (ngx_http_lua_ssl_client_hello_handler).
func (handshakes) Hello(c *httpd.Conn, t *certs.Conn, s *httpd.Server) error {
	h := shake{phase: vm.SSLClientHello, name: "client hello cb", chunk: serverConf(s).sslHello}
	if !h.run(c, t, s) {
		return certs.ErrCallback
	}
	return nil
}

// Certificate implements httpd.HandshakeCode (ngx_http_lua_ssl_cert_handler).
func (handshakes) Certificate(c *httpd.Conn, t *certs.Conn, s *httpd.Server) error {
	h := shake{phase: vm.SSLCert, name: "cert cb", chunk: serverConf(s).sslCert}
	if h.chunk == nil {
		// Its certificate is that of the default server, but not its code.
		c.LogDoing(errlog.Alert, "no ssl_certificate_by_lua* defined in server "+s.Name, "loading SSL certificate by lua")
		return certs.ErrCertificate
	}
	if !h.run(c, t, s) {
		return certs.ErrCertificate
	}
	return nil
}

// shake is one run of code in a handshake.
type shake struct {
	phase vm.Phase
	name  string // for the log
	chunk *vm.Chunk
}

// run tells whether the handshake goes on.
func (h *shake) run(c *httpd.Conn, t *certs.Conn, s *httpd.Server) bool {
	cf := serverConf(s)
	log := c.ShakeLog(s, vm.LogContext(h.phase.String()))
	x := httpd.MainConf[mainConf](s.HTTP(), Module).lua.NewFake(h.phase, &cf.vm, log)
	x.Shake = &vm.Handshake{Conn: c, TLS: t, Server: s}
	res := x.Run(h.phase, h.chunk)
	if _, exited := x.Exited(); !exited && res == httpd.Error {
		res = 500 // the code has raised
	}
	x.Free()
	code := 1
	if res == httpd.Error || res >= 500 {
		code = 0
	}
	what := h.phase.String()
	what = what[:len(what)-1] // without the star
	log.Debug(errlog.DebugHTTP, "%s: handler return value: %d, %s exit code: %d", what, int(res), h.name, code)
	log.Debug(errlog.DebugHTTP, "%s: %s exit code: %d", what, h.name, code)
	return code == 1
}
