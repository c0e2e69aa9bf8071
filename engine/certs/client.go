package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Client is how one location (or socket) speaks TLS to its peers.
type Client struct {
	lo, hi  uint16
	suites  []uint16
	certs   []tls.Certificate
	verify  bool
	reuse   bool
	strict  bool // the handshake itself fails when the peer is not trusted (VerifyMode)
	checker verifier
}

// NewClient loads and checks all that o names. The error is nginx's text.
func NewClient(o ClientOptions, notice Notice) (*Client, error) {
	if notice == nil {
		notice = func(string) {}
	}
	c := &Client{verify: o.Verify, reuse: !o.NoSessionReuse}
	for _, cmd := range o.ConfCommands {
		ok := true
		switch strings.ToLower(cmd[0]) {
		case "certificate":
			o.Certificate = cmd[1]
		case "privatekey":
			o.Key = cmd[1]
		case "verifymode":
			c.strict, ok = verifyMode(cmd[1])
		default:
			var err error
			if ok, err = applyCommand(cmd[0], cmd[1], &o.Protocols, &o.Ciphers, notice); err != nil {
				return nil, err
			}
		}
		if !ok {
			return nil, badCommand(cmd)
		}
	}
	if o.Protocols == 0 {
		o.Protocols = DefaultProtocols
	}
	var gap bool
	if c.lo, c.hi, gap = o.Protocols.newestRun(); gap {
		notice("only the newest protocols without a gap between them are offered to upstreams")
	}
	if o.Ciphers == "" {
		o.Ciphers = "DEFAULT"
	}
	var err error
	if c.suites, err = expandCiphers(o.Ciphers); err != nil {
		return nil, err
	}
	if o.Certificate != "" {
		if o.Key == "" {
			return nil, fmt.Errorf("no \"proxy_ssl_certificate_key\" is defined for certificate \"%s\"", o.Certificate)
		}
		t, err := reader(o.ReadFile).pair(o.Certificate, o.Key, o.Passwords)
		if err != nil {
			return nil, err
		}
		c.certs = []tls.Certificate{*t}
	}
	if o.Verify && o.TrustedCertificate == "" {
		return nil, errors.New("no proxy_ssl_trusted_certificate for proxy_ssl_verify")
	}
	c.checker = verifier{depth: o.VerifyDepth, usage: x509.ExtKeyUsageServerAuth, now: time.Now}
	if o.TrustedCertificate != "" {
		if c.checker.trusted, err = reader(o.ReadFile).authorities(o.TrustedCertificate); err != nil {
			return nil, err
		}
	}
	if o.CRL != "" {
		if c.checker.crls, err = reader(o.ReadFile).crls(o.CRL); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// LoadPair reads a certificate and its key; also what variables in
// proxy_ssl_certificate need for each connection.
func LoadPair(cert, key string, passwords [][]byte) (*tls.Certificate, error) {
	return reader(nil).pair(cert, key, passwords)
}

func (r reader) pair(cert, key string, passwords [][]byte) (*tls.Certificate, error) {
	chain, err := r.chain(cert)
	if err != nil {
		return nil, err
	}
	k, err := r.key(key, passwords)
	if err != nil {
		return nil, err
	}
	t, err := NewCertificate(chain, k)
	if err != nil {
		return nil, sslError("SSL_CTX_use_PrivateKey(\"%s\") failed", reasonKeyMismatch, key)
	}
	return t, nil
}

// Session is the last session with one peer: the balancer keeps one per
// peer, Lua one per userdata. The zero value is empty and ready.
type Session struct {
	mu  sync.Mutex
	val *tls.ClientSessionState
}

// Get and Put make it crypto/tls's cache of one; the key is not looked at,
// since nginx too keeps one session per peer.
func (s *Session) Get(string) (*tls.ClientSessionState, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.val, s.val != nil
}

func (s *Session) Put(_ string, v *tls.ClientSessionState) {
	s.mu.Lock()
	s.val = v
	s.mu.Unlock()
}

// Filled says whether there is a session to offer.
func (s *Session) Filled() bool { _, ok := s.Get(""); return ok }

// Target is whom a connection is meant for.
type Target struct {
	Name         string   // proxy_ssl_name: what the certificate must match
	SendName     bool     // proxy_ssl_server_name: send Name as SNI
	ALPN         []string // none by default
	Session      *Session // nil: no reuse
	Certificates []tls.Certificate
	// Choose is called when the peer asks for a certificate, Judge when it has shown its
	// own. Both may wait; an error ends the handshake.
	Choose, Judge func(c *Conn) error
}

// TargetName takes the port off a name that came from $proxy_host or
// $http_host, as ngx_http_upstream_ssl_name does.
func TargetName(name string) string {
	from := 0
	if strings.HasPrefix(name, "[") {
		if i := strings.IndexByte(name, ']'); i >= 0 {
			from = i
		}
	}
	if i := strings.IndexByte(name[from:], ':'); i >= 0 {
		return name[:from+i]
	}
	return name
}

// Connect wraps a connection to a peer. Handshake it, then Check it.
func (cl *Client) Connect(nc net.Conn, t Target) *Conn {
	cfg := &tls.Config{
		InsecureSkipVerify: true, // Check looks at the chain, with OpenSSL's numbers
		MinVersion:         cl.lo, MaxVersion: cl.hi, CipherSuites: cl.suites,
		Certificates: cl.certs, NextProtos: t.ALPN,
	}
	if t.Certificates != nil {
		cfg.Certificates = t.Certificates
	}
	if t.SendName && sendable(t.Name) {
		cfg.ServerName = t.Name
	}
	if cl.reuse && t.Session != nil {
		cfg.ClientSessionCache = t.Session
	}
	c := &Conn{client: cl}
	if t.Choose != nil {
		c.late = func() error { return t.Choose(c) }
		for i := range cfg.Certificates {
			c.use = append(c.use, &cfg.Certificates[i])
		}
		cfg.GetClientCertificate = c.clientCertificate
	}
	if t.Judge != nil || cl.strict {
		cfg.VerifyConnection = func(s tls.ConnectionState) error {
			c.version, c.state = s.Version, s
			switch {
			case s.DidResume:
				return nil
			case t.Judge != nil:
				return t.Judge(c)
			case !c.Trusted():
				return ErrPeer
			}
			return nil
		}
	}
	c.Conn = tls.Client(nc, cfg)
	return c
}

// clientCertificate is the first of those chosen that the peer takes, an empty one when
// there is none.
func (c *Conn) clientCertificate(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
	c.version = info.Version
	if err := c.late(); err != nil {
		return nil, err
	}
	for _, t := range c.use {
		if t.PrivateKey != nil && len(t.Certificate) > 0 && info.SupportsCertificate(t) == nil {
			return t, nil
		}
	}
	return &tls.Certificate{}, nil
}

// Trusted tells whether the peer's chain is one that the configuration trusts.
func (c *Conn) Trusted() bool { return c.VerifyResult() == VerifyOK }

// sendable: RFC 6066 section 3 has no addresses in server_name.
func sendable(name string) bool {
	if name == "" || name[0] == '[' {
		return false
	}
	_, err := netip.ParseAddr(name)
	return err != nil
}

// Check is what nginx does after the handshake with proxy_ssl_verify on; the
// error is the log line, of level error, without "while ...".
func (cl *Client) Check(c *Conn, name string) error {
	if !cl.verify {
		return nil
	}
	if r := c.VerifyResult(); r != VerifyOK {
		return fmt.Errorf("upstream SSL certificate verify error: (%d:%s)", int(r), r)
	}
	if p := c.PeerCertificate(); p == nil || !MatchHost(p, name) {
		return fmt.Errorf("upstream SSL certificate does not match \"%s\"", name)
	}
	return nil
}
