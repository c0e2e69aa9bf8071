package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// Server is what one server{} shows its TLS clients, ready for use by any
// number of connections.
type Server struct {
	versions []uint16 // newest first
	gap      bool
	suites   []uint16
	curves   []tls.CurveID
	prefer   bool
	certs    []*tls.Certificate

	verify    Verify
	clientCAs *x509.CertPool
	checker   verifier

	store   Zone // sessions by id; nil: the ticket holds the state
	ring    *keyRing
	timeout time.Duration
	context [16]byte
	reject  bool
	now     func() time.Time
}

// NewServer loads and checks all that o names. The error is nginx's text.
func NewServer(o ServerOptions, notice Notice) (*Server, error) {
	if notice == nil {
		notice = func(string) {}
	}
	if len(o.Keys) < len(o.Certificates) {
		return nil, fmt.Errorf("no \"ssl_certificate_key\" is defined for certificate \"%s\"", o.Certificates[len(o.Certificates)-1])
	}
	if o.Verify != VerifyOff && o.Verify != VerifyOptionalNoCA && o.ClientCertificate == "" && o.TrustedCertificate == "" {
		return nil, errors.New("no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client")
	}
	if err := applyServerCommands(&o, notice); err != nil {
		return nil, err
	}
	s := &Server{verify: o.Verify, prefer: o.PreferServerCiphers, reject: o.RejectHandshake, timeout: o.SessionTimeout, now: time.Now}
	if s.timeout <= 0 {
		s.timeout = 5 * time.Minute
	}
	if err := s.setParameters(o, notice); err != nil {
		return nil, err
	}
	if err := s.setCertificates(o, notice); err != nil {
		return nil, err
	}
	if err := s.setVerification(o); err != nil {
		return nil, err
	}
	if err := s.setSessions(o); err != nil {
		return nil, err
	}
	if o.EarlyData {
		notice("\"ssl_early_data\" is not supported over TCP, ignored")
	}
	return s, nil
}

func (s *Server) setParameters(o ServerOptions, notice Notice) (err error) {
	if o.Protocols == 0 {
		o.Protocols = DefaultProtocols
	}
	if o.Protocols&(SSLv2|SSLv3) != 0 {
		notice("SSLv2 and SSLv3 are not supported, ignored")
	}
	s.versions = o.Protocols.versions()
	_, _, s.gap = o.Protocols.newestRun()
	if o.Ciphers == "" {
		o.Ciphers = DefaultCiphers
	}
	if s.suites, err = expandCiphers(o.Ciphers); err != nil {
		return err
	}
	if s.curves, err = parseCurves(o.Curves, notice); err != nil {
		return err
	}
	if o.DHParam != "" {
		if err := reader(o.ReadFile).checkDHParam(o.DHParam); err != nil {
			return err
		}
		notice("\"ssl_dhparam\" has no effect: finite field Diffie-Hellman is not supported")
	}
	return nil
}

// setCertificates fills one slot per kind of key, as an SSL_CTX does: a later
// certificate of a kind replaces the earlier, and a key of another kind than
// its certificate goes to the slot of its own kind.
func (s *Server) setCertificates(o ServerOptions, notice Notice) error {
	var kinds []string
	slots := map[string]*tls.Certificate{}
	slot := func(kind string) *tls.Certificate {
		if slots[kind] == nil {
			slots[kind] = &tls.Certificate{}
			kinds = append(kinds, kind)
		}
		return slots[kind]
	}
	for i, name := range o.Certificates {
		chain, err := reader(o.ReadFile).chain(name)
		if err != nil {
			return err
		}
		t := slot(keyKind(chain[0].PublicKey))
		t.Leaf, t.Certificate = chain[0], nil
		for _, c := range chain {
			t.Certificate = append(t.Certificate, c.Raw)
		}
		if t.PrivateKey != nil && !pairs(t) {
			t.PrivateKey = nil
		}
		key, err := reader(o.ReadFile).key(o.Keys[i], o.Passwords)
		if err != nil {
			return err
		}
		t = slot(keyKind(key.Public()))
		t.PrivateKey = key
		if t.Leaf != nil && !pairs(t) {
			return sslError("SSL_CTX_use_PrivateKey(\"%s\") failed", reasonKeyMismatch, o.Keys[i])
		}
	}
	for _, k := range kinds {
		if t := slots[k]; t.Leaf != nil && t.PrivateKey != nil {
			s.certs = append(s.certs, t)
		}
	}
	if !o.Stapling {
		return nil
	}
	if o.StaplingFile == "" {
		notice("\"ssl_stapling\" without \"ssl_stapling_file\" is not supported, ignored")
		return nil
	}
	staple, err := reader(o.ReadFile).staple(o.StaplingFile)
	for _, t := range s.certs {
		t.OCSPStaple = staple
	}
	return err
}

