package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
)

// Conn is one TLS connection, a client's or to an upstream. Reads and writes
// are crypto/tls's; Handshake and the facts for variables are ours.
type Conn struct {
	*tls.Conn
	tap     tap
	server  *Server // chosen by SNI; nil on the client's side
	client  *Client
	pick    Pick
	use     []*tls.Certificate
	own     bool           // use belongs to this connection alone
	late    func() error   // see LateCertificates
	asks    *x509.CertPool // see AskClient; nil: nobody asks
	alpn    []string
	allowed []uint16 // see SetProtocols
	config  *tls.Config
	version uint16 // of the handshake that is under way
	hello   helloFacts
	session sessionFacts
	sigalg  string
	state   tls.ConnectionState
	done    bool
	checked bool
	result  VerifyResult
}

// Pick chooses by server name, once per connection, when the ClientHello has
// been read: the server and the protocols to offer by ALPN. It may wait, and
// may call UseCertificates. ErrRejected, ErrCallback and ErrCertificate make
// the log line and the alert that nginx gives.
type Pick func(c *Conn, serverName string) (*Server, []string, error)

var (
	// ErrRejected: the name is not served here (ssl_reject_handshake).
	ErrRejected = errors.New("handshake rejected")
	// ErrCallback: ssl_client_hello_by_lua ended with an error.
	ErrCallback = errors.New("callback failed")
	// ErrCertificate: no certificate could be got (variables, ssl_certificate_by_lua).
	ErrCertificate = errors.New("cert cb error")
	// ErrPeer: the peer's certificate was refused (proxy_ssl_verify_by_lua).
	ErrPeer = errors.New("peer refused")
)

// tap is the net.Conn under a server's tls.Conn. It leads crypto/tls's
// callbacks back to the Conn, hands over bytes that were already read, and
// lets us send an alert of our own choice in place of crypto/tls's.
type tap struct {
	net.Conn
	owner *Conn
	head  []byte
	mute  bool
	keep  bool   // of what is read, for the ClientHello's sake
	hello []byte // kept
}

func (t *tap) Read(p []byte) (int, error) {
	if len(t.head) > 0 {
		n := copy(p, t.head)
		t.head = t.head[n:]
		t.note(p[:n])
		return n, nil
	}
	n, err := t.Conn.Read(p)
	t.note(p[:n])
	return n, err
}

func (t *tap) note(p []byte) {
	if t.keep {
		t.hello = append(t.hello, p...)
	}
}

func (t *tap) Write(p []byte) (int, error) {
	if t.mute {
		return len(p), nil
	}
	return t.Conn.Write(p)
}

// alert sends a fatal alert in the clear (RFC 8446 section 6) and drops what
// crypto/tls would send after it.
func (t *tap) alert(code byte) {
	_, _ = t.Conn.Write([]byte{21, 3, 3, 0, 2, 2, code})
	t.mute = true
}

// gate is the configuration every accepted connection begins with.
var gate = &tls.Config{
	GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		return h.Conn.(*tap).owner.configure(h)
	},
}

// Accept wraps a client's connection; head is what has been read from it
// already. Nothing happens on the wire before Handshake.
func Accept(nc net.Conn, head []byte, pick Pick) *Conn {
	c := &Conn{pick: pick}
	c.tap = tap{Conn: nc, owner: c, head: head}
	c.Conn = tls.Server(&c.tap, gate)
	return c
}

// UseCertificates overrides the picked server's certificates on this
// connection; for Pick.
func (c *Conn) UseCertificates(list ...*tls.Certificate) { c.use = list }

// Server is the one that Pick chose.
func (c *Conn) Server() *Server { return c.server }

// helloFacts is what the client offered.
type helloFacts struct {
	name    string
	ciphers []uint16
	curves  []tls.CurveID
	schemes []tls.SignatureScheme
	alpn    []string
}

// configure makes the configuration of this one handshake.
func (c *Conn) configure(h *tls.ClientHelloInfo) (*tls.Config, error) {
	c.hello = helloFacts{h.ServerName, h.CipherSuites, h.SupportedCurves, h.SignatureSchemes, h.SupportedProtos}
	c.tap.keep = false
	c.version, _ = mutual(allVersions, h.SupportedVersions)
	s, alpn, err := c.pick(c, h.ServerName)
	if err == nil && s.reject {
		err = ErrRejected
	}
	if err != nil {
		if errors.Is(err, ErrRejected) {
			c.tap.alert(112) // unrecognized_name
		}
		return nil, err
	}
	c.server, c.alpn = s, alpn
	if c.use == nil {
		c.use = s.certs
	}
	versions, gap := s.versions, s.gap
	if c.allowed != nil {
		versions, gap = c.allowed, true
	}
	if len(versions) == 0 {
		return nil, errNoProtocols
	}
	cfg := &tls.Config{
		NextProtos: alpn, CurvePreferences: s.curves, CipherSuites: s.suites,
		GetCertificate: c.certificate, DynamicRecordSizingDisabled: true, // ssl_buffer_size says how large
		MinVersion: versions[len(versions)-1], MaxVersion: versions[0],
		SessionTicketsDisabled: s.ring == nil && s.store == nil,
	}
	if !cfg.SessionTicketsDisabled {
		cfg.WrapSession, cfg.UnwrapSession = c.wrapSession, c.unwrapSession
	}
	switch {
	case s.verify != VerifyOff:
		cfg.ClientAuth, cfg.ClientCAs = tls.RequestClientCert, s.clientCAs
	case c.asks != nil:
		cfg.ClientAuth, cfg.ClientCAs = tls.RequestClientCert, c.asks
	}
	v, ok := mutual(versions, h.SupportedVersions)
	if gap {
		if !ok {
			v = versions[0] // not among the client's: crypto/tls refuses it
		}
		cfg.MinVersion, cfg.MaxVersion = v, v
	}
	c.config, c.version = cfg, v
	// Which certificates there are to choose for is not known yet when they are late.
	if ok && v < tls.VersionTLS13 && c.late == nil {
		if id := c.chooseSuite(v); id != 0 {
			cfg.CipherSuites = []uint16{id}
		}
	}
	return cfg, nil
}

