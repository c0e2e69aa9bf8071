package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// authority makes certificates for tests.
type authority struct {
	cert *x509.Certificate
	key  crypto.Signer
}

var serial = big.NewInt(1000)

var rsaKeys = sync.OnceValue(func() []*rsa.PrivateKey {
	var out []*rsa.PrivateKey
	for range 3 {
		k, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out = append(out, k)
	}
	return out
})

func ecKey(t testing.TB) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func template(cn string, change func(*x509.Certificate)) *x509.Certificate {
	serial = new(big.Int).Add(serial, big.NewInt(1))
	c := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: cn},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(72 * time.Hour),
	}
	if change != nil {
		change(c)
	}
	return c
}

func isCA(c *x509.Certificate) {
	c.IsCA, c.BasicConstraintsValid = true, true
	c.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	c.MaxPathLen = -1
}

// issue signs with parent; nil is self-signed.
func issue(t testing.TB, parent *authority, key crypto.Signer, tmpl *x509.Certificate) *authority {
	t.Helper()
	by, byKey := tmpl, key
	if parent != nil {
		by, byKey = parent.cert, parent.key
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, by, key.Public(), byKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &authority{c, key}
}

func root(t testing.TB, cn string) *authority { return issue(t, nil, ecKey(t), template(cn, isCA)) }

func write(t testing.TB, dir, name string, blocks ...*pem.Block) string {
	t.Helper()
	var b []byte
	for _, x := range blocks {
		b = append(b, pem.EncodeToMemory(x)...)
	}
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func certBlock(as ...*authority) (out []*pem.Block) {
	for _, a := range as {
		out = append(out, &pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
	}
	return out
}

func keyBlock(t testing.TB, k crypto.Signer) *pem.Block {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	return &pem.Block{Type: "PRIVATE KEY", Bytes: der}
}

func crlBlock(t testing.TB, by *authority, next time.Time, revoked ...*authority) *pem.Block {
	t.Helper()
	l := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: time.Now().Add(-time.Hour), NextUpdate: next}
	for _, r := range revoked {
		l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: r.cert.SerialNumber, RevocationTime: time.Now()})
	}
	der, err := x509.CreateRevocationList(rand.Reader, l, by.cert, by.key)
	if err != nil {
		t.Fatal(err)
	}
	return &pem.Block{Type: "X509 CRL", Bytes: der}
}
