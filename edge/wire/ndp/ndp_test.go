package ndp

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"testing"
)

// Frames of keepalived 2.2.7 on a machine that does not forward.
var captured = map[string]string{
	"fe80::100": "333300000001020000000001" + "86dd60000000" + "00203aff" + "fe800000000000000000000000000100" + "ff020000000000000000000000000001" +
		"8800559d20000000" + "fe800000000000000000000000000100" + "0201020000000001",
	"fd00:77::100": "333300000001020000000001" + "86dd60000000" + "00203aff" + "fd000077000000000000000000000100" + "ff020000000000000000000000000001" +
		"880057af20000000" + "fd000077000000000000000000000100" + "0201020000000001",
}

func frame(t testing.TB, ip string) []byte {
	t.Helper()
	b, err := hex.DecodeString(captured[ip])
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAsKeepalived(t *testing.T) {
	for ip := range captured {
		want := frame(t, ip)
		a := Unsolicited(MAC{2, 0, 0, 0, 0, 1}, netip.MustParseAddr(ip), false)
		if got := a.Append(nil); !bytes.Equal(got, want) || len(got) != Size {
			t.Errorf("%s\ngot  %x\nwant %x", ip, got, want)
		}
		var b Advert
		if err := b.Parse(append(want, 0, 0)); err != nil || b != a || !b.Announces() {
			t.Errorf("%+v %v", b, err)
		}
	}
}

func TestFlags(t *testing.T) {
	for i := range 16 {
		a := Unsolicited(MAC{2}, netip.MustParseAddr("fd00::1"), i&1 != 0)
		a.Solicited, a.Override, a.HasMAC = i&2 != 0, i&4 != 0, i&8 != 0
		if !a.HasMAC {
			a.MAC = MAC{}
		}
		var b Advert
		if err := b.Parse(a.Append(nil)); err != nil || a != b || b.Announces() == a.Solicited {
			t.Errorf("%+v %+v %v", a, b, err)
		}
	}
}

func TestFaults(t *testing.T) {
	const ip, body = ethSize, ethSize + ipSize
	good := frame(t, "fe80::100")
	var a Advert
	for n := range good {
		if err := a.Parse(good[:n]); err != ErrShort {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	for at, want := range map[int]error{12: ErrKind, ip: ErrKind, ip + 6: ErrKind, body: ErrKind, body + 1: ErrKind, ip + 7: ErrRouted,
		ip + 20: ErrChecksum, body + 2: ErrChecksum, body + 30: ErrChecksum} {
		f := bytes.Clone(good)
		f[at] ^= 0x31
		if err := a.Parse(f); err != want {
			t.Errorf("byte %d changed: %v", at, err)
		}
	}
	for _, n := range []byte{0, 2, 255} { // lengths of the option
		f := bytes.Clone(good)
		f[body+25] = n
		f[body+2], f[body+3] = 0, 0
		binary.BigEndian.PutUint16(f[body+2:], checksum(f[ip:], f[body:]))
		if err := a.Parse(f); err != ErrOption {
			t.Errorf("an option of length %d: %v", n, err)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	a, room := Unsolicited(MAC{2}, netip.MustParseAddr("fd00::1"), true), make([]byte, 0, Size)
	if n := testing.AllocsPerRun(10, func() { room = a.Append(room[:0]) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzParse(f *testing.F) {
	for ip := range captured {
		f.Add(frame(f, ip))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var a, again Advert
		if a.Parse(b) != nil {
			return
		}
		if err := again.Parse(a.Append(nil)); err != nil || a != again {
			t.Errorf("%+v became %+v: %v", a, again, err)
		}
	})
}
