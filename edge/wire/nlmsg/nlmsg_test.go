package nlmsg

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"reflect"
	"testing"
)

// vector is written by hand after RFC 3549, for a little-endian machine: RTM_NEWADDR of 10.77.0.100/24 on interface 1.
const vector = "28000000" + "14000506" + "78563412" + "00000000" + "02180000" + "01000000" + "08000200" + "0a4d0064" + "08000100" + "0a4d0064"

func TestBytes(t *testing.T) {
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the vector is little-endian")
	}
	var e Encoder
	ip := []byte{10, 77, 0, 100}
	for range 2 {
		e.Reset()
		e.Message(Header{Type: 20, Flags: 0x605, Seq: 0x12345678})
		e.Raw(2, 24, 0, 0, 1, 0, 0, 0)
		e.Attr(2, ip)
		e.Attr(1, ip)
		if got := hex.EncodeToString(e.Bytes()); got != vector {
			t.Errorf("\ngot  %s\nwant %s", got, vector)
		}
	}
}

func TestBothWays(t *testing.T) {
	var e Encoder
	e.Message(Header{Type: 1, Flags: 2, Seq: 3, Port: 4})
	e.Raw(1, 2, 3, 4)
	e.Uint8(1, 0x11)
	e.Uint16(2, 0x2222)
	e.Open(3 | Nested)
	e.String(4, "moon")
	e.Open(5)
	e.Uint32(6, 0x66666666)
	e.Close()
	e.Close()
	e.Uint32BE(7, 0x01020304)
	e.Uint64BE(8|NetByteOrder, 0x0102030405060708)
	e.OpenRaw(0, 0, 0xaa, 0xbb)
	e.Uint8(9, 1)
	e.Close()
	e.Message(Header{Type: 9})

	h, body, rest, err := Next(e.Bytes())
	if err != nil || h != (Header{1, 2, 3, 4}) || !bytes.Equal(body[:4], []byte{1, 2, 3, 4}) {
		t.Fatal(h, body, err)
	}
	got := map[uint16]any{}
	var read func(b []byte)
	read = func(b []byte) {
		for kind, v := range Attrs(b) {
			switch kind {
			case 1:
				got[kind] = Uint8(v)
			case 2:
				got[kind] = Uint16(v)
			case 4:
				got[kind] = String(v)
			case 6:
				got[kind] = Uint32(v)
			case 3, 5:
				read(v)
			default:
				got[kind] = hex.EncodeToString(v)
			}
		}
	}
	read(body[4:])
	want := map[uint16]any{1: uint8(0x11), 2: uint16(0x2222), 4: "moon", 6: uint32(0x66666666), 7: "01020304", 8: "0102030405060708", 0x3baa: "0500090001000000"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
	if h, body, rest, err := Next(rest); err != nil || h.Type != 9 || len(body) != 0 || len(rest) != 0 {
		t.Error(h, body, rest, err)
	}
}

func TestNothingThere(t *testing.T) {
	if Uint8(nil) != 0 || Uint16([]byte{1}) != 0 || Uint32([]byte{1, 2, 3}) != 0 || String(nil) != "" || String([]byte("ab")) != "ab" {
		t.Error("a short attribute is not read as nothing")
	}
}

func TestNothingIsAllocated(t *testing.T) {
	var e Encoder
	write := func() {
		e.Reset()
		e.Message(Header{})
		e.Open(1)
		e.Uint32(2, 3)
		e.Close()
	}
	write()
	if n := testing.AllocsPerRun(10, write); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzNext(f *testing.F) {
	b, _ := hex.DecodeString(vector)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		for len(b) > 0 {
			h, body, rest, err := Next(b)
			if err != nil {
				return
			}
			if len(rest) >= len(b) {
				t.Fatal("no progress")
			}
			var e Encoder
			e.Message(h)
			for kind, v := range Attrs(body) {
				e.Attr(kind, v)
			}
			h2, body2, _, err := Next(e.Bytes())
			if err != nil || h2 != h {
				t.Fatalf("%v %v %v", h, h2, err)
			}
			var again Encoder
			again.Message(h)
			for kind, v := range Attrs(body2) {
				again.Attr(kind, v)
			}
			if !bytes.Equal(e.Bytes(), again.Bytes()) {
				t.Fatalf("%x became %x", e.Bytes(), again.Bytes())
			}
			b = rest
		}
	})
}

// Attributes without a message, to be put into one later.
func TestLooseAttrs(t *testing.T) {
	var loose, whole Encoder
	loose.Uint8(1, 7)
	loose.String(2, "x")
	whole.Message(Header{Type: 16})
	whole.Attr(5|Nested, loose.Bytes())
	_, body, _, err := Next(whole.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, v := range Attrs(body) {
		for kind, v := range Attrs(v) {
			got += fmt.Sprintf("%d:%x ", kind, v)
		}
	}
	if got != "1:07 2:7800 " {
		t.Errorf("got %s", got)
	}
}
