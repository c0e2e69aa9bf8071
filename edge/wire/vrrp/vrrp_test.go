package vrrp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

var (
	sender = netip.MustParseAddr("10.77.0.1")
	group  = netip.MustParseAddr("224.0.0.18")
	secret = [8]byte{'s', '3', 'c', 'r', 'e', 't', '1', '2'}
)

// Packets of keepalived 2.2.7 as they were on the wire, from the IP header on: router 51, priority 150, 10.77.0.100.
var captured = []struct {
	packet string
	want   Advert
	sum    Sum
}{
	{"45c0002800010000ff70d0440a4d0001e0000012" + "213396010101cfcc0a4d00647333637265743132",
		Advert{Version: 2, VRID: 51, Priority: 150, Interval: time.Second, Auth: Password, Data: secret}, Sum{}},
	{"45c0004000010000ff33d0690a4d0001e0000012" + "700400000a4d0001000000016b5df965a181a3415906de0f" + "2133960102013c190a4d00640000000000000000",
		Advert{Version: 2, VRID: 51, Priority: 150, Interval: time.Second, Auth: Header}, Sum{}},
	{"45c0002000010000ff70d04c0a4d0001e0000012" + "31339601000a43330a4d0064",
		Advert{Version: 3, VRID: 51, Priority: 150, Interval: 100 * time.Millisecond}, Sum{sender, group}},
}

func TestCaptured(t *testing.T) {
	for _, c := range captured {
		packet := unhex(t, c.packet)
		ip, p, ok := ParseIPv4(packet)
		if !ok || ip.Src != sender || ip.Dst != group || ip.TTL != TTL || ip.ID != 1 {
			t.Fatalf("%s: %+v %v", c.packet, ip, ok)
		}
		var ah AH
		if ip.Protocol == ProtocolAH {
			if ah, p, ok = ParseAH(p); !ok || ah.SPI != 0x0a4d0001 || ah.Seq != 1 {
				t.Fatalf("%s: %+v", c.packet, ah)
			}
			if icv := Sign(secret, packet, false); icv != ah.ICV {
				t.Errorf("%s: %x is signed, want %x", c.packet, icv, ah.ICV)
			}
			if Sign(secret, packet, true) == ah.ICV {
				t.Errorf("%s: the TTL is not signed", c.packet)
			}
		}
		var a Advert
		rest, err := a.Parse(p, false)
		if err != nil || len(rest) != 0 {
			t.Fatalf("%s: %v, %d bytes left", c.packet, err, len(rest))
		}
		if got := c.sum.Of(p); got != a.Checksum {
			t.Errorf("%s: checksum %04x, want %04x", c.packet, got, a.Checksum)
		}
		want := c.want
		want.Type, want.Checksum, want.Addrs = 1, a.Checksum, []netip.Addr{netip.MustParseAddr("10.77.0.100")}
		if fmt.Sprint(a) != fmt.Sprint(want) {
			t.Errorf("%s: %+v, want %+v", c.packet, a, want)
		}
		n := a.Size(false)
		if ip.Protocol == ProtocolAH {
			n += AHSize
		}
		out := ip.Append(nil, n)
		if ip.Protocol == ProtocolAH {
			out = ah.Append(out)
		}
		if out = a.Append(out, c.sum); !bytes.Equal(out, packet) {
			t.Errorf("written anew: %x\nwant %x", out, packet)
		}
	}
}

// Version 3 over IPv6, with a checksum calculated by hand: fe80::1 to ff02::12, router 1, 1 s, fe80::64.
func TestIPv6(t *testing.T) {
	src, dst := netip.MustParseAddr("fe80::1"), netip.MustParseAddr("ff02::12")
	a := Advert{Version: 3, VRID: 1, Priority: 100, Interval: time.Second, Addrs: []netip.Addr{netip.MustParseAddr("fe80::64"), netip.MustParseAddr("2001:db8::64")}}
	p := a.Append(nil, Sum{src, dst})
	var b Advert
	rest, err := b.Parse(p, true)
	if err != nil || len(rest) != 0 || len(p) != a.Size(true) || b.Interval != time.Second || !slices.Equal(a.Addrs, b.Addrs) {
		t.Fatalf("%+v %v", b, err)
	}
	if (Sum{src, dst}).Of(p) != b.Checksum || (Sum{}).Of(p) == b.Checksum || (Sum{dst, dst}).Of(p) == b.Checksum {
		t.Error("the checksum does not count the pseudo header")
	}
}

