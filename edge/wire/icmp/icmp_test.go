package icmp

import (
	"bytes"
	"encoding/hex"
	"testing"
)

// The fields come where they belong, and the checksum closes the sum.
func TestVector(t *testing.T) {
	want, _ := hex.DecodeString("080000001234000161626364")
	e := Echo{Type: Request4, ID: 0x1234, Seq: 1, Data: []byte("abcd")}
	got := e.Append(nil)
	if checksum(got) != 0 || !bytes.Equal(got[4:], want[4:]) {
		t.Errorf("%x", got)
	}
	back, ok := Parse(got, false)
	if !ok || back.ID != e.ID || back.Seq != e.Seq || string(back.Data) != "abcd" || back.Type != Request4 {
		t.Errorf("%+v, %v", back, ok)
	}
	got[8] ^= 1
	if _, ok := Parse(got, false); ok {
		t.Error("a wrong checksum is taken")
	}
}

// RFC 1071 section 3: the numbers of its example.
func TestChecksum(t *testing.T) {
	if got := checksum([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}); got != ^uint16(0xddf2) {
		t.Errorf("%x", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("\x08\x00\xea\x9b\x124\x00\x01abcd"), false)
	f.Add([]byte("\x81\x00\x00\x00\x124\x00\x01abc"), true)
	f.Fuzz(func(t *testing.T, b []byte, v6 bool) {
		e, ok := Parse(b, v6)
		if !ok {
			return
		}
		if back := e.Append(nil); len(back) != len(b) || !bytes.Equal(back[4:], b[4:]) {
			t.Errorf("%x came back as %x", b, back)
		}
	})
}
