package logging_test

import (
	"bufio"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/gateway/plugin/plugintest"
)

// authority signs certificates that this process trusts.
var authority tls.Certificate

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "logging")
	if err != nil {
		panic(err)
	}
	authority = plugintest.Certificate("authority", nil)
	// Read once, when the first certificate is checked.
	path := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate[0]}), 0o600); err != nil {
		panic(err)
	}
	os.Setenv("SSL_CERT_FILE", path)
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// secure is a receiver that speaks TLS. What it gets, line by line, comes through the
// channel; of a handshake that fails, the error.
func secure(t *testing.T, cert tls.Certificate, reply string) (addr net.Addr, got chan string) {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{cert}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got = make(chan string, 100)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				in := bufio.NewReader(c)
				for {
					line, err := in.ReadString('\n')
					if err != nil && line == "" {
						got <- "error: " + err.Error()
						return
					}
					got <- line
					if line == "\r\n" {
						fmt.Fprint(c, reply)
					}
				}
			}()
		}
	}()
	return l.Addr(), got
}

// next waits for a line that begins so.
func next(t *testing.T, from chan string, begin string) {
	t.Helper()
	for end := time.After(5 * time.Second); ; {
		select {
		case line := <-from:
			if strings.HasPrefix(line, begin) {
				return
			}
		case <-end:
			t.Fatalf("nothing begins with %q", begin)
		}
	}
}

func TestTLS(t *testing.T) {
	good, strange, other := plugintest.Certificate("log.test", &authority), plugintest.Certificate("log.test", nil), plugintest.Certificate("other.test", &authority)
	for _, c := range []struct {
		name   string
		cert   tls.Certificate
		verify bool
		fault  string // "": records arrive
	}{
		{"good, checked", good, true, ""},
		{"signed by itself, checked", strange, true, "x509: certificate signed by unknown authority"},
		{"for another name, checked", other, true, "x509: certificate is valid for other.test, not log.test"},
		{"signed by itself, not checked", strange, false, ""},
		{"for another name, not checked", other, false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr, got := secure(t, c.cert, "")
			g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("tcp-log",
				fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"tls":true,"tls_sni":"log.test","ssl_verify":%v}`, addr.(*net.TCPAddr).Port, c.verify)))
			g.Send(ask)
			if c.fault == "" {
				next(t, got, `{"`)
				g.Send(ask) // the connection is kept, though TLS has said something
				next(t, got, `{"`)
				return
			}
			next(t, got, "error: remote error: tls: bad certificate")
			g.WantLog(`gateway: tcp-log \S+: log records can't be written .*` + c.fault)
		})
	}
}

// http-log knows the name by the address.
func TestHTTPS(t *testing.T) {
	cert := plugintest.Certificate("localhost", &authority)
	for _, c := range []struct {
		name, host, want, fault string
		verify                  bool
	}{
		{"good, checked", "localhost", "POST /in ", "", true},
		{"for another name, checked", "127.0.0.1", "error: remote error: tls: bad certificate", "x509: cannot validate certificate for 127.0.0.1", true},
		{"for another name, not checked", "127.0.0.1", "POST /in ", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			addr, got := secure(t, cert, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			g := plugintest.Serve(t, plugintest.ServiceDoc, plugintest.RouteDoc, plugintest.Plugin("http-log",
				fmt.Sprintf(`{"http_endpoint":"https://%s:%d/in","ssl_verify":%v}`, c.host, addr.(*net.TCPAddr).Port, c.verify)))
			g.Send(ask)
			next(t, got, c.want)
			if c.fault != "" {
				g.WantLog(`gateway: http-log \S+: log records can't be written .*` + c.fault)
			}
		})
	}
}