// NewCertificate joins a chain and its key for Conn.UseCertificates.
func NewCertificate(chain []*x509.Certificate, key crypto.Signer) (*tls.Certificate, error) {
	t := &tls.Certificate{Leaf: chain[0], PrivateKey: key}
	for _, c := range chain {
		t.Certificate = append(t.Certificate, c.Raw)
	}
	if !pairs(t) {
		return nil, errors.New("SSL_use_PrivateKey() failed (SSL: error:" + reasonKeyMismatch + ")")
	}
	return t, nil
}

func keyKind(pub any) string {
	switch pub.(type) {
	case *rsa.PublicKey:
		return "RSA"
	case *ecdsa.PublicKey:
		return "ECDSA"
	case ed25519.PublicKey:
		return "Ed25519"
	}
	return fmt.Sprintf("%T", pub)
}

func pairs(t *tls.Certificate) bool {
	pub, ok := t.PrivateKey.(crypto.Signer).Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && pub.Equal(t.Leaf.PublicKey)
}

func (s *Server) setVerification(o ServerOptions) error {
	s.checker = verifier{depth: o.VerifyDepth, usage: x509.ExtKeyUsageClientAuth, now: s.now}
	s.clientCAs = x509.NewCertPool()
	if o.Verify != VerifyOff && o.ClientCertificate != "" {
		cas, err := reader(o.ReadFile).authorities(o.ClientCertificate)
		if err != nil {
			return err
		}
		for _, c := range cas {
			s.clientCAs.AddCert(c)
		}
		s.checker.trusted = cas
	}
	if o.TrustedCertificate != "" {
		cas, err := reader(o.ReadFile).authorities(o.TrustedCertificate)
		if err != nil {
			return err
		}
		s.checker.trusted = append(s.checker.trusted, cas...)
	}
	if o.CRL != "" {
		crls, err := reader(o.ReadFile).crls(o.CRL)
		if err != nil {
			return err
		}
		s.checker.crls = crls
	}
	return nil
}

func (s *Server) setSessions(o ServerOptions) error {
	h := sha256.New()
	fmt.Fprintf(h, "%s %d %d\n", o.Context, o.Verify, o.VerifyDepth)
	for _, t := range s.certs {
		h.Write(t.Certificate[0])
	}
	for _, c := range s.checker.trusted {
		h.Write(c.Raw)
	}
	copy(s.context[:], h.Sum(nil))

	var cache Zone
	switch {
	case o.Cache.Kind == CacheShared && o.Cache.Zone != nil:
		cache = o.Cache.Zone
	case o.Cache.Kind == CacheBuiltin || o.Cache.Kind == CacheShared:
		n := o.Cache.Builtin
		if n == 0 {
			n = 20480 // SSL_SESSION_CACHE_MAX_SIZE_DEFAULT
		}
		cache = NewMemory(n)
	}
	if o.NoTickets {
		s.store = cache
		return nil
	}
	keys, err := loadTicketKeys(o.ReadFile, o.TicketKeys)
	if err != nil {
		return err
	}
	s.ring = &keyRing{fixed: keys, life: s.timeout, now: s.now}
	switch {
	case o.Cache.Kind == CacheShared && o.Cache.Zone != nil:
		s.ring.zone = o.Cache.Zone
	case o.Shared != nil:
		s.ring.zone = o.Shared
	default:
		s.ring.zone = NewMemory(4)
	}
	return nil
}

// Rejects says that ssl_reject_handshake is on.
func (s *Server) Rejects() bool { return s.reject }

// HasCertificate says whether anything can be shown; nginx refuses `listen
// ssl` for a default server without.
func (s *Server) HasCertificate() bool { return len(s.certs) > 0 }
