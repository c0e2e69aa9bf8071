package access

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

func build(t *testing.T, lines ...[2]string) *rules {
	t.Helper()
	cf := new(conf)
	for _, l := range lines {
		if err := readRule(&directive.Call{Name: l[0], Args: l[1:]}, cf); err != nil {
			t.Fatal(err)
		}
	}
	cf.rules.build()
	return cf.rules
}

func addr(s string) netip.Addr {
	a, _ := netip.ParseAddr(s)
	return a
}

func TestFind(t *testing.T) {
	rs := build(t, [2]string{"deny", "192.168.1.1"}, [2]string{"allow", "192.168.1.0/24"},
		[2]string{"allow", "2001:db8::/32"}, [2]string{"deny", "all"})
	for in, want := range map[string]verdict{
		"192.168.1.1": deny, "192.168.1.2": allow, "::ffff:192.168.1.2": allow, "10.0.0.1": deny,
		"2001:db8::1": allow, "2001:db9::1": deny, "": deny,
	} {
		if got := rs.find(addr(in)); got != want {
			t.Errorf("%q: %d, not %d", in, got, want)
		}
	}
	rs = build(t, [2]string{"allow", "unix:"}, [2]string{"deny", "unix:"}, [2]string{"deny", "10.0.0.0/8"})
	if rs.find(netip.Addr{}) != allow || rs.find(addr("::1")) != none || rs.find(addr("1.1.1.1")) != none || rs.find(addr("10.1.1.1")) != deny {
		t.Error("families are not apart")
	}
}

func TestFaults(t *testing.T) {
	for _, text := range []string{"", "x", "1.2.3", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/", "::1/129", "fe80::1%eth0", "allx"} {
		if err := readRule(&directive.Call{Name: "allow", Args: []string{text}}, new(conf)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestInherit(t *testing.T) {
	parent, child := &conf{rules: new(rules)}, new(conf)
	merge(nil, parent, child)
	if child.rules != parent.rules {
		t.Error("rules are not inherited")
	}
	own := &conf{rules: new(rules)}
	merge(nil, parent, own)
	if own.rules == parent.rules {
		t.Error("own rules are lost")
	}
}

// The index answers as the walk does.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var walk, indexed list
		for range indexFrom + r.IntN(30) {
			a := netip.AddrFrom4([4]byte{10, byte(r.IntN(3)), byte(r.IntN(3)), byte(r.IntN(4))})
			p := netip.PrefixFrom(a, r.IntN(33)).Masked()
			walk.rules = append(walk.rules, rule{p, verdict(1 + r.IntN(2))})
		}
		indexed.rules = walk.rules
		indexed.build()
		for range 200 {
			a := netip.AddrFrom4([4]byte{10, byte(r.IntN(4)), byte(r.IntN(4)), byte(r.IntN(5))})
			if walk.find(a) != indexed.find(a) {
				t.Fatalf("%s of %v", a, walk.rules)
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	var lines [][2]string
	for i := range 40 {
		lines = append(lines, [2]string{"deny", fmt.Sprintf("10.0.%d.0/24", i)})
	}
	rs := build(t, append(lines, [2]string{"allow", "all"})...)
	a := addr("192.0.2.7")
	if n := testing.AllocsPerRun(100, func() { rs.find(a) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestModule(t *testing.T) {
	httpd.New(Module).Part() // rows are unique and complete
}