// chooseSuite decides for TLS 1.2 and older what crypto/tls would decide in
// an order of its own: the client's order, or ours with
// ssl_prefer_server_ciphers. 0 leaves it to crypto/tls to fail.
func (c *Conn) chooseSuite(version uint16) uint16 {
	first, second := c.hello.ciphers, c.server.suites
	if c.server.prefer {
		first, second = second, first
	}
	for _, id := range first {
		s := suiteByID[id]
		if s != nil && s.min <= version && slices.Contains(second, id) && c.canUse(s, version) {
			return id
		}
	}
	return 0
}

func (c *Conn) canUse(s *suite, version uint16) bool {
	if s.kx == "ECDH" && len(c.hello.curves) > 0 {
		ours := c.server.curves
		if ours == nil {
			ours = []tls.CurveID{tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521}
		}
		if !slices.ContainsFunc(c.hello.curves, func(id tls.CurveID) bool { return slices.Contains(ours, id) }) {
			return false
		}
	}
	for _, t := range c.use {
		kind := keyKind(t.Leaf.PublicKey)
		if s.auth == kind || s.auth == "ECDSA" && kind == "Ed25519" && version == tls.VersionTLS12 {
			if version < tls.VersionTLS12 || s.kx == "RSA" || c.canSign(kind) {
				return true
			}
		}
	}
	return false
}

// canSign: does the client accept signatures by this kind of key
// (RFC 5246 section 7.4.1.4.1: the low byte of the old pairs is the kind)?
func (c *Conn) canSign(kind string) bool {
	if len(c.hello.schemes) == 0 {
		return kind != "Ed25519"
	}
	for _, s := range c.hello.schemes {
		switch {
		case s == tls.Ed25519:
			if kind == "Ed25519" {
				return true
			}
		case s>>8 == 8: // rsa_pss_*
			if kind == "RSA" {
				return true
			}
		case kind == "RSA" && s&0xff == 1, kind == "ECDSA" && s&0xff == 3:
			return true
		}
	}
	return false
}

// certificate picks the first one the client can use, with a key that
// remembers how it signed.
func (c *Conn) certificate(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
	if f := c.late; f != nil {
		c.late = nil
		if err := f(); err != nil {
			return nil, err
		}
	}
	// Which of them it is depends on the kind of key alone, as in OpenSSL: what is shown
	// for a name need not be made out for it.
	able := *h
	able.ServerName = ""
	var best *tls.Certificate
	for _, t := range c.use {
		if t.Leaf == nil || t.PrivateKey == nil {
			continue
		}
		if able.SupportsCertificate(t) == nil {
			best = t
			break
		}
		if best == nil {
			best = t
		}
	}
	if best == nil {
		return nil, errNoCertificate
	}
	t := *best
	t.PrivateKey = note(best.PrivateKey, c)
	return &t, nil
}

var (
	errNoCertificate = errors.New("no certificate")
	errNoProtocols   = errors.New("no supported versions satisfy the configuration")
)

// Handshake does the handshake if it has not been done. Its error is a
// *HandshakeError that knows nginx's words.
func (c *Conn) Handshake() error {
	if c.done {
		return nil
	}
	if err := c.Conn.Handshake(); err != nil {
		return wordHandshake(err)
	}
	c.done, c.state = true, c.Conn.ConnectionState()
	return nil
}

// PeerCertificate is what the peer showed, nil when nothing.
func (c *Conn) PeerCertificate() *x509.Certificate {
	if len(c.state.PeerCertificates) == 0 {
		return nil
	}
	return c.state.PeerCertificates[0]
}

// PeerChain is all that the peer showed, its own certificate first.
func (c *Conn) PeerChain() []*x509.Certificate { return c.state.PeerCertificates }

// VerifyResult is SSL_get_verify_result, found when first asked for.
func (c *Conn) VerifyResult() VerifyResult {
	if !c.checked {
		c.checked = true
		switch {
		case c.server != nil:
			c.result = c.server.checker.verify(c.state.PeerCertificates)
		case c.client != nil:
			c.result = c.client.checker.verify(c.state.PeerCertificates)
		}
	}
	return c.result
}
