package socket

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestParseListen(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"80", "0.0.0.0:80"},
		{"*:8080", "0.0.0.0:8080"},
		{"*", "0.0.0.0:80"},
		{"127.0.0.1", "127.0.0.1:80"},
		{"127.0.0.1:8000-8002", "127.0.0.1:8000 127.0.0.1:8001 127.0.0.1:8002"},
		{"8000-8001", "0.0.0.0:8000 0.0.0.0:8001"},
		{"[::]:80", "[::]:80"},
		{"[::1]", "[::1]:80"},
		{"unix:/run/x.sock", "unix:/run/x.sock"},
		{"UNIX:@x", "unix:@x"},
		{"", "error: no host"},
		{":80", "error: no host"},
		{"0", "error: invalid port"},
		{"70000", "error: invalid port"},
		{"80-70000", "error: invalid port"},
		{"90-80", "error: invalid port range"},
		{"127.0.0.1:", "error: invalid port"},
		{"127.0.0.1:x", "error: invalid port"},
		{"127.0.0.1:80/x", "error: invalid host"},
		{"[::1", "error: invalid host"},
		{"[::1]80", "error: invalid host"},
		{"[]:80", "error: no host"},
		{"[x]:80", "error: invalid IPv6 address"},
		{"unix:", "error: no path in the unix domain socket"},
		{"unix:/" + strings.Repeat("x", 107), "error: too long path in the unix domain socket"},
		{"-80", "error: host not found"},
		{"no.such.host.invalid:80", "error: host not found"},
	} {
		addrs, err := ParseListen(c.in, 80)
		var got []string
		for _, a := range addrs {
			got = append(got, a.String())
		}
		text := strings.Join(got, " ")
		if err != nil {
			text = "error: " + err.Error()
		}
		if text != c.want {
			t.Errorf("%q: %s; want %s", c.in, text, c.want)
		}
	}
}

func FuzzParseListen(f *testing.F) {
	for _, s := range []string{"80", "127.0.0.1:80-81", "[::1]:80", "unix:/x", "[", "]:", "-", "*:1-"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsFunc(s, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 127 }) && !strings.HasPrefix(s, "unix:") {
			return // would ask the system's resolver
		}
		addrs, err := ParseListen(s, 80)
		if (err == nil) != (len(addrs) > 0) {
			t.Fatalf("%q: %v, %v", s, addrs, err)
		}
		for _, a := range addrs {
			if a.IsZero() || a.String() == "" || a.PortKey() == "" {
				t.Fatalf("%q: %#v", s, a)
			}
		}
	})
}

func TestParam(t *testing.T) {
	with := func(f func(o *Options)) Options { o := DefaultOptions(); f(&o); return o }
	for _, c := range []struct {
		in   string
		want Options
		text string
	}{
		{"reuseport", with(func(o *Options) { o.ReusePort = true }), ""},
		{"deferred", with(func(o *Options) { o.Deferred = true }), ""},
		{"backlog=1024", with(func(o *Options) { o.Backlog = 1024 }), ""},
		{"rcvbuf=64k", with(func(o *Options) { o.RcvBuf = 65536 }), ""},
		{"sndbuf=1m", with(func(o *Options) { o.SndBuf = 1 << 20 }), ""},
		{"fastopen=10", with(func(o *Options) { o.FastOpen = 10 }), ""},
		{"ipv6only=off", with(func(o *Options) { o.IPv6Only = false }), ""},
		{"so_keepalive=on", with(func(o *Options) { o.KeepAlive = 1 }), ""},
		{"so_keepalive=off", with(func(o *Options) { o.KeepAlive = 2 }), ""},
		{"so_keepalive=30m::10", with(func(o *Options) { o.KeepAlive, o.KeepIdle, o.KeepCnt = 1, 1800, 10 }), ""},
		{"so_keepalive=1m30s:5:", with(func(o *Options) { o.KeepAlive, o.KeepIdle, o.KeepIntvl = 1, 90, 5 }), ""},
		{"backlog=0", Options{}, `invalid backlog "backlog=0"`},
		{"rcvbuf=x", Options{}, `invalid rcvbuf "rcvbuf=x"`},
		{"fastopen=", Options{}, `invalid fastopen "fastopen="`},
		{"ipv6only=only", Options{}, `invalid ipv6only flags "only"`},
		{"so_keepalive=", Options{}, `invalid so_keepalive value: ""`},
		{"so_keepalive=1x", Options{}, `invalid so_keepalive value: "1x"`},
		{"so_keepalive=::", Options{}, `invalid so_keepalive value: "::"`},
	} {
		o := DefaultOptions()
		known, notice, err := o.Param(c.in)
		switch {
		case !known || notice != "":
			t.Errorf("%s: known %v, notice %q", c.in, known, notice)
		case c.text != "":
			if err == nil || err.Error() != c.text {
				t.Errorf("%s: %v, want %s", c.in, err, c.text)
			}
		case err != nil || o != c.want:
			t.Errorf("%s: %+v, %v; want %+v", c.in, o, err, c.want)
		}
	}
	for _, p := range []string{"ssl", "foo", "foo=bar", "default_server", "ipv6only=yes"} {
		if known, _, _ := new(Options).Param(p); known {
			t.Errorf("%s is taken for a socket's parameter", p)
		}
	}
	if _, notice, err := new(Options).Param("setfib=1"); notice == "" || err != nil {
		t.Errorf("setfib: %q, %v", notice, err)
	}
}

