package check

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// answering is an HTTP server that sends the same bytes whatever it is asked,
// after it has read the request.
func answering(t *testing.T, answer string, open bool) (netip.AddrPort, func() string) {
	requests := make(chan string, 10)
	addr := serve(t, func(c net.Conn) {
		var req []byte
		for !bytes.Contains(req, []byte("\r\n\r\n")) {
			var b [512]byte
			n, err := c.Read(b[:])
			if err != nil {
				return
			}
			req = append(req, b[:n]...)
		}
		requests <- string(req)
		io.WriteString(c, answer)
		if open {
			silent(c)
		}
	})
	return addr, func() string { return <-requests }
}

const hello = "HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nhello world\n"

func TestWeb(t *testing.T) {
	const digest = "6f5902ac237024bdd0c176cb93063dc4" // of "hello world\n"
	for _, c := range []struct {
		name   string
		answer string
		open   bool
		url    config.URL
		why    string
		good   bool
	}{
		{"status", hello, false, config.URL{}, "HTTP status code", true},
		{"kept open", hello, true, config.URL{}, "HTTP status code", true},
		{"404", "HTTP/1.1 404 Not Found\r\n\r\n", false, config.URL{}, "HTTP status code error to", false},
		{"404 wanted", "HTTP/1.1 404 Not Found\r\n\r\n", false, config.URL{Status: [][2]int{{200, 299}, {404, 404}}}, "HTTP status code", true},
		{"204", "HTTP/1.1 204 No Content\r\n\r\n", true, config.URL{}, "HTTP status code", true},
		{"no length", "HTTP/1.1 200 OK\r\n\r\nhello world\n", false, config.URL{Digest: digest}, "MD5 digest", true},
		{"digest", hello, false, config.URL{Digest: strings.ToUpper(digest)}, "MD5 digest", true},
		{"other digest", hello, false, config.URL{Digest: digest[1:] + "0"}, "MD5 digest error to", false},
		{"digest ends with the length", "HTTP/1.0 200 OK\r\nContent-Length: 12\r\n\r\nhello world\nand more", false, config.URL{Digest: digest}, "MD5 digest", true},
		{"pattern", hello, false, config.URL{Regex: `(?<=h)el+o\b`}, "Regex match", true},
		{"no pattern", hello, false, config.URL{Regex: "bye"}, "Regex match failed", false},
		{"pattern not wanted", hello, false, config.URL{Regex: "bye", RegexNoMatch: true}, "Regex match", true},
		{"pattern found but not wanted", hello, false, config.URL{Regex: "hello", RegexNoMatch: true}, "Regex match failed", false},
		{"pattern's options", hello, false, config.URL{Regex: "HELLO.*D\n", RegexOptions: []string{"caseless"}}, "Regex match", true},
		{"pattern behind", hello, false, config.URL{Regex: "o", RegexMin: 5, RegexMax: 7}, "Regex match", true},
		{"pattern too late", hello, false, config.URL{Regex: "world", RegexMax: 5}, "Regex match failed", false},
		{"pattern beyond the body", hello, false, config.URL{Regex: "h", RegexMin: 50}, "Regex match failed", false},
		{"garbage", "garbage\r\n\r\nfoo", false, config.URL{}, "HTTP status code error to", false},
		{"half a header", "HTTP/1.0 200 OK\r\nContent-", false, config.URL{}, "HTTP status code error to", false},
		{"nothing", "", false, config.URL{}, "Read, no data received from ", false},
		{"huge header", "HTTP/1.0 200 OK\r\nA: " + strings.Repeat("a", maxHead), true, config.URL{}, "HTTP status code error to", false},
	} {
		addr, _ := answering(t, c.answer, c.open)
		c.url.Path = "/"
		o := attempt(t, &config.Checker{Kind: "HTTP_GET", Timeout: long, Connect: addr, HTTP: &config.HTTPCheck{URLs: []config.URL{c.url}}}, nil)
		if o.why != c.why || o.good != c.good {
			t.Errorf("%s: %+v, want %q", c.name, o, c.why)
		}
	}
}

