package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fixture is a root, a server certificate of each kind, and their files.
type fixture struct {
	dir                          string
	ca, rsa, ec, client          *authority
	caFile, rsaFile, ecFile      string
	rsaKey, ecKeyFile, clientPEM string
	clientKey                    string
}

func newFixture(t testing.TB) *fixture {
	f := &fixture{dir: t.TempDir(), ca: root(t, "test root")}
	names := func(c *x509.Certificate) { c.DNSNames = []string{"localhost", "*.example.com"} }
	f.rsa = issue(t, f.ca, rsaKeys()[0], template("rsa", names))
	f.ec = issue(t, f.ca, ecKey(t), template("ec", names))
	f.client = issue(t, f.ca, ecKey(t), template("client", nil))
	f.caFile = write(t, f.dir, "ca.pem", certBlock(f.ca)...)
	f.rsaFile = write(t, f.dir, "rsa.pem", certBlock(f.rsa, f.ca)...)
	f.ecFile = write(t, f.dir, "ec.pem", certBlock(f.ec)...)
	f.rsaKey = write(t, f.dir, "rsa.key", keyBlock(t, f.rsa.key))
	f.ecKeyFile = write(t, f.dir, "ec.key", keyBlock(t, f.ec.key))
	f.clientPEM = write(t, f.dir, "client.pem", certBlock(f.client)...)
	f.clientKey = write(t, f.dir, "client.key", keyBlock(t, f.client.key))
	return f
}

func (f *fixture) server(t testing.TB, change func(*ServerOptions)) *Server {
	t.Helper()
	o := ServerOptions{Certificates: []string{f.rsaFile, f.ecFile}, Keys: []string{f.rsaKey, f.ecKeyFile}, VerifyDepth: 1, Context: "HTTP"}
	if change != nil {
		change(&o)
	}
	s, err := NewServer(o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// pair is two ends of a loopback connection.
func pair(t testing.TB) (client, server net.Conn) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	client, err = net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	if server, err = ln.Accept(); err != nil {
		t.Fatal(err)
	}
	limit := time.Now().Add(10 * time.Second)
	client.SetDeadline(limit)
	server.SetDeadline(limit)
	t.Cleanup(func() { client.Close(); server.Close() })
	return client, server
}

type outcome struct {
	c   *Conn
	err error
}

// shake runs one handshake against s; the server says "hi" after it.
func shake(t testing.TB, s *Server, alpn []string, cfg *tls.Config) (tls.ConnectionState, outcome, error) {
	t.Helper()
	nc, ns := pair(t)
	ch := make(chan outcome, 1)
	go func() {
		c := Accept(ns, nil, func(*Conn, string) (*Server, []string, error) { return s, alpn, nil })
		err := c.Handshake()
		if err == nil {
			io.WriteString(c, "hi")
		}
		ns.(*net.TCPConn).CloseWrite()
		ch <- outcome{c, err}
	}()
	if cfg == nil {
		cfg = new(tls.Config)
	}
	cfg.InsecureSkipVerify = true
	cl := tls.Client(nc, cfg)
	err := cl.Handshake()
	if err == nil {
		_, err = io.ReadFull(cl, make([]byte, 2))
	} else {
		nc.Close()
	}
	return cl.ConnectionState(), <-ch, err
}

func TestVersionsCiphersCurves(t *testing.T) {
	f := newFixture(t)
	aes256, aes128 := tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
	for _, c := range []struct {
		name   string
		o      func(*ServerOptions)
		cfg    *tls.Config
		proto  string
		cipher string
		curve  string
		fails  string
	}{
		{name: "1.3", proto: "TLSv1.3", curve: "X25519", cfg: &tls.Config{CurvePreferences: []tls.CurveID{tls.X25519}}},
		{name: "1.2 ecdsa", proto: "TLSv1.2", cfg: &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}, cipher: "ECDHE-ECDSA-AES128-GCM-SHA256"},
		{name: "gap", o: func(o *ServerOptions) { o.Protocols = TLSv1_1 | TLSv1_3 }, proto: "TLSv1.1", cfg: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS12}},
		{name: "gap, newest", o: func(o *ServerOptions) { o.Protocols = TLSv1_1 | TLSv1_3 }, proto: "TLSv1.3"},
		{name: "gap, none", o: func(o *ServerOptions) { o.Protocols = TLSv1_1 | TLSv1_3 }, cfg: &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12}, fails: "error:0A000102:SSL routines::unsupported protocol"},
		{name: "old client", cfg: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, fails: "SSL_do_handshake() failed (SSL: error:0A000102:SSL routines::unsupported protocol)"},
		{name: "server's order", o: func(o *ServerOptions) {
			o.Ciphers, o.PreferServerCiphers = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256", true
		}, cfg: &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{aes128, aes256}}, proto: "TLSv1.2", cipher: "ECDHE-RSA-AES256-GCM-SHA384"},
		{name: "rsa key exchange", o: func(o *ServerOptions) { o.Ciphers = "kRSA" }, cfg: &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA}}, proto: "TLSv1.2", cipher: "AES256-SHA"},
		{name: "no shared cipher", o: func(o *ServerOptions) { o.Ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" }, cfg: &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{aes128}}, fails: "error:0A0000C1:SSL routines::no shared cipher"},
		{name: "curve", o: func(o *ServerOptions) { o.Curves = "secp384r1" }, proto: "TLSv1.3", curve: "secp384r1"},
		{name: "no shared curve", o: func(o *ServerOptions) { o.Curves = "secp384r1" }, cfg: &tls.Config{CurvePreferences: []tls.CurveID{tls.X25519}}, fails: "error:0A000065:SSL routines::no suitable key share"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, out, err := shake(t, f.server(t, c.o), nil, c.cfg)
			if c.fails != "" {
				var he *HandshakeError
				if !errors.As(out.err, &he) || !strings.Contains(he.Error(), c.fails) || !he.PeerFault {
					t.Fatalf("%v", out.err)
				}
				return
			}
			if err != nil || out.err != nil {
				t.Fatal(err, out.err)
			}
			s := out.c
			if s.Protocol() != c.proto || c.cipher != "" && s.Cipher() != c.cipher || c.curve != "" && s.Curve() != c.curve {
				t.Errorf("%s %s %s", s.Protocol(), s.Cipher(), s.Curve())
			}
			if s.SigAlg() == "" && !strings.HasPrefix(c.cipher, "AES") {
				t.Error("no sigalg")
			}
		})
	}
}