func open(t *testing.T, a Addr, o Options) (int, Addr) {
	t.Helper()
	fd, err := Open(a, &o, false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(fd) })
	if a, err = LocalAddr(fd); err != nil {
		t.Fatal(err)
	}
	return fd, a
}

func loopback(port uint16) Addr {
	return IP(netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port))
}

func TestOpenTaken(t *testing.T) {
	_, a := open(t, loopback(0), DefaultOptions())
	o := DefaultOptions()
	_, err := Open(a, &o, false)
	want := "bind() to " + a.String() + " failed (98: Address already in use)"
	if err == nil || err.Error() != want || !InUse(err) {
		t.Errorf("%v; want %s", err, want)
	}
	if fd, err := Open(a, &o, true); fd != -1 || err != nil {
		t.Errorf("when testing: %d, %v", fd, err)
	}
	_, err = Open(IP(netip.MustParseAddrPort("192.0.2.1:80")), &o, false)
	if want := "bind() to 192.0.2.1:80 failed (99: Cannot assign requested address)"; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
}

func TestReusePort(t *testing.T) {
	o := DefaultOptions()
	fd, a := open(t, loopback(0), o)
	o.ReusePort = true
	if _, err := Open(a, &o, false); !InUse(err) {
		t.Errorf("without consent: %v", err)
	}
	if err := SetReusePort(fd); err != nil {
		t.Fatal(err)
	}
	open(t, a, o)
}

func TestUnixPath(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	a := Unix(path)
	open(t, a, DefaultOptions())
	if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o666 {
		t.Errorf("%v, %v", fi, err)
	}
	o := DefaultOptions()
	if _, err := Open(a, &o, false); !InUse(err) {
		t.Errorf("stale file: %v", err)
	}
	if err := Remove(a); err != nil {
		t.Error(err)
	}
	if err := Remove(a); err == nil || err.Error() != "unlink() \""+path+"\" failed (2: No such file or directory)" {
		t.Errorf("second: %v", err)
	}
	fd, err := Open(a, &o, true)
	if err != nil {
		t.Fatal(err)
	}
	unix.Close(fd)
	if _, err := os.Stat(path); err == nil {
		t.Error("a test leaves the file behind")
	}
}

