package sched

import (
	"net/netip"
	"testing"
)

func pickFrom(s Scheduler, list []*Server, from string) string {
	return name(list, s.Pick(Client{From: netip.MustParseAddrPort(from), To: netip.MustParseAddr("198.51.100.1"), Now: start}))
}

// The first vectors of hsiphash in the kernel's own test, with the key 0 to 15.
func TestSipHash(t *testing.T) {
	want := []uint32{0x050fc4dc, 0x7d57ca93, 0x4dc7d44d, 0xe7ddf7fb}
	for n, w := range want {
		var in []byte
		for i := range n {
			in = append(in, byte(i))
		}
		if got := uint32(sipHash13(in, 0x0706050403020100, 0x0f0e0d0c0b0a0908)); got != w {
			t.Errorf("%d bytes: %08x, want %08x", n, got, w)
		}
	}
}

func TestDeal(t *testing.T) {
	table := Deal([]int{3, 0, 1}, true)
	want := []int{0, 0, 0, 1, 2, 0, 0, 0, 1, 2}
	for i, w := range want {
		if table[i] != w {
			t.Fatalf("sh: %v, want %v", table[:len(want)], want)
		}
	}
	table = Deal([]int{3, 0, 1}, false)
	for i := range table {
		if table[i] != i%3 {
			t.Fatalf("dh: %v", table[:9])
		}
	}
}

// 192.0.2.1 is 0xC0000201; times 0x61C88647 its upper eight bits are 0x4B.
func TestSourceHash(t *testing.T) {
	if got := hash32(Fold(netip.MustParseAddr("192.0.2.1"))); got != uint32(0xC0000201*0x61C88647%(1<<32)>>24) {
		t.Error(got)
	}
	list := servers(1, 1, 1)
	sh := make1(t, "sh")
	sh.Update(list)
	seen := map[string]int{}
	for i := range 256 {
		from := netip.AddrFrom4([4]byte{10, 1, 0, byte(i)})
		a := pickFrom(sh, list, netip.AddrPortFrom(from, 1000).String())
		if b := pickFrom(sh, list, netip.AddrPortFrom(from, 2000).String()); a != b {
			t.Fatalf("%v: port 1000 to %s, port 2000 to %s", from, a, b)
		}
		seen[a]++
	}
	for _, n := range []string{"A", "B", "C"} {
		if seen[n] < 60 || seen[n] > 110 {
			t.Error(seen)
		}
	}
	// With sh-port the port matters, and v6 is hashed too.
	port := make1(t, "sh", "sh-port")
	port.Update(list)
	seen = map[string]int{}
	for p := range uint16(100) {
		seen[pickFrom(port, list, netip.AddrPortFrom(netip.MustParseAddr("2001:db8::1"), p+1).String())]++
	}
	if len(seen) != 3 {
		t.Error("sh-port:", seen)
	}
}

func TestFallback(t *testing.T) {
	for _, algo := range []string{"sh", "mh"} {
		list := servers(1, 1, 1)
		plain, fall := make1(t, algo), make1(t, algo, algo+"-fallback")
		plain.Update(list)
		fall.Update(list)
		was := map[string]string{}
		for i := range 200 {
			from := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 2, 0, byte(i)}), 1).String()
			was[from] = pickFrom(plain, list, from)
		}
		for range 3 { // overloaded, but with its place in the table
			list[1].Set(1, 3, 0)
			list[1].Open()
		}
		for from, w := range was {
			switch p, f := pickFrom(plain, list, from), pickFrom(fall, list, from); {
			case w == "B" && (p != "-" || f == "B" || f == "-"):
				t.Errorf("%s %s: without fallback %s, with %s", algo, from, p, f)
			case w != "B" && (p != w || f != w):
				t.Errorf("%s %s: %s became %s and %s", algo, from, w, p, f)
			}
		}
	}
}

func TestDestinationHash(t *testing.T) {
	list := servers(1, 1, 1)
	dh := make1(t, "dh")
	dh.Update(list)
	one := pickFrom(dh, list, "192.0.2.1:1")
	if other := pickFrom(dh, list, "203.0.113.9:7"); other != one {
		t.Error("another client got", other)
	}
	all := map[string]bool{}
	for i := range 20 {
		to := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
		all[name(list, dh.Pick(Client{To: to}))] = true
	}
	if len(all) != 3 {
		t.Error(all)
	}
}

func TestMaglev(t *testing.T) {
	addrs := func(n int) (a []netip.AddrPort) {
		for i := range n {
			a = append(a, netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)}), 80))
		}
		return
	}
	share := func(table []int) map[int]int {
		m := map[int]int{}
		for _, i := range table {
			m[i]++
		}
		return m
	}
	even := Maglev(addrs(4), []int{1, 1, 1, 1})
	for i, n := range share(even) {
		if n < 1023 || n > 1024 {
			t.Errorf("%d has %d entries", i, n)
		}
	}
	for i, n := range share(Maglev(addrs(3), []int{2, 1, 0})) {
		if want := []int{2729, 1364, 0}[i]; n < want-2 || n > want+2 {
			t.Errorf("weights 2 1 0: %d has %d entries", i, n)
		}
	}
	// One of four goes: of the others' entries few move.
	less := Maglev(addrs(4), []int{1, 1, 0, 1})
	moved := 0
	for i := range even {
		if even[i] != 2 && even[i] != less[i] {
			moved++
		}
	}
	if moved > TableSize/10 {
		t.Error(moved, "entries moved of", TableSize)
	}
	// Large weights are shifted to 32 turns at the most: 1000, 500 are 1, gcd 500.
	for i, n := range share(Maglev(addrs(2), []int{1001, 1000})) {
		if n < TableSize/2-40 || n > TableSize/2+40 {
			t.Errorf("large weights: %d has %d", i, n)
		}
	}
	if Maglev(addrs(2), []int{0, 0}) != nil {
		t.Error("a table of nobody")
	}
}

func TestMaglevPort(t *testing.T) {
	list := servers(1, 1, 1)
	mh, port := make1(t, "mh"), make1(t, "mh", "mh-port")
	mh.Update(list)
	port.Update(list)
	one, many := map[string]bool{}, map[string]bool{}
	for p := range uint16(100) {
		from := netip.AddrPortFrom(netip.MustParseAddr("192.0.2.1"), p+1).String()
		one[pickFrom(mh, list, from)] = true
		many[pickFrom(port, list, from)] = true
	}
	if len(one) != 1 || len(many) != 3 {
		t.Error(one, many)
	}
}
