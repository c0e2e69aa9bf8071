package realip

import (
	"net/netip"
	"testing"

	"moongate/engine/httpd"
)

func nets(list ...string) *trusted {
	t := new(trusted)
	for _, text := range list {
		t.nets = append(t.nets, netip.MustParsePrefix(text))
	}
	return t
}

func TestWalk(t *testing.T) {
	one := nets("127.0.0.1/32")
	two := nets("127.0.0.0/8", "10.1.0.0/16")
	for _, c := range []struct {
		from      *trusted
		recursive bool
		lines     []string
		want      string // "" when it stays
	}{
		{one, false, []string{"192.0.2.1"}, "192.0.2.1"},
		{one, false, []string{"192.0.2.1, 192.0.2.2"}, "192.0.2.2"},
		{one, false, []string{"192.0.2.1, 192.0.2.2 , "}, "192.0.2.2"},
		{one, false, []string{"junk"}, ""},
		{one, false, []string{""}, ""},
		{one, false, []string{"192.0.2.1:8080"}, "192.0.2.1"},
		{one, false, []string{"[2001:db8::1]:8080"}, "2001:db8::1"},
		{one, false, []string{"2001:db8::1"}, "2001:db8::1"},
		{one, true, []string{"192.0.2.1, 192.0.2.2"}, "192.0.2.2"},
		{two, true, []string{"192.0.2.1, 10.1.0.1"}, "192.0.2.1"},
		{two, true, []string{"10.1.0.2, 10.1.0.1"}, "10.1.0.2"},
		{two, true, []string{"junk, 10.1.0.1"}, "10.1.0.1"},
		{two, true, []string{"192.0.2.7", "192.0.2.1, 10.1.0.1"}, "192.0.2.1"},
		{two, true, []string{"192.0.2.7", "10.1.0.1"}, "192.0.2.7"},
		{two, false, []string{"192.0.2.7", "10.1.0.1"}, "10.1.0.1"},
		{nets("10.0.0.0/8"), true, []string{"192.0.2.1"}, ""},
	} {
		var list []httpd.Header
		for _, l := range c.lines {
			list = append(list, httpd.Header{Name: "X-Forwarded-For", Value: l})
		}
		w := walk{from: c.from, recursive: c.recursive, addr: netip.MustParseAddrPort("127.0.0.1:1")}
		got := ""
		if w.headers(list, "x-forwarded-for") {
			got = w.addr.Addr().String()
		}
		if got != c.want {
			t.Errorf("%q recursive %v: %q, not %q", c.lines, c.recursive, got, c.want)
		}
	}
}

func TestTrusted(t *testing.T) {
	from := nets("10.0.0.0/8")
	if !from.has(netip.MustParseAddr("::ffff:10.1.1.1")) || from.has(netip.Addr{}) {
		t.Error("mapped addresses or sockets")
	}
	from.unix = true
	if !from.has(netip.Addr{}) {
		t.Error("sockets")
	}
}

func FuzzWalk(f *testing.F) {
	f.Add("1.2.3.4, ::1 , [::1]:2")
	f.Fuzz(func(t *testing.T, v string) {
		w := walk{from: nets("0.0.0.0/0", "::/0"), recursive: true, addr: netip.MustParseAddrPort("127.0.0.1:1")}
		w.value(v)
	})
}
