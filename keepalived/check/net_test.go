package check

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// serve gives each connection to f, and the address.
func serve(t *testing.T, f func(net.Conn)) netip.AddrPort {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); f(c) }()
		}
	}()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

// silent keeps a connection without a word until the other side ends it.
func silent(c net.Conn) {
	for {
		if _, err := c.Read(make([]byte, 512)); err != nil {
			return
		}
	}
}

// closed is an address that refuses.
func closed(t *testing.T) netip.AddrPort {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).AddrPort()
}

const (
	short = 50 * time.Millisecond // for what must time out
	long  = 10 * time.Second
)

func attempt(t *testing.T, c *config.Checker, env *Env) outcome {
	t.Helper()
	if env == nil {
		env = &Env{TLS: new(TLS)}
	}
	k, err := newKind(c, names, env)
	if err != nil {
		t.Fatal(err)
	}
	return k.try(context.Background())
}

func TestTCP(t *testing.T) {
	c := &config.Checker{Kind: "TCP_CHECK", Timeout: long, Connect: serve(t, silent)}
	if o := attempt(t, c, nil); !o.good {
		t.Errorf("%+v", o)
	}
	c.Bind = netip.MustParseAddrPort("127.0.0.9:0")
	var from string
	c.Connect = serve(t, func(n net.Conn) { from = n.RemoteAddr().String(); n.Write([]byte("x\n")); silent(n) })
	k, _ := newKind(&config.Checker{Kind: "SMTP_CHECK", Timeout: long, Connect: c.Connect, Bind: c.Bind}, names, nil)
	if k.try(context.Background()); !strings.HasPrefix(from, "127.0.0.9:") {
		t.Errorf("comes from %s", from)
	}
	c.Connect = closed(t)
	if o := attempt(t, c, nil); o.good || o.off || o.why != "failed" {
		t.Errorf("refused: %+v", o)
	}
	// An address that is not ours says nothing of the server.
	c.Bind = netip.MustParseAddrPort("192.0.2.1:0")
	if o := attempt(t, c, nil); !o.off || o.why != "TCP socket bind failed. Rescheduling." || len(o.note) != 1 || o.note[0] != "Checker bind failed: Cannot assign requested address" {
		t.Errorf("bound to another's address: %+v", o)
	}
	c.Bind, c.BindIf = netip.AddrPort{}, "nonesuch0"
	if o := attempt(t, c, nil); !o.off || len(o.note) != 1 || o.note[0] != "Checker can't bind to device nonesuch0: No such device" {
		t.Errorf("bound to no interface: %+v", o)
	}
}

// An attempt that is under way ends with the check.
func TestEndOfAttempt(t *testing.T) {
	for _, kind := range []string{"HTTP_GET", "SSL_GET", "SMTP_CHECK"} {
		reached := make(chan bool, 1)
		addr := serve(t, func(c net.Conn) { reached <- true; silent(c) })
		conf := &config.Checker{Kind: kind, Timeout: time.Hour, Loop: time.Hour, Connect: addr, HTTP: &config.HTTPCheck{TLS: kind == "SSL_GET", URLs: []config.URL{{Path: "/"}}}}
		c, err := New(conf, names, &Env{TLS: new(TLS)}, make(chan Event))
		if err != nil {
			t.Fatal(err)
		}
		c.Start()
		<-reached
		Stop(c)
		if s := c.State(); s.Ran {
			t.Errorf("%s: %+v", kind, s)
		}
	}
}

func TestSMTP(t *testing.T) {
	say := func(greeting, helo string) func(net.Conn) {
		return func(c net.Conn) {
			c.Write([]byte(greeting))
			if line := readLine(c); line != "HELO me.example" {
				return
			}
			c.Write([]byte(helo))
			if readLine(c) == "QUIT" {
				c.Write([]byte("221 bye\r\n"))
			}
		}
	}
	for _, c := range []struct {
		serve   func(net.Conn)
		timeout time.Duration
		want    string
	}{
		{say("220 hi\r\n", "250 ok\r\n"), long, ""},
		{say("220-hi\r\n220 there\r\n", "250-ok\r\n250\n"), long, ""},
		{say("220 hi\r\n", "250 ok\r\n"), long, ""},
		{say("554 no\r\n", ""), long, "Bad greeting banner from server "},
		{say("hello\r\n", ""), long, "Bad greeting banner from server "},
		{say(strings.Repeat("x", 20000), ""), long, "Bad greeting banner from server "},
		{say("220 hi\r\n", "500 no\r\n"), long, "Bad HELO response from server "},
		{say("220 hi\r\n", ""), short, "Read timeout from server "},
		{func(c net.Conn) { c.Write([]byte("220 hi\r\n")); readLine(c) }, long, "Read failure from server "},
		{silent, short, "Read timeout from server "},
	} {
		addr := serve(t, c.serve)
		o := attempt(t, &config.Checker{Kind: "SMTP_CHECK", Timeout: c.timeout, Connect: addr, Helo: "me.example"}, nil)
		want := c.want
		if want != "" {
			want += "[127.0.0.1]:" + itoa(int(addr.Port()))
		}
		if o.why != want || o.good != (want == "") {
			t.Errorf("%+v, want %q", o, want)
		}
	}
	// Of several hosts the first bad one counts.
	good, bad := serve(t, say("220 hi\r\n", "250 ok\r\n")), closed(t)
	o := attempt(t, &config.Checker{Kind: "SMTP_CHECK", Timeout: long, Helo: "me.example", Hosts: []config.SMTPHost{{Connect: good}, {Connect: bad}}}, nil)
	if o.good || o.why != "Could not connect to server [127.0.0.1]:"+itoa(int(bad.Port())) {
		t.Errorf("%+v", o)
	}
}

func readLine(c net.Conn) string {
	var line []byte
	var b [1]byte
	for {
		if _, err := c.Read(b[:]); err != nil {
			return string(line)
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r")
		}
		line = append(line, b[0])
	}
}

func FuzzSMTPReply(f *testing.F) {
	f.Add([]byte("220-a\r\n220 b\r\n"), 3)
	f.Add([]byte("220\r\n"), 1)
	f.Add([]byte("garbage"), 2)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		var whole, parts smtpReply
		done := whole.feed(b)
		cut = max(0, min(cut, len(b)))
		first := parts.feed(b[:cut])
		if !first {
			first = parts.feed(b[cut:])
		}
		if len(b) <= maxReply && (done != first || done && whole.code != parts.code) {
			t.Errorf("%q at once %v %d, in parts %v %d", b, done, whole.code, first, parts.code)
		}
	})
}
