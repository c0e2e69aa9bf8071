package ssl

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"moongate/core/config/directive"
	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
	"moongate/engine/zone"
)

func TestMain(m *testing.M) {
	errlog.Echo(false)
	os.Exit(m.Run())
}

// rig is a worker inside the test that listens on a unix socket with TLS.
type rig struct {
	t   testing.TB
	dir string
}

type sayConf struct {
	text directive.Value[*httpd.Value]
}

// say answers with a text, so that variables can be looked at.
func say() *httpd.Module {
	m := &httpd.Module{Name: "say", NewConf: func() any { return new(sayConf) }}
	m.Directives = []directive.Directive{{Name: "say", In: directive.HTTP | directive.Server | directive.Location, Args: directive.Take1,
		Set: httpd.ValueSetter(func(c *sayConf) *directive.Value[*httpd.Value] { return &c.text })}}
	m.Handlers = []httpd.PhaseHandler{{Phase: httpd.Content, When: func(c any) bool { return c.(*sayConf).text.V != nil }, Run: func(r *httpd.Request) httpd.Result {
		return r.SendText(200, "text/plain", httpd.Conf[sayConf](r, m).text.V.Eval(r))
	}}}
	return m
}

// readConf reads a configuration, the inside of http{}; SOCK stands for the socket.
func readConf(t testing.TB, conf string, more ...*httpd.Module) (*rig, *cycle.Cycle, error) {
	t.Helper()
	g := &rig{t: t, dir: t.TempDir()}
	g.certificates()
	text := "pid nginx.pid; lock_file lock; error_log error.log info; events { }\nhttp { client_body_temp_path tmp;\n" +
		strings.ReplaceAll(conf, "SOCK", "unix:"+g.dir+"/s") + "\n}\n"
	g.write("nginx.conf", text)
	opts := cycle.Options{Prefix: g.dir, ConfFile: "nginx.conf", ErrorLog: "error.log"}
	opts.Complete()
	start := file.NewAppend(filepath.Join(g.dir, "error.log"))
	if err := start.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { start.Close() })
	p := &cycle.Program{Parts: []cycle.Part{httpd.New(append([]*httpd.Module{Module, say()}, more...)...).Part()}, NewMemory: zone.NewGeneration}
	c, err := p.Build(opts, nil, errlog.NewChain(start, errlog.Notice).Log(), nil)
	if err == nil {
		t.Cleanup(func() {
			for _, l := range c.Listeners {
				for _, fd := range l.Descriptors() {
					event.CloseFD(fd)
				}
			}
		})
	}
	return g, c, err
}

func serve(t testing.TB, conf string) *rig {
	t.Helper()
	return serveWith(t, conf)
}

// serveWith is serve with more modules.
func serveWith(t testing.TB, conf string, more ...*httpd.Module) *rig {
	t.Helper()
	g, c, err := readConf(t, conf, more...)
	if err != nil {
		t.Fatalf("%v\n%s", err, g.log())
	}
	loop, err := event.New()
	if err != nil {
		t.Fatal(err)
	}
	if err := cycle.NewWorker(c, loop, 0, c.Board.Row(0)).Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { loop.Run(); close(done) }()
	t.Cleanup(func() { loop.Stop(); <-done })
	return g
}

func (g *rig) write(name, text string) {
	g.t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, name), []byte(text), 0o600); err != nil {
		g.t.Fatal(err)
	}
}

// certificates makes a.test, b.test and an authority with a client.
func (g *rig) certificates() {
	for _, name := range []string{"a.test", "b.test", "other"} {
		g.issue(name, nil, nil)
	}
	ca, key := g.issue("ca", nil, nil)
	g.issue("client", ca, key)
}

func (g *rig) issue(name string, ca *x509.Certificate, caKey *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
	g.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		g.t.Fatal(err)
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(0x1234), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * time.Hour), BasicConstraintsValid: true, IsCA: ca == nil}
	if ca == nil {
		ca, caKey = t, key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, ca, &key.PublicKey, caKey)
	if err != nil {
		g.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		g.t.Fatal(err)
	}
	pk, _ := x509.MarshalPKCS8PrivateKey(key)
	g.write(name+".crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	g.write(name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pk})))
	return cert, key
}

func (g *rig) pair(name string) tls.Certificate {
	g.t.Helper()
	c, err := tls.LoadX509KeyPair(filepath.Join(g.dir, name+".crt"), filepath.Join(g.dir, name+".key"))
	if err != nil {
		g.t.Fatal(err)
	}
	return c
}

func (g *rig) log() string {
	b, _ := os.ReadFile(filepath.Join(g.dir, "error.log"))
	return string(b)
}

func (g *rig) logged(pattern string) {
	g.t.Helper()
	re := regexp.MustCompile(pattern)
	for until := time.Now().Add(5 * time.Second); !re.MatchString(g.log()); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			g.t.Fatalf("no %q in the error log:\n%s", pattern, g.log())
		}
	}
}

func (g *rig) dial() net.Conn {
	g.t.Helper()
	c, err := net.Dial("unix", g.dir+"/s")
	if err != nil {
		g.t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(10 * time.Second))
	g.t.Cleanup(func() { c.Close() })
	return c
}

// tls shakes hands for a name.
func (g *rig) tls(name string, change func(*tls.Config)) (*tls.Conn, error) {
	cfg := &tls.Config{ServerName: name, InsecureSkipVerify: true}
	if change != nil {
		change(cfg)
	}
	c := tls.Client(g.dial(), cfg)
	return c, c.Handshake()
}

// get asks for one thing on a new connection.
func (g *rig) get(name, host, uri string, change func(*tls.Config)) string {
	g.t.Helper()
	c, err := g.tls(name, change)
	if err != nil {
		g.t.Fatalf("%v\n%s", err, g.log())
	}
	io.WriteString(c, "GET "+uri+" HTTP/1.1\r\nHost: "+host+"\r\nConnection: close\r\n\r\n")
	b, err := io.ReadAll(c)
	if err != nil {
		g.t.Fatalf("%v\n%s", err, g.log())
	}
	return string(b)
}

func body(answer string) string {
	_, b, _ := bytes.Cut([]byte(answer), []byte("\r\n\r\n"))
	return string(b)
}
