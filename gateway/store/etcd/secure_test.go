package etcd

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/gateway/store/storetest"
)

// With users: who has no password, or a wrong one, is refused; a token that the
// cluster has forgotten is replaced by a new one.
func TestUser(t *testing.T) {
	srv := newServer(t)
	ctx := storetest.Context(t)
	open := func(user string) *Store {
		s, err := Open("etcd://"+user+srv.client.Host+"/p", Options{})
		must(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	// Before there are users the name in the address is no fault.
	s := open("root:s3cret@")
	must(t, s.Write(ctx, storetest.Revision(1, 1), 0))
	srv.call(t, "/v3/auth/user/add", `{"name":"root","password":"s3cret"}`)
	srv.call(t, "/v3/auth/role/add", `{"name":"root"}`)
	srv.call(t, "/v3/auth/user/grant", `{"user":"root","role":"root"}`)
	srv.call(t, "/v3/auth/enable", `{}`)
	must(t, s.Write(ctx, storetest.Revision(2, 1), 1))

	srv.running.Close()
	srv.start(t) // it knows no token any more
	must(t, s.Write(ctx, storetest.Revision(3, 1), 2))
	must(t, storetest.Follow(ctx, s, 0, 3))

	for _, user := range []string{"", "root:wrong@"} {
		_, err := open(user).Load(ctx)
		if err == nil || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%q: %v", user, err)
		}
	}
}

// paper makes a certificate and its key in files, signed by a parent or itself.
type paper struct {
	cert      *x509.Certificate
	key       *ecdsa.PrivateKey
	crt, pkey string
}

func newPaper(t *testing.T, dir, name string, parent *paper) *paper {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: parent == nil, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	template.Subject.Organization = []string{name}
	p := &paper{cert: template, key: key, crt: filepath.Join(dir, name+".crt"), pkey: filepath.Join(dir, name+".key")}
	if parent == nil {
		parent = p
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent.cert, &key.PublicKey, parent.key)
	must(t, err)
	p.cert, err = x509.ParseCertificate(der)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	must(t, os.WriteFile(p.crt, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	must(t, os.WriteFile(p.pkey, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	return p
}

// With TLS the server is checked, and so are we.
func TestTLS(t *testing.T) {
	dir := t.TempDir()
	ca := newPaper(t, dir, "ca", nil)
	member, node := newPaper(t, dir, "member", ca), newPaper(t, dir, "node", ca)
	srv := newServerWith(t, func(s *server) {
		s.client.Scheme = "https"
		s.tls.CertFile, s.tls.KeyFile, s.tls.TrustedCAFile, s.tls.ClientCertAuth = member.crt, member.pkey, ca.crt, true
	})
	ctx := storetest.Context(t)
	open := func(query string) *Store {
		s, err := Open("etcds://"+srv.client.Host+"/p"+query, Options{})
		must(t, err)
		t.Cleanup(func() { s.Close() })
		return s
	}
	s := open("?ca=" + ca.crt + "&cert=" + node.crt + "&key=" + node.pkey)
	must(t, s.Write(ctx, storetest.Revision(1, 1), 0))
	must(t, storetest.Follow(ctx, s, 0, 1))
	for _, query := range []string{"", "?ca=" + ca.crt} {
		if _, err := open(query).Load(ctx); err == nil {
			t.Errorf("%q: loaded", query)
		}
	}
}