func TestReclaim(t *testing.T) {
	a := Unix(filepath.Join(t.TempDir(), "s"))
	o := DefaultOptions()
	o.Reclaim = true
	dead, err := Open(a, &o, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(a, &o, false); !InUse(err) {
		t.Errorf("while one listens: %v", err)
	}
	unix.Close(dead) // as a kill does: the file stays
	open(t, a, o)
	if _, err := Open(a, &o, false); !InUse(err) {
		t.Errorf("while the next one listens: %v", err)
	}

	file := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(Unix(file), &o, false); !InUse(err) {
		t.Errorf("no socket: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestConfigureAndInherit(t *testing.T) {
	o := DefaultOptions()
	o.Deferred, o.FastOpen, o.ReusePort = true, 5, true
	o.KeepAlive, o.KeepIdle, o.KeepIntvl, o.KeepCnt = 1, 100, 10, 3
	fd, a := open(t, loopback(0), o)
	fail := func(err error) { t.Helper(); t.Error(err) }
	Configure(fd, a, &o, nil, fail)
	for opt, want := range map[int]int{unix.TCP_KEEPIDLE: 100, unix.TCP_KEEPINTVL: 10, unix.TCP_KEEPCNT: 3} {
		if v, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, opt); v != want || err != nil {
			t.Errorf("option %d: %d, %v; want %d", opt, v, err, want)
		}
	}
	fds, err := ParseInherited(FormatInherited([]int{fd}))
	if err != nil || !reflect.DeepEqual(fds, []int{fd}) {
		t.Fatalf("%v, %v", fds, err)
	}
	if err := SetInheritable(fd, true); err != nil {
		t.Fatal(err)
	}
	a2, o2, err := Inherited(fd)
	if err != nil || a2 != a {
		t.Fatalf("%v, %v; want %v", a2, err, a)
	}
	if !o2.ReusePort || !o2.Deferred || o2.FastOpen != 5 || o2.Datagram {
		t.Errorf("read back: %+v", o2)
	}
	if f, _ := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); f&unix.FD_CLOEXEC == 0 {
		t.Error("not close-on-exec")
	}
	o3 := o2
	o3.Deferred, o3.Backlog = false, 10
	Configure(fd, a, &o3, &o2, fail)
	if _, o4, _ := Inherited(fd); o4.Deferred {
		t.Error("deferred is not taken back")
	}
}

func TestParseInherited(t *testing.T) {
	for _, c := range []struct {
		in   string
		fds  []int
		text string
	}{
		{"3;4;", []int{3, 4}, ""},
		{"3:", []int{3}, ""},
		{"", nil, ""},
		{"3;4", []int{3}, `invalid socket number "4" in NGINX environment variable, ignoring`},
		{"3;x;5;", []int{3}, `invalid socket number "x;5;" in NGINX environment variable, ignoring the rest of the variable`},
	} {
		fds, err := ParseInherited(c.in)
		text := ""
		if err != nil {
			text = err.Error()
		}
		if !reflect.DeepEqual(fds, c.fds) || text != c.text {
			t.Errorf("%q: %v, %q", c.in, fds, text)
		}
	}
	if _, _, err := Inherited(1 << 20); err == nil || err.Error() != "getsockname() of the inherited socket #1048576 failed (9: Bad file descriptor)" {
		t.Errorf("%v", err)
	}
}

func TestConnected(t *testing.T) {
	ln, a := open(t, loopback(0), DefaultOptions())
	c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(c)
	if err := unix.Connect(c, a.sockaddr()); err != nil {
		t.Fatal(err)
	}
	s, _, err := unix.Accept(ln)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := GetTCPInfo(c); err != nil {
		t.Error(err)
	}
	for name, f := range map[string]func(int, bool) error{"nodelay": SetNoDelay, "nopush": SetNoPush, "keepalive": SetKeepAlive} {
		for _, on := range []bool{true, false} {
			if err := f(c, on); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if _, err := OriginalDst(c, false); err == nil {
		t.Error("an original destination without a redirection")
	}
	if err := SetBuffers(c, 65536, 65536); err != nil {
		t.Error(err)
	}
	if err := PendingError(c); err != nil {
		t.Error(err)
	}
	if err := SetReset(s); err != nil {
		t.Fatal(err)
	}
	unix.Close(s)
	if err := PendingError(c); err != unix.ECONNRESET {
		t.Errorf("after a reset: %v", err)
	}
}

func TestPortKey(t *testing.T) {
	a, b := loopback(80), IP(netip.MustParseAddrPort("0.0.0.0:80"))
	if a.PortKey() != b.PortKey() || a.Wildcard() || !b.Wildcard() {
		t.Error("loopback and wildcard don't share the port")
	}
	if c := IP(netip.MustParseAddrPort("[::]:80")); c.PortKey() == b.PortKey() || !c.Wildcard() {
		t.Error("families are mixed up")
	}
}
