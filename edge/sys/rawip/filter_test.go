package rawip

import (
	"net/netip"
	"testing"

	"moongate/edge/wire/vrrp"

	"golang.org/x/net/bpf"
)

// The program is run by another implementation of the machine, over all values.
func TestKeep(t *testing.T) {
	for _, set := range [][]uint8{{0}, {51}, {1, 255}, {31, 32, 33, 63, 64}, {0, 1, 2, 3, 128, 129, 200}} {
		for _, v6 := range []bool{false, true} {
			vm, err := bpf.NewVM(decode(t, v6, set))
			if err != nil {
				t.Fatal(err)
			}
			want := map[uint8]bool{}
			for _, v := range set {
				want[v] = true
			}
			for v := range 256 {
				p := packet4(uint8(v), group4)
				if v6 {
					p = packet6(uint8(v), group6)
				}
				n, err := vm.Run(p)
				if err != nil || (n > 0) != want[uint8(v)] {
					t.Errorf("set %v, value %d: %d %v", set, v, n, err)
				}
			}
			if n, _ := vm.Run(packet4(51, group4)[:0]); n != 0 {
				t.Error("an empty packet is kept")
			}
		}
	}
}

func decode(t *testing.T, v6 bool, set []uint8) []bpf.Instruction {
	t.Helper()
	var raw []bpf.RawInstruction
	for _, i := range keep(v6, 1, set) {
		raw = append(raw, bpf.RawInstruction{Op: i.Code, Jt: i.Jt, Jf: i.Jf, K: i.K})
	}
	out, ok := bpf.Disassemble(raw)
	if !ok {
		t.Fatal("not a program")
	}
	return out
}

func TestFilterInTheKernel(t *testing.T) {
	a, b := wire(t)
	batch := NewBatch(1, 128)
	r := listen(t, b, Config{Protocol: vrrp.Protocol, Local: addrB, Buffer: 1 << 20})
	r6 := listen(t, b, Config{IPv6: true, Protocol: vrrp.Protocol, Local: addrB6, Buffer: 1 << 20})
	s, s6 := open(t, a, Path{}), open(t, a, Path{IPv6: true, Protocol: vrrp.Protocol})
	send := func(vrid int) {
		t.Helper()
		if err := s.Send(packet4(uint8(vrid), addrB), netip.Addr{}, addrB); err != nil {
			t.Fatal(err)
		}
		if err := s6.Send(packet6(uint8(vrid), addrB6), addrA6, addrB6); err != nil {
			t.Fatal(err)
		}
	}
	check := func(want ...uint8) {
		t.Helper()
		for _, r := range []*Receiver{r, r6} {
			for _, vrid := range want {
				data := one(t, r, batch).Data
				if !r.v6 {
					data = data[20:]
				}
				if data[1] != vrid {
					t.Errorf("IPv6 %v: %d, not %d", r.v6, data[1], vrid)
				}
			}
		}
	}
	for _, r := range []*Receiver{r, r6} {
		if err := r.KeepBytes(1, 7, 51, 200); err != nil {
			t.Fatal(err)
		}
	}
	for vrid := range 256 {
		send(vrid)
	}
	check(7, 51, 200)
	for _, r := range []*Receiver{r, r6} {
		if err := r.KeepBytes(1); err != nil {
			t.Fatal(err)
		}
	}
	send(9)
	check(9)
}
