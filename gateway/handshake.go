package gateway

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"

	"moongate/engine/certs"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

// shows is the gateway's certificates for handshakes of servers with gateway_pass: what the
// Admin API has been told counts first, then ssl_certificate of the server, then one that
// nobody trusts. Other servers are left alone.
type shows struct{ cf *mainConf }

// Serves implements httpd.CertificateSource.
func (s shows) Serves(srv *httpd.Server) bool { return s.cf.passing[srv] }

// Certificates implements httpd.CertificateSource.
func (s shows) Certificates(name string, last bool) []*tls.Certificate {
	g := s.cf.worker
	if g == nil {
		return nil
	}
	if list := g.keeper.Now().Certificates(name); list != nil {
		return list
	}
	if last {
		return g.untrusted
	}
	return nil
}

// Asks implements httpd.CertificateSource.
func (s shows) Asks(name string) ([]*x509.Certificate, bool) {
	if g := s.cf.worker; g != nil {
		return g.keeper.Now().Asks(name)
	}
	return nil, false
}

// untrustedKey is where the master keeps the certificate that nobody trusts: all workers
// show the same one, until the program ends.
const untrustedKey = "certificate"

// makeUntrusted makes that certificate if some server may need it.
func (cf *mainConf) makeUntrusted(b *httpd.Builder, d *zone.Dict) error {
	needed := false
	b.TLSListens(func(_ *httpd.Server, all []*httpd.Server) error {
		for _, s := range all {
			needed = needed || cf.passing[s]
		}
		return nil
	})
	if !needed {
		return nil
	}
	if v, err := d.Get(untrustedKey, now(), nil); err == nil && v.Type == zone.String {
		return nil
	}
	text, err := selfSigned()
	if err != nil {
		return fmt.Errorf("a certificate for the gateway: %w", err)
	}
	if err := d.SafeAdd(untrustedKey, zone.Value{Type: zone.String, Str: text}, 0, now()); err != nil && err != zone.ErrExists {
		return err
	}
	return nil
}

// selfSigned is a certificate and its key, in PEM.
func selfSigned() ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: "localhost", Organization: []string{"moongate"}}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().AddDate(20, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...), nil
}

// readUntrusted gives it to a worker; nil where none is needed.
func (cf *mainConf) readUntrusted() ([]*tls.Certificate, error) {
	d, err := zone.OpenDict(cf.secrets)
	if err != nil {
		return nil, err
	}
	v, err := d.Get(untrustedKey, now(), nil)
	if err != nil || v.Type != zone.String {
		return nil, nil
	}
	text := "data:" + string(v.Str)
	c, err := certs.LoadPair(text, text, nil)
	if err != nil {
		return nil, err
	}
	return []*tls.Certificate{c}, nil
}
