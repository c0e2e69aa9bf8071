package vrrp

import (
	"net/netip"
	"strings"
	"testing"
)

func TestTrailer(t *testing.T) {
	key := NewSigner([]byte(strings.Repeat("k", 32)))
	packet := unhex(t, captured[2].packet)[ipSize:]
	a := Trailer{Key: 7, Seconds: 1_700_000_000, Fraction: 0x8000, Counter: 3}
	key.Sign(&a, false, sender, packet)
	b, ok := ParseTrailer(a.Append(nil))
	if !ok || a != b {
		t.Fatalf("%+v became %+v", a, b)
	}
	if !key.Verify(&b, false, sender, packet) {
		t.Fatal("its own signature is not taken")
	}
	// The checksum is the only thing that may differ.
	for i := range packet {
		packet[i] ^= 1
		if ok := key.Verify(&b, false, sender, packet); ok != (i == 6 || i == 7) {
			t.Errorf("with byte %d changed: %v", i, ok)
		}
		packet[i] ^= 1
	}
	for name, other := range map[string]Trailer{"key": {8, a.Seconds, a.Fraction, a.Counter, a.MAC}, "seconds": {7, a.Seconds + 1, a.Fraction, a.Counter, a.MAC},
		"fraction": {7, a.Seconds, 0, a.Counter, a.MAC}, "counter": {7, a.Seconds, a.Fraction, 4, a.MAC}} {
		if key.Verify(&other, false, sender, packet) {
			t.Errorf("another %s is taken", name)
		}
	}
	if key.Verify(&b, true, sender, packet) || key.Verify(&b, false, group, packet) || NewSigner([]byte("other")).Verify(&b, false, sender, packet) {
		t.Error("another family, sender or secret is taken")
	}
	six := netip.MustParseAddr("fe80::1")
	key.Sign(&a, true, six, packet)
	if !key.Verify(&a, true, six, packet) {
		t.Error("IPv6 is not taken")
	}
	if n := testing.AllocsPerRun(100, func() { key.Sign(&a, true, six, packet) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestNoTrailer(t *testing.T) {
	good := (&Trailer{Key: 1}).Append(nil)
	for _, p := range [][]byte{nil, good[1:], append(good, 0), append([]byte{2}, good[1:]...), append([]byte{1, 1, 1}, good[3:]...)} {
		if _, ok := ParseTrailer(p); ok {
			t.Errorf("%x is taken", p)
		}
	}
}

func FuzzTrailer(f *testing.F) {
	f.Add((&Trailer{Key: 1, Seconds: 2}).Append(nil))
	key := NewSigner([]byte(strings.Repeat("k", 32)))
	f.Fuzz(func(t *testing.T, p []byte) {
		a, ok := ParseTrailer(p)
		if !ok {
			return
		}
		if string(a.Append(nil)) != string(p) {
			t.Fatalf("%x became %x", p, a.Append(nil))
		}
		if key.Verify(&a, false, sender, p) {
			t.Fatal("a guess is taken")
		}
	})
}

// signed are adverts of keepalived 2.4.3 on the wire, IP header and all.
var signed = []struct {
	packet string
	v6     bool
}{
	{packet: "45c0003c00010000ff70d07d0a000001e000001231339601000a43cd0a000064010100006b0dad2f1f440000c91425dbc61b80d2e1713e79834f355c"},
	{packet: "45c0004400010000ff70d0750a000001e00000122133960100013e660a0000640000000000000000010100006b0dad3672ad00005807a5c473ad1f190c3e6b568620793e"},
	{v6: true, packet: "6c0f5bc4004470fffe800000000000004cd9a3fffebf2a61ff020000000000000000000000000012" +
		"31339602000a53fffe800000000000000000000000000100fd000000000000000000000000000100010100006b0dad5402730000c4be94b4e0d532dc7721d13bfc94010d"},
}

func TestSignedByKeepalived(t *testing.T) {
	key := NewSigner([]byte("0123456789abcdef0123456789abcdef"))
	for _, c := range signed {
		ip := unhex(t, c.packet)
		src, body := netip.AddrFrom4([4]byte(ip[12:16])), ip[ipSize:]
		if c.v6 {
			src, body = netip.AddrFrom16([16]byte(ip[8:24])), ip[40:]
		}
		var a Advert
		rest, err := a.Parse(body, c.v6)
		tr, ok := ParseTrailer(rest)
		if err != nil || !ok {
			t.Fatalf("%s: %v, trailer %x", c.packet, err, rest)
		}
		packet := body[:len(body)-len(rest)]
		if c.v6 && (Sum{src, netip.MustParseAddr("ff02::12")}).Of(body) != a.Checksum {
			t.Error("the checksum over IPv6 is not over the trailer")
		}
		if !key.Verify(&tr, c.v6, src, packet) {
			t.Errorf("%s is refused", c.packet)
		}
		again := tr
		again.MAC = [16]byte{}
		key.Sign(&again, c.v6, src, packet)
		if again != tr {
			t.Errorf("%s: we sign %x", c.packet, again.MAC)
		}
	}
}
