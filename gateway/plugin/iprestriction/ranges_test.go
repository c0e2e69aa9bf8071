package iprestriction

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// The ranges say what each network says by itself.
func TestRangesLikePrefixes(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var list []string
		var prefixes []netip.Prefix
		for range rnd.IntN(12) {
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(rnd.IntN(2)), byte(rnd.IntN(256))}), 22+rnd.IntN(11))
			if rnd.IntN(4) == 0 {
				p = netip.PrefixFrom(netip.AddrFrom16([16]byte{15: byte(rnd.IntN(256))}), 120+rnd.IntN(9))
			}
			prefixes = append(prefixes, p.Masked())
			list = append(list, p.String())
		}
		r, err := newRanges(list)
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			a := netip.AddrFrom4([4]byte{10, 0, byte(rnd.IntN(5)), byte(rnd.IntN(256))})
			if rnd.IntN(4) == 0 {
				a = netip.AddrFrom16([16]byte{15: byte(rnd.IntN(256))})
			}
			want := false
			for _, p := range prefixes {
				want = want || p.Contains(a)
			}
			if r.have(a) != want {
				t.Fatalf("%v in %v: %v", a, list, !want)
			}
		}
	}
}

func TestRanges(t *testing.T) {
	for _, c := range []struct{ list, want string }{
		{"10.0.0.0/9 10.128.0.0/9", "10.0.0.0-10.255.255.255"},
		{"10.0.0.2 10.0.0.1 10.0.0.4", "10.0.0.1-10.0.0.2 10.0.0.4-10.0.0.4"},
		{"0.0.0.0/0 255.255.255.255 ::/0", "0.0.0.0-255.255.255.255 ::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
		{"::ffff:10.0.0.0/104 10.5.0.0/16", "10.0.0.0-10.255.255.255"},
		{"::ffff:10.0.0.1", "10.0.0.1-10.0.0.1"},
	} {
		r, err := newRanges(strings.Fields(c.list))
		var got []string
		for _, s := range r {
			got = append(got, fmt.Sprint(s.first, "-", s.last))
		}
		if got := strings.Join(got, " "); err != nil || got != c.want {
			t.Errorf("%s: %s %v", c.list, got, err)
		}
	}
}
