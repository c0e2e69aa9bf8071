package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"
)

// visit does a handshake of a client of ours with a server that asks for a certificate,
// and gives what the server was shown.
func visit(t *testing.T, f *fixture, o ClientOptions, target Target) (shown *x509.Certificate, err error) {
	t.Helper()
	cl, err := NewClient(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	a, b := pair(t)
	t.Cleanup(func() { a.Close(); b.Close() })
	s := tls.Server(b, &tls.Config{ClientAuth: tls.RequestClientCert, Certificates: []tls.Certificate{
		{Certificate: [][]byte{f.ec.cert.Raw}, PrivateKey: f.ec.key},
	}})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if s.Handshake() != nil {
			b.Close()
		}
	}()
	err = cl.Connect(a, target).Handshake()
	if err != nil {
		a.Close()
	}
	<-done
	if list := s.ConnectionState().PeerCertificates; len(list) > 0 {
		shown = list[0]
	}
	return shown, err
}

func TestChoose(t *testing.T) {
	f := newFixture(t)
	o := ClientOptions{Certificate: f.clientPEM, Key: f.clientKey}
	choose := func(g func(c *Conn) error) Target { return Target{Choose: g} }

	if got, err := visit(t, f, o, choose(func(*Conn) error { return nil })); err != nil || !got.Equal(f.client.cert) {
		t.Errorf("nothing chosen: %v", err)
	}
	got, err := visit(t, f, o, choose(func(c *Conn) error {
		if c.Version() != tls.VersionTLS13 {
			t.Errorf("version %x", c.Version())
		}
		c.ClearCertificates()
		c.ShowChain([]*x509.Certificate{f.rsa.cert})
		return c.ShowKey(f.rsa.key)
	}))
	if err != nil || !got.Equal(f.rsa.cert) {
		t.Errorf("another one: %v", err)
	}
	if got, err := visit(t, f, o, choose(func(c *Conn) error { c.ClearCertificates(); return nil })); err != nil || got != nil {
		t.Errorf("none: %v", err)
	}
	if _, err := visit(t, f, o, choose(func(*Conn) error { return ErrCallback })); !errors.Is(err, ErrCallback) {
		t.Errorf("a refusal: %v", err)
	}
}

func TestJudge(t *testing.T) {
	f := newFixture(t)
	judged := func(o ClientOptions) (trusted bool, err error) {
		_, err = visit(t, f, o, Target{Judge: func(c *Conn) error {
			trusted = c.Trusted()
			if !c.PeerCertificate().Equal(f.ec.cert) {
				t.Error("the peer's certificate is not there")
			}
			if !trusted {
				return ErrPeer
			}
			return nil
		}})
		return trusted, err
	}
	if trusted, err := judged(ClientOptions{Verify: true, VerifyDepth: 1, TrustedCertificate: f.caFile}); !trusted || err != nil {
		t.Errorf("a good one: %v", err)
	}
	trusted, err := judged(ClientOptions{})
	var fault *HandshakeError
	if trusted || !errors.As(err, &fault) || fault.PeerFault {
		t.Errorf("one that nobody trusts: %v", err)
	}
	// VerifyMode makes the handshake fail by itself.
	strict := ClientOptions{ConfCommands: [][2]string{{"VerifyMode", "Peer"}}}
	if _, err := visit(t, f, strict, Target{}); !errors.Is(err, ErrPeer) {
		t.Errorf("VerifyMode: %v", err)
	}
	if _, err := NewClient(ClientOptions{ConfCommands: [][2]string{{"VerifyMode", "Sometimes"}}}, nil); err == nil {
		t.Error("a mode that does not exist was taken")
	}
}
