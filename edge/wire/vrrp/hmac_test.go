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