func TestLimits(t *testing.T) {
	a := Advert{Version: 3, VRID: 255, Priority: Owner, Interval: MaxInterval}
	for i := range MaxAddrs {
		a.Addrs = append(a.Addrs, netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}))
	}
	var b Advert
	if _, err := b.Parse(a.Append(nil, Sum{}), false); err != nil || b.Interval != MaxInterval || len(b.Addrs) != MaxAddrs {
		t.Errorf("%v %v %d", err, b.Interval, len(b.Addrs))
	}
	a.Version, a.Interval = 2, MaxIntervalV2
	if _, err := b.Parse(a.Append(nil, Sum{}), false); err != nil || b.Interval != MaxIntervalV2 {
		t.Errorf("%v %v", err, b.Interval)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		packet string
		want   error
	}{
		{"", ErrShort}, {"31339601000a43", ErrShort}, {"41339601000a4333", ErrVersion}, {"11339601000a4333", ErrVersion},
		{"31339601000a4333", ErrLength}, {"31339601000a43330a4d00", ErrLength}, {"213396010101cfcc0a4d006473336372657431", ErrLength},
	} {
		var a Advert
		if _, err := a.Parse(unhex(t, c.packet), false); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.packet, err, c.want)
		}
	}
	var a Advert
	p := unhex(t, "31339601000a43330a4d0064")
	rest, err := a.Parse(append(p, make([]byte, 14)...), false)
	if err != nil || !Padding(len(p), rest) || Padding(len(p), append(rest, 0)) {
		t.Errorf("a padded frame: %v, %d bytes left", err, len(rest))
	}
	for _, p := range []string{"", "4500", "65c0002000010000ff70d04c0a4d0001e0000012", "45c0002100010000ff70d04c0a4d0001e000001200", "44c0001400010000ff70d04c0a4d0001e0000012"} {
		if _, _, ok := ParseIPv4(unhex(t, p)); ok {
			t.Errorf("%s is taken", p)
		}
	}
	if _, _, ok := ParseAH(unhex(t, "060400000a4d0001000000016b5df965a181a3415906de0f")); ok {
		t.Error("an authentication header of something else is taken")
	}
}

func TestNoAllocation(t *testing.T) {
	p := unhex(t, captured[0].packet)[ipSize:]
	a := Advert{Addrs: make([]netip.Addr, 0, 4)}
	out := make([]byte, 0, 64)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := a.Parse(p, false); err != nil {
			t.Error(err)
		}
		out = a.Append(out[:0], Sum{})
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What is read can be written, and is the same then.
func FuzzParse(f *testing.F) {
	for _, c := range captured {
		f.Add(unhex(f, c.packet)[ipSize:], false)
	}
	f.Add(unhex(f, "310164010064000000000000000000000000000000000064"), true)
	f.Fuzz(func(t *testing.T, p []byte, v6 bool) {
		ParseIPv4(p)
		ParseAH(p)
		var a Advert
		rest, err := a.Parse(p, v6)
		if err != nil {
			return
		}
		if a.Size(v6)+len(rest) != len(p) {
			t.Fatalf("%d bytes and %d left of %d", a.Size(v6), len(rest), len(p))
		}
		var b Advert
		if _, err := b.Parse(a.Append(nil, Sum{}), v6); err != nil {
			t.Fatal(err)
		}
		a.Type, a.Checksum, b.Checksum = 1, 0, 0
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Fatalf("%+v became %+v", a, b)
		}
	})
}