func TestWebTimes(t *testing.T) {
	for _, c := range []struct {
		serve func(net.Conn)
		tls   bool
		why   string
	}{
		{silent, false, "Timeout WEB read"},
		{silent, true, "Timeout connecting"},
		{func(c net.Conn) { io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\nhel"); silent(c) }, false, "Timeout HTTP read"},
		{func(c net.Conn) { io.WriteString(c, "HTTP/1.0 200 OK\r\n\r\n") }, true, "SSL handshake/communication error connecting to"},
	} {
		timeout := short
		if !strings.HasPrefix(c.why, "Timeout") {
			timeout = long
		}
		o := attempt(t, &config.Checker{Kind: "HTTP_GET", Timeout: timeout, Connect: serve(t, c.serve), HTTP: &config.HTTPCheck{TLS: c.tls, URLs: []config.URL{{Path: "/"}}}}, nil)
		if o.good || o.why != c.why {
			t.Errorf("%+v, want %s", o, c.why)
		}
	}
	o := attempt(t, &config.Checker{Kind: "HTTP_GET", Timeout: long, Connect: closed(t), HTTP: &config.HTTPCheck{URLs: []config.URL{{Path: "/"}}}}, nil)
	if o.why != "Connection failed" {
		t.Errorf("refused: %+v", o)
	}
}

// Byte by byte what keepalived sends.
func TestRequests(t *testing.T) {
	for _, c := range []struct {
		connect       string
		protocol      string
		check, url    string
		want, closing string
	}{
		{"127.0.0.1:8032", "", "", "", "GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: 127.0.0.1:8032\r\n\r\n", ""},
		{"127.0.0.1:80", "1.0C", "c.example", "", "GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: c.example\r\n\r\n", ""},
		{"[::1]:80", "1.1", "", "", "GET /x HTTP/1.1\r\nUser-Agent: KeepAliveClient\r\nConnection: close\r\nHost: [::1]:80\r\n\r\n", ""},
		{"[::1]:80", "1.0", "c.example", "u.example", "GET /x HTTP/1.0\r\nUser-Agent: KeepAliveClient\r\nHost: u.example\r\n\r\n", ""},
	} {
		got := request(&config.Checker{Connect: netip.MustParseAddrPort(c.connect), HTTP: &config.HTTPCheck{Protocol: c.protocol, VirtualHost: c.check}},
			&config.URL{Path: "/x", VirtualHost: c.url})
		if got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	addr, sent := answering(t, hello, false)
	conf := &config.Checker{Kind: "HTTP_GET", Timeout: long, Connect: addr, HTTP: &config.HTTPCheck{URLs: []config.URL{{Path: "/y"}}}}
	attempt(t, conf, nil)
	if got := sent(); got != request(conf, &conf.HTTP.URLs[0]) {
		t.Errorf("sent: %q", got)
	}
}

func TestWebLength(t *testing.T) {
	addr, _ := answering(t, "HTTP/1.0 200 OK\r\nContent-Length: 100\r\n\r\nhello world\n", false)
	conf := &config.Checker{Kind: "HTTP_GET", Timeout: long, Connect: addr, HTTP: &config.HTTPCheck{URLs: []config.URL{{Path: "/short", VirtualHost: "h"}}}}
	k, err := newKind(conf, names, &Env{})
	if err != nil {
		t.Fatal(err)
	}
	o := k.try(context.Background())
	const want = "http_check for RS [10.0.0.2]:tcp:80 VS [10.0.0.1]:tcp:80 url h/short: content_length (100) does not match received bytes (12)"
	if !o.good || len(o.note) != 1 || o.note[0] != want {
		t.Errorf("%+v", o)
	}
	if o := k.try(context.Background()); len(o.note) != 0 {
		t.Errorf("said again: %+v", o)
	}
}

func certificate(t *testing.T) tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestSNI(t *testing.T) {
	names := make(chan string, 10)
	server := &tls.Config{Certificates: []tls.Certificate{certificate(t)}, GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
		names <- h.ServerName
		return nil, nil
	}}
	addr := serve(t, func(c net.Conn) {
		s := tls.Server(c, server)
		s.Read(make([]byte, 512))
		io.WriteString(s, hello)
		s.Close()
	})
	for _, c := range []struct {
		http config.HTTPCheck
		want string
	}{
		{config.HTTPCheck{VirtualHost: "c.example"}, ""},
		{config.HTTPCheck{SNI: true, VirtualHost: "c.example"}, "c.example"},
		{config.HTTPCheck{SNI: true, VirtualHost: "c.example", URLs: []config.URL{{Path: "/", VirtualHost: "u.example"}}}, "u.example"},
		{config.HTTPCheck{SNI: true, SNIName: "s.example", VirtualHost: "c.example"}, "s.example"},
	} {
		c.http.TLS = true
		if c.http.URLs == nil {
			c.http.URLs = []config.URL{{Path: "/"}}
		}
		o := attempt(t, &config.Checker{Kind: "SSL_GET", Timeout: long, Connect: addr, HTTP: &c.http}, nil)
		if got := <-names; got != c.want || !o.good {
			t.Errorf("%+v: name %q, %+v", c.http, got, o)
		}
	}
}

// An answer means the same however it is cut.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{hello, "HTTP/1.1 204\n\nxx", "garbage\r\n\r\nfoo", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", "HTTP/1.1 304 \r\ncontent-length:3\r\n\r\nabcd"} {
		f.Add([]byte(s), 7)
	}
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		if len(b) > maxHead {
			return
		}
		var one, two bytes.Buffer
		whole := answer{body: func(p []byte) { one.Write(p) }}
		parts := answer{body: func(p []byte) { two.Write(p) }}
		done := whole.feed(b)
		cut = max(0, min(cut, len(b)))
		first := parts.feed(b[:cut])
		if !first {
			first = parts.feed(b[cut:])
		}
		if done != first || whole.status != parts.status || whole.length != parts.length || !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%q at %d: %v %d %d %q and %v %d %d %q", b, cut, done, whole.status, whole.length, &one, first, parts.status, parts.length, &two)
		}
	})
}
