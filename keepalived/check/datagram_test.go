package check

import (
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"moongate/edge/wire/dns"
	"moongate/keepalived/config"
)

// datagrams answers each datagram with what f makes of it; nil: nothing.
func datagrams(t *testing.T, f func([]byte) [][]byte) netip.AddrPort {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	go func() {
		var b [2048]byte
		for {
			n, from, err := c.ReadFrom(b[:])
			if err != nil {
				return
			}
			for _, p := range f(b[:n]) {
				c.WriteTo(p, from)
			}
		}
	}()
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

func unbound(t *testing.T) netip.AddrPort {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestDNS(t *testing.T) {
	reply := func(q []byte, code byte) []byte {
		r := append([]byte(nil), q...)
		r[2], r[3] = r[2]|0x80, 0x80|code
		return r
	}
	for _, c := range []struct {
		name   string
		typ    string
		answer func(q []byte) [][]byte
		why    string
	}{
		{"www.example.com", "A", func(q []byte) [][]byte {
			if r, err := dns.Parse(q); err != nil || r.Name != "www.example.com" || r.Type != 1 || r.Flags != 0x100 {
				return nil
			}
			return [][]byte{reply(q, 0)}
		}, ""},
		{".", "SOA", func(q []byte) [][]byte {
			if r, err := dns.Parse(q); err != nil || r.Name != "" || r.Type != 6 || len(q) != 17 {
				return nil
			}
			return [][]byte{reply(q, 0)}
		}, ""},
		{"a.b.", "MX", func(q []byte) [][]byte { return [][]byte{reply(q, 3)} }, "read error occurred. (rcode = 3)"},
		{"a.b", "A", func(q []byte) [][]byte { return nil }, "read timeout from socket"},
		{"a.b", "A", func(q []byte) [][]byte {
			other := reply(q, 3)
			other[0]++
			return [][]byte{other, q, q[:6], reply(q, 0)} // only the last counts
		}, ""},
	} {
		conf := &config.Checker{Kind: "DNS_CHECK", Timeout: long, Connect: datagrams(t, c.answer), DNS: &config.DNSCheck{Type: c.typ, Name: c.name}}
		if c.why == "read timeout from socket" {
			conf.Timeout = short
		}
		if o := attempt(t, conf, nil); o.why != c.why || o.good != (c.why == "") {
			t.Errorf("%s: %+v, want %q", c.name, o, c.why)
		}
	}
	conf := &config.Checker{Kind: "DNS_CHECK", Timeout: long, Connect: unbound(t), DNS: &config.DNSCheck{Type: "A", Name: "a"}}
	if o := attempt(t, conf, nil); o.why != "failed to read socket; errno 111 (Connection refused)" {
		t.Errorf("%+v", o)
	}
}

func FuzzDNSAnswer(f *testing.F) {
	f.Add([]byte("\x00\x01\x81\x83\x00\x01\x00\x00\x00\x00\x00\x00"), uint16(1))
	f.Fuzz(func(t *testing.T, b []byte, id uint16) {
		if code, ok := dnsAnswer(b, id); ok && (len(b) < 12 || code < 0 || code > 15 || b[2] < 0x80) {
			t.Errorf("%x: %d", b, code)
		}
	})
}

func TestUDP(t *testing.T) {
	say := func(s string) func([]byte) [][]byte {
		return func(q []byte) [][]byte {
			if string(q) != "ABC\n" {
				return nil
			}
			return [][]byte{[]byte(s)}
		}
	}
	want := config.UDPCheck{Payload: []byte("ABC\n"), NeedReply: true, Reply: []byte("x?"), Mask: []byte{0xff, 0}, MinLen: 2, MaxLen: 4}
	bare := config.UDPCheck{}
	brief := want
	brief.MinLen = 1
	exact := config.UDPCheck{Payload: []byte("ABC\n"), NeedReply: true, Reply: []byte("xyz")}
	for _, c := range []struct {
		answer string
		check  config.UDPCheck
		why    string
	}{
		{"xy", want, ""}, {"xyzz", want, ""}, {"zy", want, mismatch}, {"x", want, mismatch}, {"xyzzz", want, mismatch},
		{"x", brief, ""}, {"z", brief, mismatch}, {"xyz", exact, ""}, {"xyzz", exact, ""}, {"xy", exact, mismatch}, {"xyy", exact, mismatch},
	} {
		o := attempt(t, &config.Checker{Kind: "UDP_CHECK", Timeout: long, Connect: datagrams(t, say(c.answer)), UDP: &c.check}, nil)
		if o.why != c.why || o.good != (c.why == "") {
			t.Errorf("%q: %+v, want %q", c.answer, o, c.why)
		}
	}
	nothing := datagrams(t, func([]byte) [][]byte { return nil })
	if o := attempt(t, &config.Checker{Kind: "UDP_CHECK", Timeout: short, Connect: nothing, UDP: &want}, nil); o.good || o.why != "failed" {
		t.Errorf("no answer: %+v", o)
	}
	if o := attempt(t, &config.Checker{Kind: "UDP_CHECK", Timeout: short, Connect: nothing, UDP: &bare}, nil); !o.good {
		t.Errorf("no answer wanted: %+v", o)
	}
	if o := attempt(t, &config.Checker{Kind: "UDP_CHECK", Timeout: long, Connect: unbound(t), UDP: &bare}, nil); o.good {
		t.Errorf("refused: %+v", o)
	}
}

func TestPing(t *testing.T) {
	for _, to := range []string{"127.0.0.1:0", "[::1]:0"} {
		conf := &config.Checker{Kind: "PING_CHECK", Timeout: long, Connect: netip.MustParseAddrPort(to)}
		o := attempt(t, conf, nil)
		if o.off {
			t.Skipf("no right to ping: %s", o.why)
		}
		if !o.good && to == "[::1]:0" {
			if _, err := net.Listen("tcp", "[::1]:0"); err != nil {
				t.Skip("there is no IPv6 here")
			}
		}
		if !o.good {
			t.Errorf("%s: %+v", to, o)
		}
	}
}

func TestMisc(t *testing.T) {
	shell := func(text string) config.Command {
		return config.Command{Args: []string{"/bin/sh", "-c", text}, UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	}
	there := filepath.Join(t.TempDir(), "there")
	os.WriteFile(there, nil, 0o644)
	for _, c := range []struct {
		command config.Command
		limit   bool
		good    bool
		why     string
	}{
		{shell("exit 0"), false, true, ""},
		{shell("exit 3"), false, false, "failed (exited with status 3)"},
		{shell("kill -SEGV $$; sleep 60"), false, false, "failed (due to signal 11)"},
		{shell("sleep 60"), true, false, "timed out"},
		{config.Command{Args: []string{"/nonesuch"}}, false, false, "failed (exited with status 126)"},
		{config.Command{Args: []string{there}, Open: true}, false, true, ""},
		{config.Command{Args: []string{there + "x"}, Open: true}, false, false, "failed (exited with status 1)"},
	} {
		conf := &config.Checker{Kind: "MISC_CHECK", Loop: long, Misc: &config.MiscCheck{Command: c.command}}
		if c.limit {
			conf.Misc.Timeout = short
		}
		if o := attempt(t, conf, nil); o.good != c.good || o.why+o.how != c.why {
			t.Errorf("%v: %+v, want %q", c.command.Args, o, c.why)
		}
	}
}

func TestFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	path := filepath.Join(dir, "f")
	files, err := NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	env := &Env{Config: &config.Config{Files: []*config.File{{Name: "tf", Path: path}}}, Files: files}
	events := make(chan Event)
	weighing, err := New(&config.Checker{Kind: "FILE_CHECK", File: &config.Tracked{Name: "tf", Weight: 2}}, names, env, events)
	if err != nil {
		t.Fatal(err)
	}
	faulty, err := New(&config.Checker{Kind: "FILE_CHECK", File: &config.Tracked{Name: "tf"}}, names, env, events)
	if err != nil {
		t.Fatal(err)
	}
	if s := weighing.State(); !s.Up || !s.Ran {
		t.Errorf("a new check: %+v", s)
	}
	put := func(text string) {
		os.Mkdir(dir, 0o755)
		if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		os.Rename(path+".new", path)
	}
	weighing.Start()
	faulty.Start()
	for _, c := range []struct {
		text   string
		weight int // 1: no change
		change string
	}{
		{"1\n", 2, "([10.0.0.2]:tcp:80): tracked file tf now FAULT state"},
		{" -3", -6, ""},
		{"0", 0, "([10.0.0.2]:tcp:80): tracked file tf leaving FAULT state"},
		{"", 0, ""}, // the folder goes, and comes again
		{"4", 8, "([10.0.0.2]:tcp:80): tracked file tf now FAULT state"},
	} {
		if c.text == "" {
			os.RemoveAll(dir)
			continue
		}
		put(c.text)
		left := 1
		if c.change != "" {
			left++
		}
		for ; left > 0; left-- {
			switch e := <-events; e.Check {
			case weighing:
				if !e.Weighed || e.Weight != c.weight {
					t.Errorf("%q: %+v", c.text, e)
				}
			case faulty:
				if !e.Settled || len(e.Lines) != 1 || e.Lines[0] != c.change {
					t.Errorf("%q: %+v", c.text, e)
				}
			}
		}
	}
	Stop(weighing, faulty)
}
