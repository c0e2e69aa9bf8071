package ssl

import (
	"errors"
	"net"

	"moongate/core/errlog"
	"moongate/engine/certs"
	"moongate/engine/httpd"
)

// policy is what the engine asks: httpd.TLSPolicy.
type policy struct{}

// Handshake implements httpd.TLSPolicy.
func (policy) Handshake(c *httpd.Conn, raw net.Conn) (*certs.Conn, error) {
	t := certs.Accept(raw, nil, func(t *certs.Conn, name string) (*certs.Server, []string, error) {
		return pick(c, t, name)
	})
	if h := c.Server().HTTP().HandshakeCode(); h != nil && h.HasHello(c.Server()) {
		t.KeepHello()
	}
	err := t.Handshake()
	if err == nil {
		return t, nil
	}
	var fault *certs.HandshakeError
	if !errors.As(err, &fault) {
		fault = &certs.HandshakeError{Text: err.Error()}
	}
	level := errlog.Crit
	switch {
	case fault.TimedOut:
		c.LogDoing(errlog.Info, "client timed out (110: Connection timed out)", "SSL handshaking")
		return nil, err
	case fault.PeerFault:
		level = errlog.Info
	}
	c.LogDoing(level, fault.Error(), "SSL handshaking")
	return nil, err
}

// pick chooses the server of a name, with the certificates of this handshake
// (ngx_http_ssl_servername and ngx_http_ssl_certificate). A server without
// TLS settings of its own is shown with those of the default server.
func pick(c *httpd.Conn, t *certs.Conn, name string) (*certs.Server, []string, error) {
	before := c.Server()
	code := before.HTTP().HandshakeCode()
	if code != nil && code.HasHello(before) {
		c.Handshaking(t)
		if err := code.Hello(c, t, before); err != nil {
			return nil, nil, err
		}
	}
	s := c.ChooseServer(name)
	k, shown := of(s), s
	if k.server == nil {
		k, shown = of(before), before
	}
	if k.server == nil {
		return nil, nil, certs.ErrRejected
	}
	if code != nil && code.HasCertificate(shown) {
		c.Handshaking(t)
		t.LateCertificates(func() error { return code.Certificate(c, t, s) })
	}
	if k.source != nil {
		if list, asks := k.source.Asks(name); asks {
			t.AskClient(list)
		}
		if list := k.source.Certificates(name, len(k.Certificates.V) == 0); list != nil {
			t.UseCertificates(list...)
			return k.server, c.Protocols(), nil
		}
	}
	if len(k.pairs) > 0 && !k.Reject.V {
		c.Handshaking(t)
		if err := k.load(c, t, s); err != nil {
			return nil, nil, err
		}
	}
	return k.server, c.Protocols(), nil
}

// RecordSize implements httpd.TLSPolicy.
func (policy) RecordSize(s *httpd.Server) int { return int(of(s).BufferSize.V) }

// VerifiesClients implements httpd.TLSPolicy.
func (policy) VerifiesClients(s *httpd.Server) bool { return of(s).Verify.V != certs.VerifyOff }

// Check implements httpd.TLSPolicy (the TLS part of ngx_http_process_request).
// The server of the request may be one without a certificate of its own, so
// its settings count here and not its certs.Server.
func (policy) Check(r *httpd.Request) httpd.Result {
	verify := of(r.Server).Verify.V
	if verify == certs.VerifyOff {
		return 0
	}
	t := r.Conn.TLS()
	if res := t.VerifyResult(); res != certs.VerifyOK && (verify != certs.VerifyOptionalNoCA || !res.Optional()) {
		r.Logf(errlog.Info, "client SSL certificate verify error: (%d:%s)", int(res), res)
		return 495
	}
	if verify == certs.VerifyOn && t.PeerCertificate() == nil {
		r.Logf(errlog.Info, "client sent no required SSL certificate")
		return 496
	}
	return 0
}

// ReadFailed implements httpd.TLSPolicy.
func (policy) ReadFailed(c *httpd.Conn, err error) {
	fault := certs.WordRead("SSL_read", err)
	if fault.Errno != 0 {
		return // nginx has nothing to say about connections that were reset
	}
	level := errlog.Crit
	if fault.PeerFault {
		level = errlog.Info
	}
	c.LogDoing(level, fault.Error(), "")
}
