package certs

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"slices"
)

// What a handshake shows may be put together while it is under way (ngx.ssl): as in
// an SSL of OpenSSL there is one certificate for each kind of key, and a new one of
// a kind replaces the old.

// LateCertificates has f called when a certificate is to be shown, which a session
// that is resumed does without; f may wait. For Pick.
func (c *Conn) LateCertificates(f func() error) { c.late = f }

// ClearCertificates forgets all, those of the server's configuration too.
func (c *Conn) ClearCertificates() { c.use, c.own = []*tls.Certificate{}, true }

// ShowChain sets a certificate with those that vouch for it.
func (c *Conn) ShowChain(chain []*x509.Certificate) {
	t := c.slot(keyKind(chain[0].PublicKey))
	t.Leaf, t.Certificate, t.OCSPStaple = chain[0], nil, nil
	for _, one := range chain {
		t.Certificate = append(t.Certificate, one.Raw)
	}
	if t.PrivateKey != nil && !pairs(t) {
		t.PrivateKey = nil
	}
}

// ShowKey sets the secret key of a certificate.
func (c *Conn) ShowKey(key crypto.Signer) error {
	t := c.slot(keyKind(key.Public()))
	before := t.PrivateKey
	t.PrivateKey = key
	if t.Leaf != nil && !pairs(t) {
		t.PrivateKey = before
		return errors.New("SSL_use_PrivateKey() failed")
	}
	return nil
}

// slot is the certificate for a kind of key, this connection's own.
func (c *Conn) slot(kind string) *tls.Certificate {
	if !c.own {
		c.use, c.own = slices.Clone(c.use), true
		for i, t := range c.use {
			one := *t
			c.use[i] = &one
		}
	}
	for _, t := range c.use {
		if t.Leaf != nil && keyKind(t.Leaf.PublicKey) == kind || t.PrivateKey != nil && keyKind(t.PrivateKey.(crypto.Signer).Public()) == kind {
			return t
		}
	}
	t := &tls.Certificate{}
	c.use = append(c.use, t)
	return t
}

// VerifyClient asks this client for a certificate, which these authorities may vouch
// for; nil leaves those of the configuration. It is for LateCertificates' function.
func (c *Conn) VerifyClient(authorities []*x509.Certificate, depth int) {
	s := *c.server
	s.verify = VerifyOptional
	if depth >= 0 {
		s.checker.depth = depth
	}
	if authorities != nil {
		s.clientCAs = x509.NewCertPool()
		for _, a := range authorities {
			s.clientCAs.AddCert(a)
		}
		s.checker.trusted = slices.Concat(s.checker.trusted, authorities)
	}
	c.server = &s
	c.config.ClientAuth, c.config.ClientCAs = tls.RequestClientCert, s.clientCAs
}

// AskClient asks this client for a certificate that somebody else judges later; it is told
// the names of these authorities. Where the server verifies clients itself, its own count.
// For Pick.
func (c *Conn) AskClient(authorities []*x509.Certificate) {
	c.asks = x509.NewCertPool()
	for _, a := range authorities {
		c.asks.AddCert(a)
	}
}

// SetProtocols leaves only these protocols for the handshake. For Pick.
func (c *Conn) SetProtocols(p Protocols) { c.allowed = p.versions() }
