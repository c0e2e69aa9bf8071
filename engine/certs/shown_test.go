package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
	"testing"
)

// greet does a handshake between a client and a server that pick chooses, and gives
// the client's view of it.
func greet(t *testing.T, keep bool, cfg *tls.Config, pick Pick) (*Conn, *tls.Conn, error, error) {
	t.Helper()
	a, b := pair(t)
	t.Cleanup(func() { a.Close(); b.Close() })
	s := Accept(b, nil, pick)
	if keep {
		s.KeepHello()
	}
	c := tls.Client(a, cfg)
	done := make(chan error, 1)
	go func() { done <- c.Handshake() }()
	serverErr := s.Handshake()
	if serverErr != nil {
		b.(*net.TCPConn).Close()
	}
	return s, c, serverErr, <-done
}

func TestLateCertificates(t *testing.T) {
	f := newFixture(t)
	server := f.server(t, func(o *ServerOptions) { o.Certificates, o.Keys = o.Certificates[:1], o.Keys[:1] })
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		cfg := &tls.Config{InsecureSkipVerify: true, ServerName: "localhost", MinVersion: version, MaxVersion: version}
		late := func(f func(c *Conn) error) Pick {
			return func(c *Conn, _ string) (*Server, []string, error) {
				c.LateCertificates(func() error { return f(c) })
				return server, nil, nil
			}
		}
		shown := func(c *tls.Conn) *x509.Certificate { return c.ConnectionState().PeerCertificates[0] }

		_, c, err, _ := greet(t, false, cfg, late(func(*Conn) error { return nil }))
		if err != nil || !shown(c).Equal(f.rsa.cert) {
			t.Errorf("%x: nothing set: %v", version, err)
		}
		// A certificate of another kind stands beside the configuration's, and replaces it
		// only after a clearing.
		_, c, err, _ = greet(t, false, cfg, late(func(c *Conn) error {
			if got := c.Version(); got != version {
				t.Errorf("version %x, want %x", got, version)
			}
			c.ClearCertificates()
			c.ShowChain([]*x509.Certificate{f.ec.cert})
			if err := c.ShowKey(f.client.key); err == nil {
				t.Error("a key of another certificate was taken")
			}
			return c.ShowKey(f.ec.key)
		}))
		if err != nil || !shown(c).Equal(f.ec.cert) {
			t.Errorf("%x: another kind: %v", version, err)
		}
		if _, _, err, _ = greet(t, false, cfg, late(func(c *Conn) error { c.ClearCertificates(); return nil })); err == nil {
			t.Errorf("%x: a handshake without a certificate", version)
		}
		if _, _, err, _ = greet(t, false, cfg, late(func(*Conn) error { return ErrCertificate })); !errors.Is(err, ErrCertificate) {
			t.Errorf("%x: a refusal: %v", version, err)
		}
		// The next connection begins with the configuration's again.
		if _, c, err, _ = greet(t, false, cfg, late(func(*Conn) error { return nil })); err != nil || !shown(c).Equal(f.rsa.cert) {
			t.Errorf("%x: after others: %v", version, err)
		}
	}
}

func TestHello(t *testing.T) {
	f := newFixture(t)
	server := f.server(t, nil)
	cfg := &tls.Config{InsecureSkipVerify: true, ServerName: "some.example.com", NextProtos: []string{"h2", "http/1.1"}}
	var extensions map[uint16][]byte
	var order []uint16
	s, c, err, _ := greet(t, true, cfg, func(c *Conn, name string) (*Server, []string, error) {
		if c.HelloName() != name || name != "some.example.com" {
			t.Errorf("name %q", c.HelloName())
		}
		extensions, order = c.HelloExtensions()
		c.SetProtocols(TLSv1_2)
		return server, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if v := c.ConnectionState().Version; v != tls.VersionTLS12 || s.Version() != v {
		t.Errorf("version %x", v)
	}
	if got := string(extensions[0]); got != "\x00\x13\x00\x00\x10some.example.com" {
		t.Errorf("server_name: %q", got)
	}
	if got := string(extensions[16]); got != "\x00\x0c\x02h2\x08http/1.1" {
		t.Errorf("ALPN: %q", got)
	}
	if len(order) != len(extensions) || !slices.Contains(order, 43) {
		t.Errorf("extensions %v", order)
	}
}

func FuzzHelloExtensions(f *testing.F) {
	f.Add([]byte("\x16\x03\x01\x00\x31\x01\x00\x00\x2d\x03\x03" + "01234567890123456789012345678901" + "\x00\x00\x02\x13\x01\x01\x00\x00\x04\x00\x17\x00\x00"))
	f.Fuzz(func(t *testing.T, in []byte) {
		c := &Conn{tap: tap{hello: in}}
		all, order := c.HelloExtensions()
		for _, n := range order {
			if all[n] == nil {
				t.Fatalf("extension %d is not there", n)
			}
		}
	})
}
