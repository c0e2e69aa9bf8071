package geo

import (
	"net/netip"
	"testing"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

func reading() *reader {
	return &reader{c: &directive.Call{}, g: &geo{}, nets: networks{}}
}

func lines(t *testing.T, rd *reader, text string) error {
	t.Helper()
	for _, n := range syntax.Parse("f", []byte(text)) {
		if err := rd.line(n); err != nil {
			return err
		}
	}
	return nil
}

func TestNetworks(t *testing.T) {
	rd := reading()
	if err := lines(t, rd, `default d; 10.0.0.0/8 a; 10.1.0.0/16 b; 10.1.2.3 c; 192.168.0.0/16 e; 255.255.255.255 f;
		2001:db8::/32 g; 2001:db8::1 h; 10.9.0.0/16 gone; delete 10.9.0.0/16;`); err != nil {
		t.Fatal(err)
	}
	v4, v6 := rd.nets.flatten()
	for a, want := range map[string]string{
		"1.1.1.1": "d", "10.0.0.0": "a", "10.1.0.0": "b", "10.1.2.2": "b", "10.1.2.3": "c", "10.1.2.4": "b", "10.2.0.0": "a",
		"10.9.1.1": "a", "10.255.255.255": "a", "11.0.0.0": "d", "192.168.255.255": "e", "192.169.0.0": "d",
		"255.255.255.255": "f", "255.255.255.254": "d", "::": "d", "2001:db8::": "g", "2001:db8::1": "h", "2001:db8::2": "g", "2001:db9::": "d",
	} {
		addr := netip.MustParseAddr(a)
		got := lookup(v4, addr)
		if addr.Is6() {
			got = lookup(v6, addr)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", a, got, want)
		}
	}
}

func TestNoDefault(t *testing.T) {
	rd := reading()
	lines(t, rd, "10.0.0.0/8 a;")
	v4, v6 := rd.nets.flatten()
	for a, want := range map[string]string{"9.9.9.9": "", "10.1.1.1": "a", "11.0.0.0": ""} {
		if got := lookup(v4, netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %q", a, got)
		}
	}
	if got := lookup(v6, netip.MustParseAddr("::1")); got != "" {
		t.Error(got)
	}
}

func TestRanges(t *testing.T) {
	rd := reading()
	if err := lines(t, rd, `ranges; default d; 10.0.0.0-10.2.255.255 a; 10.1.0.5-10.1.0.9 b; 10.1.0.5-10.1.0.6 c;
		127.0.0.1-127.0.0.1 e; 10.7.0.0-10.7.0.9 x; delete 10.7.0.0-10.7.0.9;`); err != nil {
		t.Fatal(err)
	}
	for a, want := range map[string]string{
		"10.0.0.0": "a", "10.1.0.4": "a", "10.1.0.5": "c", "10.1.0.6": "c", "10.1.0.7": "b", "10.1.0.9": "b", "10.1.0.10": "a",
		"10.2.255.255": "a", "10.3.0.0": "d", "127.0.0.1": "e", "127.0.0.2": "d", "10.7.0.1": "d", "::1": "d",
	} {
		if got := rd.g.inRanges(netip.MustParseAddr(a)); got != want {
			t.Errorf("%s: %q, want %q", a, got, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a b c;":                       "invalid number of the geo parameters",
		"300.1.1.1 a;":                 `invalid network "300.1.1.1"`,
		"10.0.0.0/33 a;":               `invalid network "10.0.0.0/33"`,
		"10.0.0.0/8 a; ranges;":        `the "ranges" directive must be the first directive inside "geo" block`,
		"ranges; 10.0.0.9-10.0.0.1 a;": `invalid range "10.0.0.9-10.0.0.1"`,
		"ranges; 10.0.0.0 a;":          `invalid range "10.0.0.0"`,
		"ranges; 10.0.0.2-10.0.0.5 a; 10.0.0.4-10.0.0.9 b;": `range "10.0.0.4-10.0.0.9" overlaps "10.0.0.2-10.0.0.5"`,
	} {
		if err := lines(t, reading(), text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestForwarded(t *testing.T) {
	g := &geo{proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}, recursive: true}
	for _, c := range []struct {
		value, want string
		more        bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1, 10.0.0.1", "192.0.2.1", true},
		{"192.0.2.1, 198.51.100.1", "198.51.100.1", false},
		{"192.0.2.1:8080", "192.0.2.1", true},
		{"[2001:db8::1]:80", "2001:db8::1", true},
		{"nonsense", "127.0.0.1", false},
	} {
		a, more := g.walk(netip.MustParseAddr("127.0.0.1"), c.value)
		if a.String() != c.want || more != c.more {
			t.Errorf("%q: %s %v", c.value, a, more)
		}
	}
}

// What a client sends in X-Forwarded-For must never do more than give an address.
func FuzzForwarded(f *testing.F) {
	for _, s := range []string{"", " ", ",", "192.0.2.1, 10.0.0.1", "[::1]:80,", "10.0.0.1 ,, 10.0.0.2:99999"} {
		f.Add(s)
	}
	g := &geo{proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("10.0.0.0/8")}, recursive: true}
	f.Fuzz(func(t *testing.T, s string) {
		if a, _ := g.walk(netip.MustParseAddr("127.0.0.1"), s); !a.IsValid() {
			t.Errorf("%q: no address", s)
		}
	})
}
