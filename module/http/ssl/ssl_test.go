package ssl

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const twoServers = `
	server { listen SOCK ssl; server_name a.test; ssl_certificate a.test.crt; ssl_certificate_key a.test.key;
		location / { say "a $ssl_server_name $scheme $https $ssl_protocol $ssl_session_reused $ssl_alpn_protocol."; }
		location /cipher { say "$ssl_cipher $ssl_curve"; }
		location /big { say "$arg_x"; } }
	server { listen SOCK ssl; server_name b.test; ssl_certificate b.test.crt; ssl_certificate_key b.test.key; say "b $ssl_server_name"; }
	server { listen SOCK ssl; server_name plain.test; say "plain"; }
	server { listen SOCK ssl; server_name ~^re(?<n>\d)\.test$; ssl_certificate b.test.crt; ssl_certificate_key b.test.key; say "re $n"; }
	server { listen SOCK ssl; server_name no.test; ssl_reject_handshake on; }`

func TestServerNames(t *testing.T) {
	g := serve(t, twoServers)
	for name, want := range map[string]string{
		"a.test": "a a.test https on TLSv1.3 . .", "": "a  https on TLSv1.3 . .", "nobody.test": "a nobody.test https on TLSv1.3 . .",
		"b.test": "b b.test", "plain.test": "plain", "re7.test": "re 7",
	} {
		host := name
		if host == "" {
			host = "a.test"
		}
		if got := body(g.get(name, host, "/", nil)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, want := range map[string]string{"a.test": "a.test", "b.test": "b.test", "plain.test": "a.test"} {
		c, err := g.tls(name, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.ConnectionState().PeerCertificates[0].Subject.CommonName; got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if _, err := g.tls("no.test", nil); err == nil || !strings.Contains(err.Error(), "unrecognized name") {
		t.Error(err)
	}
	g.logged("handshake rejected while SSL handshaking, client: unix:, server: unix:")
	// HTTP/2 is not on: the protocols of HTTP/1 are offered.
	if _, err := g.tls("a.test", func(c *tls.Config) { c.NextProtos = []string{"h2"} }); err == nil {
		t.Error("h2 was taken")
	}
	c, err := g.tls("a.test", func(c *tls.Config) { c.NextProtos = []string{"h2", "http/1.1"} })
	if err != nil || c.ConnectionState().NegotiatedProtocol != "http/1.1" {
		t.Error(err)
	}
}

// The connection is parked between requests, also when what a client sends is
// cut in the middle of records.
func TestKeepAlive(t *testing.T) {
	g := serve(t, twoServers)
	raw := &slowConn{Conn: g.dial()}
	c := tls.Client(raw, &tls.Config{ServerName: "a.test", InsecureSkipVerify: true})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(c)
	big := strings.Repeat("x", 7000)
	for i := range 6 {
		raw.step = []int{0, 1, 5, 100}[i%4]
		io.WriteString(c, "GET /big?x="+big+" HTTP/1.1\r\nHost: a.test\r\n\r\nGET /cipher HTTP/1.1\r\nHost: a.test\r\n\r\n")
		if got := readAnswer(t, r); got != big {
			t.Errorf("%d bytes", len(got))
		}
		if got := readAnswer(t, r); got != "TLS_AES_128_GCM_SHA256 X25519MLKEM768" && got != "TLS_AES_128_GCM_SHA256 X25519" {
			t.Error(got)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// slowConn sends in small steps.
type slowConn struct {
	net.Conn
	step int
}

func (c *slowConn) Write(p []byte) (n int, err error) {
	for n < len(p) {
		k := len(p) - n
		if c.step > 0 {
			k = min(k, c.step)
		}
		m, err := c.Conn.Write(p[n : n+k])
		if n += m; err != nil {
			return n, err
		}
		if c.step > 0 && n < 300 {
			time.Sleep(50 * time.Microsecond)
		}
	}
	return n, nil
}

func readAnswer(t *testing.T, r *bufio.Reader) string {
	t.Helper()
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(err)
		}
		fmt.Sscanf(line, "Content-Length: %d", &length)
		if line == "\r\n" {
			break
		}
	}
	b := make([]byte, length)
	if _, err := io.ReadFull(r, b); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNotTLS(t *testing.T) {
	g := serve(t, twoServers)
	c := g.dial()
	io.WriteString(c, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n")
	b, _ := io.ReadAll(c)
	if !strings.HasPrefix(string(b), "HTTP/1.1 400 Bad Request\r\n") || !strings.Contains(string(b), "<title>400 The plain HTTP request was sent to HTTPS port</title>") {
		t.Errorf("%s", b)
	}
	g.logged("client sent plain HTTP request to HTTPS port")
	c = g.dial()
	io.WriteString(c, "\x16garbage")
	io.ReadAll(c)
	g.logged(`\[info\].*SSL_do_handshake\(\) failed \(SSL: error:0A00010B:SSL routines::wrong version number\) while SSL handshaking, client: unix:, server: unix:`)
	c = g.dial()
	io.WriteString(c, "\x16\x03\x01")
	c.Close()
	g.logged(`\[info\].*peer closed connection in SSL handshake while SSL handshaking`)
	g.dial().Close()
	g.logged(`\[info\].*client closed connection while SSL handshaking`)
}

func TestHandshakeTimeout(t *testing.T) {
	g := serve(t, "client_header_timeout 50ms;"+twoServers)
	c := g.dial()
	io.WriteString(c, "\x16\x03\x01")
	io.ReadAll(c)
	g.logged(`\[info\].*client timed out \(110: Connection timed out\) while SSL handshaking`)
}

func TestClientCertificates(t *testing.T) {
	g := serve(t, `ssl_certificate a.test.crt; ssl_certificate_key a.test.key;
		server { listen SOCK ssl; server_name a.test; ssl_verify_client on; ssl_client_certificate ca.crt;
			say "$ssl_client_verify $ssl_client_s_dn $ssl_client_serial"; }
		server { listen SOCK ssl; server_name b.test; ssl_verify_client optional; ssl_client_certificate ca.crt; say "$ssl_client_verify."; }
		server { listen SOCK ssl; server_name c.test; say "free"; }`)
	with := func(name string) func(*tls.Config) {
		pair := g.pair(name) // shown even when the server names other authorities
		return func(c *tls.Config) {
			c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		}
	}
	for _, c := range []struct{ cert, name, host, status, text string }{
		{"client", "a.test", "a.test", "200", "SUCCESS CN=client 1234"},
		{"other", "a.test", "a.test", "400", "The SSL certificate error"},
		{"", "a.test", "a.test", "400", "No required SSL certificate was sent"},
		{"", "b.test", "b.test", "200", "NONE."},
		{"other", "b.test", "b.test", "400", "The SSL certificate error"},
		{"client", "c.test", "c.test", "200", "free"},
		{"client", "c.test", "a.test", "421", "Misdirected Request"}, // not the name that was negotiated
		{"client", "a.test", "c.test", "200", "free"},
	} {
		var change func(*tls.Config)
		if c.cert != "" {
			change = with(c.cert)
		}
		got := g.get(c.name, c.host, "/", change)
		if !strings.HasPrefix(got, "HTTP/1.1 "+c.status) || !strings.Contains(got, c.text) {
			t.Errorf("%v: %s", c, got)
		}
	}
	g.logged(`client SSL certificate verify error: \(18:self-signed certificate\)`)
	g.logged(`client sent no required SSL certificate while reading|client sent no required SSL certificate, client`)
	g.logged(`client attempted to request the server name different from the one that was negotiated`)
}

func TestSessions(t *testing.T) {
	for _, conf := range []string{"", "ssl_session_cache shared:S:1m;", "ssl_session_cache shared:S:1m; ssl_session_tickets off;", "ssl_session_cache builtin;"} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			t.Run(conf+tls.VersionName(version), func(t *testing.T) {
				g := serve(t, conf+twoServers)
				cache := tls.NewLRUClientSessionCache(4)
				change := func(c *tls.Config) { c.ClientSessionCache, c.MaxVersion = cache, version }
				first, second := body(g.get("a.test", "a.test", "/", change)), body(g.get("a.test", "a.test", "/", change))
				if !strings.Contains(first, " . .") || !strings.Contains(second, " r .") {
					t.Errorf("%q, %q", first, second)
				}
			})
		}
	}
}

// Certificates that depend on the name of the handshake.
func TestVariables(t *testing.T) {
	g := serve(t, `server { listen SOCK ssl; ssl_certificate $ssl_server_name.crt; ssl_certificate_key $ssl_server_name.key; ssl_certificate_cache max=4; say ok; }`)
	for range 2 {
		for _, name := range []string{"a.test", "b.test"} {
			c, err := g.tls(name, nil)
			if err != nil {
				t.Fatalf("%v\n%s", err, g.log())
			}
			if got := c.ConnectionState().PeerCertificates[0].Subject.CommonName; got != name {
				t.Error(got)
			}
		}
	}
	if _, err := g.tls("nobody.test", nil); err == nil {
		t.Error("a certificate for nobody")
	}
	g.logged(`\[error\].*cannot load certificate ".*/nobody.test.crt": BIO_new_file\(\) failed \(SSL: error:80000002:system library::No such file or directory:calling fopen\(.*/nobody.test.crt, r\) error:10000080:BIO routines::no such file\)`)
}

func TestRefused(t *testing.T) {
	const pair = "ssl_certificate a.test.crt; ssl_certificate_key a.test.key;"
	for conf, want := range map[string]string{
		"server { listen SOCK ssl; }":                                                             `no "ssl_certificate" is defined for the "listen ... ssl" directive in .*nginx.conf:3\n`,
		"server { listen SOCK ssl; ssl_certificate a.test.crt; }":                                 `no "ssl_certificate_key" is defined for certificate "a.test.crt"\n`,
		pair + "server { listen SOCK ssl; ssl_verify_client on; }":                                `no ssl_client_certificate or ssl_trusted_certificate for ssl_verify_client\n`,
		pair + "ssl_session_cache shared:S:1k;":                                                   `session cache "shared:S:1k" is too small in`,
		pair + "ssl_session_cache x;":                                                             `invalid session cache "x" in`,
		pair + "ssl_session_cache shared:S;":                                                      `invalid session cache "shared:S" in`,
		pair + "ssl_certificate_cache inactive=1s;":                                               `"ssl_certificate_cache" must have the "max" parameter in`,
		pair + "ssl_certificate_cache max=x;":                                                     `invalid parameter "max=x" in`,
		pair + "ssl_protocols SSLv4;":                                                             `invalid value "SSLv4" in`,
		pair + "ssl_ciphers FOO; server { listen SOCK ssl; }":                                     `SSL_CTX_set_cipher_list\("FOO"\) failed \(SSL: error:0A0000B9:SSL routines::no cipher match\)\n`,
		pair + "ssl_ecdh_curve foo; server { listen SOCK ssl; }":                                  `SSL_CTX_set1_curves_list\("foo"\) failed`,
		pair + "ssl_conf_command Foo x; server { listen SOCK ssl; }":                              `SSL_CONF_cmd\("Foo", "x"\) failed`,
		"ssl_certificate none.crt; ssl_certificate_key a.test.key; server { listen SOCK ssl; }":   `cannot load certificate ".*/none.crt": BIO_new_file\(\) failed`,
		"ssl_certificate a.test.crt; ssl_certificate_key b.test.key; server { listen SOCK ssl; }": `SSL_CTX_use_PrivateKey\(".*/b.test.key"\) failed \(SSL: error:05800074:x509 certificate routines::key values mismatch\)\n`,
		"ssl_password_file none; " + pair:                                                         `open\(\) ".*/none" failed \(2: No such file or directory\) in`,
		"ssl_ocsp on;":                                                                            `"ssl_ocsp" directive is not implemented yet in`,
	} {
		g, _, err := readConf(t, conf)
		if err == nil {
			t.Errorf("%s: taken", conf)
			continue
		}
		g.logged(want)
	}
}
