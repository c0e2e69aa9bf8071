package dns

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
)

// reply builds a response to name with raw records.
func reply(name string, typ uint16, records ...[]byte) []byte {
	b := AppendQuery(nil, 7, name, typ)
	b[2], b[3] = 0x81, 0x80
	binary.BigEndian.PutUint16(b[6:], uint16(len(records)))
	for _, r := range records {
		b = append(b, r...)
	}
	return b
}

func record(typ uint16, ttl uint32, data ...byte) []byte {
	b := []byte{0xc0, 12}
	b = binary.BigEndian.AppendUint16(b, typ)
	b = append(b, 0, 1)
	b = binary.BigEndian.AppendUint32(b, ttl)
	return append(binary.BigEndian.AppendUint16(b, uint16(len(data))), data...)
}

func TestParse(t *testing.T) {
	msg := reply("WWW.Example.com", TypeA,
		record(TypeCNAME, 9, 1, 'x', 0xc0, 16),
		record(TypeA, 0x80000001, 192, 0, 2, 1),
		record(TypeSRV, 5, 0, 1, 0, 2, 0, 80, 1, 'y', 0))
	r, err := Parse(msg)
	if err != nil || r.Name != "www.example.com" || len(r.Answers) != 3 || !r.Standard() || r.Code() != 0 {
		t.Fatalf("%+v %v", r, err)
	}
	if a := r.Answers; a[0].Target != "x.example.com" || a[1].Addr != netip.MustParseAddr("192.0.2.1") || a[1].TTL != 0 ||
		a[2].Target != "y" || a[2].Port != 80 || a[2].Weight != 2 || a[2].Priority != 1 {
		t.Errorf("%+v", a)
	}
}

func TestHostile(t *testing.T) {
	at := len(reply("a.b", TypeA))
	for _, c := range []struct {
		name string
		msg  []byte
		want error
	}{
		{"empty", nil, ErrShort},
		{"header only", make([]byte, 11), ErrShort},
		{"cut question", reply("a.b", TypeA)[:16], ErrShort},
		{"pointer to itself", reply("a.b", TypeA, append([]byte{0xc0, byte(at)}, record(TypeA, 1, 1, 2, 3, 4)[2:]...)), ErrPointer},
		{"pointer forwards", reply("a.b", TypeA, append([]byte{0xc0, byte(at + 4)}, record(TypeA, 1, 1, 2, 3, 4)[2:]...)), ErrPointer},
		{"reserved label", reply("a.b", TypeA, append([]byte{0x80, 12}, record(TypeA, 1, 1, 2, 3, 4)[2:]...)), ErrName},
		{"A of 3 bytes", reply("a.b", TypeA, record(TypeA, 1, 1, 2, 3)), ErrRecord},
		{"name beyond its record", reply("a.b", TypeA, record(TypeCNAME, 1, 1, 'x'), record(TypeCNAME, 1, 0)), ErrRecord},
		{"cut record", reply("a.b", TypeA, record(TypeA, 1, 1, 2, 3, 4)[:13]), ErrShort},
	} {
		if _, err := Parse(c.msg); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestReverseName(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.1":   "1.2.0.192.in-addr.arpa",
		"2001:db8::1": "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
	} {
		if got := ReverseName(netip.MustParseAddr(in)); got != want || !Valid(got) {
			t.Error(got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(reply("a.example.com", TypeA, record(TypeA, 1, 1, 2, 3, 4)))
	f.Add(reply("a.example.com", TypeSRV, record(TypeSRV, 1, 0, 1, 0, 2, 0, 80, 0xc0, 12)))
	f.Fuzz(func(t *testing.T, msg []byte) {
		r, err := Parse(msg)
		if err != nil || r.Questions != 1 || !Valid(r.Name) || r.Truncated() {
			return
		}
		back, err := Parse(AppendQuery(nil, r.ID, r.Name, r.Type))
		if err == nil && (back.Name != r.Name || back.Type != r.Type || back.ID != r.ID) {
			t.Errorf("%+v became %+v", r, back)
		}
	})
}
