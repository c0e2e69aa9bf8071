package arp

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"testing"
)

// captured is a frame of keepalived 2.2.7 for the virtual address 10.77.0.100.
var captured = unhex("ffffffffffff020000000001080600010800060400010200000000010a4d0064ffffffffffff0a4d0064")

func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic(err)
	}
	return b
}

func TestAsKeepalived(t *testing.T) {
	p := Gratuitous(MAC{2, 0, 0, 0, 0, 1}, netip.MustParseAddr("10.77.0.100"))
	if got := p.Append(nil); !bytes.Equal(got, captured) || len(got) != Size {
		t.Errorf("%x", got)
	}
	var q Packet
	if err := q.Parse(append(captured[:Size:Size], make([]byte, 18)...)); err != nil || q != p || !q.Announces() {
		t.Errorf("%+v %v", q, err)
	}
}

func TestReply(t *testing.T) {
	p := Packet{Dst: MAC{2}, Src: MAC{4}, Op: Reply, SenderMAC: MAC{4}, TargetMAC: MAC{2},
		SenderIP: netip.MustParseAddr("10.0.0.4"), TargetIP: netip.MustParseAddr("10.0.0.2")}
	var q Packet
	if err := q.Parse(p.Append(nil)); err != nil || q != p || q.Announces() {
		t.Errorf("%+v %v", q, err)
	}
}

func TestFaults(t *testing.T) {
	var p Packet
	if err := p.Parse(captured[:Size-1]); err != ErrShort {
		t.Error(err)
	}
	for _, at := range []int{12, 13, 15, 16, 18, 19} {
		f := bytes.Clone(captured)
		f[at]++
		if err := p.Parse(f); err != ErrKind {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	p, room := Gratuitous(MAC{2}, netip.MustParseAddr("10.0.0.1")), make([]byte, 0, Size)
	if n := testing.AllocsPerRun(10, func() { room = p.Append(room[:0]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(captured)
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Packet
		if p.Parse(b) == nil && !bytes.Equal(p.Append(nil), b[:Size]) {
			t.Errorf("%x became %x", b, p.Append(nil))
		}
	})
}