func TestCertificateByAbility(t *testing.T) {
	f := newFixture(t)
	for want, id := range map[string]uint16{"rsa": tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, "ec": tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256} {
		st, _, err := shake(t, f.server(t, nil), nil, &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{id}})
		if err != nil || st.PeerCertificates[0].Subject.CommonName != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestALPNAndNames(t *testing.T) {
	f := newFixture(t)
	st, out, err := shake(t, f.server(t, nil), []string{"h2", "http/1.1"}, &tls.Config{NextProtos: []string{"http/1.1"}, ServerName: "a.example.com"})
	if err != nil || st.NegotiatedProtocol != "http/1.1" || out.c.ALPN() != "http/1.1" || out.c.ServerName() != "a.example.com" {
		t.Error(err, st.NegotiatedProtocol)
	}
	if !strings.Contains(out.c.Ciphers(), "TLS_AES_128_GCM_SHA256") || !strings.Contains(out.c.Curves(), "X25519") {
		t.Error(out.c.Ciphers(), out.c.Curves())
	}
	_, out, err = shake(t, f.server(t, nil), []string{"h2"}, &tls.Config{NextProtos: []string{"moon"}})
	if err == nil || !strings.Contains(out.err.Error(), "error:0A0000EB:SSL routines::no application protocol") {
		t.Error(err, out.err)
	}
}

func TestRejected(t *testing.T) {
	s, err := NewServer(ServerOptions{RejectHandshake: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, out, err := shake(t, s, nil, &tls.Config{})
	if err == nil || !strings.Contains(err.Error(), "unrecognized name") || out.err.Error() != "handshake rejected" {
		t.Error(err, out.err)
	}
}

func TestNotTLS(t *testing.T) {
	f := newFixture(t)
	nc, ns := pair(t)
	go io.WriteString(nc, "GET / HTTP/1.1\r\n\r\n")
	c := Accept(ns, nil, func(*Conn, string) (*Server, []string, error) { return f.server(t, nil), nil, nil })
	if err := c.Handshake(); err == nil || err.Error() != "SSL_do_handshake() failed (SSL: error:0A00009C:SSL routines::http request)" {
		t.Error(err)
	}
	nc, ns = pair(t)
	nc.Close()
	if err := Accept(ns, nil, nil).Handshake(); err == nil || !strings.HasPrefix(err.Error(), "peer closed connection in SSL handshake") {
		t.Error(err)
	}
}

func TestClientCertificates(t *testing.T) {
	f := newFixture(t)
	stranger := root(t, "stranger")
	for _, c := range []struct {
		name   string
		verify Verify
		show   *authority
		text   string
		admit  Admission
	}{
		{"good", VerifyOn, f.client, "SUCCESS", Admitted},
		{"none", VerifyOn, nil, "NONE", NoCertificate},
		{"none but optional", VerifyOptional, nil, "NONE", Admitted},
		{"stranger", VerifyOn, stranger, "FAILED:self-signed certificate", BadCertificate},
		{"stranger, no CA", VerifyOptionalNoCA, stranger, "FAILED:self-signed certificate", Admitted},
	} {
		for _, max := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			s := f.server(t, func(o *ServerOptions) { o.Verify, o.ClientCertificate = c.verify, f.caFile })
			cfg := &tls.Config{MaxVersion: max}
			if c.show != nil {
				cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
					return &tls.Certificate{Certificate: [][]byte{c.show.cert.Raw}, PrivateKey: c.show.key}, nil
				}
			}
			_, out, err := shake(t, s, nil, cfg)
			if err != nil || out.err != nil {
				t.Fatal(c.name, err, out.err)
			}
			admit, text := s.Admit(out.c)
			if out.c.ClientVerify() != c.text || admit != c.admit || (admit == Admitted) != (text == "") {
				t.Errorf("%s: %s %v %q", c.name, out.c.ClientVerify(), admit, text)
			}
			if c.show != nil && out.c.ClientSigAlg() != "ecdsa_secp256r1_sha256" {
				t.Errorf("%s: sigalg %q", c.name, out.c.ClientSigAlg())
			}
		}
	}
}

func TestSessions(t *testing.T) {
	f := newFixture(t)
	zone := NewMemory(100)
	keyFile := filepath.Join(f.dir, "ticket.key")
	if err := os.WriteFile(keyFile, []byte(strings.Repeat("moonmoonmoonmoon", 3)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		o     func(*ServerOptions)
		reuse bool
	}{
		{"tickets", nil, true},
		{"shared zone", func(o *ServerOptions) { o.Cache = SessionCache{Kind: CacheShared, Zone: zone} }, true},
		{"by id", func(o *ServerOptions) {
			o.NoTickets, o.Cache = true, SessionCache{Kind: CacheShared, Zone: NewMemory(10)}
		}, true},
		{"key file", func(o *ServerOptions) { o.TicketKeys = []string{keyFile} }, true},
		{"nothing", func(o *ServerOptions) { o.NoTickets = true }, false},
	} {
		for _, max := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			s := f.server(t, c.o)
			cfg := &tls.Config{MaxVersion: max, ServerName: "localhost", ClientSessionCache: tls.NewLRUClientSessionCache(1)}
			_, first, err := shake(t, s, nil, cfg)
			if err != nil {
				t.Fatal(c.name, err)
			}
			_, second, err := shake(t, s, nil, cfg)
			if err != nil {
				t.Fatal(c.name, err)
			}
			if got := second.c.Reused() == "r"; got != c.reuse || first.c.Reused() != "." {
				t.Errorf("%s %x: reused %v", c.name, max, got)
			}
			if c.reuse && (len(second.c.SessionID()) != 64 || second.c.SessionID() != first.c.SessionID()) {
				t.Errorf("%s %x: ids %q %q", c.name, max, first.c.SessionID(), second.c.SessionID())
			}
			// another worker that shares the zone, and a server of another context
			if c.name == "shared zone" {
				if _, out, _ := shake(t, f.server(t, c.o), nil, cfg); out.c.Reused() != "r" {
					t.Error("another worker does not know the keys")
				}
				if _, out, _ := shake(t, f.server(t, func(o *ServerOptions) { c.o(o); o.Context = "STREAM" }), nil, cfg); out.c.Reused() != "." {
					t.Error("session taken over into another context")
				}
			}
			s.now = func() time.Time { return time.Now().Add(6 * time.Minute) }
			if _, out, _ := shake(t, s, nil, cfg); out.c.Reused() != "." {
				t.Errorf("%s: session outlives its timeout", c.name)
			}
		}
	}
}

func TestUpstream(t *testing.T) {
	f := newFixture(t)
	s := f.server(t, nil)
	dial := func(o ClientOptions, target Target) (*Client, *Conn, error) {
		o.VerifyDepth = 1
		cl, err := NewClient(o, nil)
		if err != nil {
			t.Fatal(err)
		}
		nc, ns := pair(t)
		go func() {
			c := Accept(ns, nil, func(*Conn, string) (*Server, []string, error) { return s, nil, nil })
			if c.Handshake() == nil {
				io.WriteString(c, "hi")
			}
		}()
		c := cl.Connect(nc, target)
		err = c.Handshake()
		if err == nil {
			_, err = io.ReadFull(c, make([]byte, 2))
		}
		return cl, c, err
	}
	var session Session
	trusting := ClientOptions{Verify: true, TrustedCertificate: f.caFile}
	for i := range 2 {
		cl, c, err := dial(trusting, Target{Name: "a.example.com", SendName: true, Session: &session})
		if err != nil || cl.Check(c, "a.example.com") != nil {
			t.Fatal(err, cl.Check(c, "a.example.com"))
		}
		if (c.Reused() == "r") != (i == 1) {
			t.Error("reuse", i, c.Reused())
		}
		if err := cl.Check(c, "b.test"); err == nil || err.Error() != `upstream SSL certificate does not match "b.test"` {
			t.Error(err)
		}
	}
	other := write(t, f.dir, "other.pem", certBlock(root(t, "other"))...)
	cl, c, err := dial(ClientOptions{Verify: true, TrustedCertificate: other, Ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256", Protocols: TLSv1_2}, Target{Name: "localhost"})
	if err != nil {
		t.Fatal(err)
	}
	if err := cl.Check(c, "localhost"); err == nil || err.Error() != "upstream SSL certificate verify error: (21:unable to verify the first certificate)" {
		t.Error(err)
	}
	_, _, err = dial(ClientOptions{Protocols: TLSv1}, Target{})
	if err == nil || err.Error() != "SSL_do_handshake() failed (SSL: error:0A00042E:SSL routines::tlsv1 alert protocol version:SSL alert number 70)" {
		t.Error(err)
	}
}

// oldSession is a client's cache that never takes a newer session.
type oldSession struct{ first *tls.ClientSessionState }

func (o *oldSession) Get(string) (*tls.ClientSessionState, bool) { return o.first, o.first != nil }
func (o *oldSession) Put(_ string, s *tls.ClientSessionState) {
	if o.first == nil {
		o.first = s
	}
}

// TestOldSession: a client may come back with the same session again and again,
// whatever it was given since.
func TestOldSession(t *testing.T) {
	f := newFixture(t)
	for _, noTickets := range []bool{false, true} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			s := f.server(t, func(o *ServerOptions) {
				o.NoTickets, o.Cache = noTickets, SessionCache{Kind: CacheShared, Zone: NewMemory(10)}
			})
			cfg := &tls.Config{MaxVersion: version, ServerName: "localhost", ClientSessionCache: &oldSession{}}
			for i := range 4 {
				_, out, err := shake(t, s, nil, cfg)
				if err != nil {
					t.Fatalf("tickets %t, %x: %d: %v", !noTickets, version, i, err)
				}
				if want := i > 0; (out.c.Reused() == "r") != want {
					t.Errorf("tickets %t, %x: %d: reused %q", !noTickets, version, i, out.c.Reused())
				}
			}
		}
	}
}
