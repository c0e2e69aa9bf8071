package agentx

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
)

// The PDUs that this codec writes, by hand from the drawings in RFC 2741 section 6.2.
var written = []struct {
	name string
	pdu  PDU
	hex  string
}{
	{"open", PDU{Header: Header{Type: Open, Packet: 7}, Timeout: 5, Name: MustOID("1.3.6.1.4.1.9586"), Description: "keep"},
		"01011000 00000000 00000000 00000007 00000018 05000000 02040000 00000001 00002572 00000004 6b656570"},
	{"close", PDU{Header: Header{Type: Close, Session: 2}, Reason: ReasonShutdown},
		"01021000 00000002 00000000 00000000 00000004 05000000"},
	{"register", PDU{Header: Header{Type: Register, Session: 2}, Priority: 127, Name: MustOID("1.3.6.1.2.1.68")},
		"01031000 00000002 00000000 00000000 00000010 007f0000 02020000 00000001 00000044"},
	{"register a range in a context", PDU{Header: Header{Type: Register, Flags: NonDefaultContext}, Context: []byte("ab"), RangeSubID: 2, UpperBound: 9, Name: MustOID("1.2")},
		"01031800 00000000 00000000 00000000 0000001c 00000002 61620000 00000200 02000000 00000001 00000002 00000009"},
	{"get", PDU{Header: Header{Type: Get}, Ranges: []Range{{Start: MustOID("1.3.6.1.2.1"), Include: true}}},
		"01051000 00000000 00000000 00000000 0000000c 01020100 00000001 00000000"},
	{"get bulk", PDU{Header: Header{Type: GetBulk}, NonRepeaters: 1, MaxRepetitions: 10, Ranges: []Range{{Start: MustOID("2"), End: MustOID("3")}}},
		"01071000 00000000 00000000 00000000 00000014 0001000a 01000000 00000002 01000000 00000003"},
	{"ping", PDU{Header: Header{Type: Ping}}, "010d1000 00000000 00000000 00000000 00000000"},
	{"response", PDU{Header: Header{Type: Response}, Uptime: 100, Error: NotWritable, Index: 1, Vars: []Variable{
		{MustOID("1"), Int(-2)}, {MustOID("1"), Big(1 << 32)}, {MustOID("1"), Text("abcde")}, {MustOID("1"), Object(MustOID("1.3.6.1.2.1"))}, {MustOID("1"), Value{Kind: EndOfMIBView}},
	}}, "01121000 00000000 00000000 00000000 00000064 00000064 00110001" +
		"00020000 01000000 00000001 fffffffe" +
		"00460000 01000000 00000001 00000001 00000000" +
		"00040000 01000000 00000001 00000005 61626364 65000000" +
		"00060000 01000000 00000001 01020000 00000001" +
		"00820000 01000000 00000001"},
}

func TestAppend(t *testing.T) {
	for _, c := range written {
		want, _ := hex.DecodeString(strings.ReplaceAll(c.hex, " ", ""))
		got, err := c.pdu.Append(nil)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s:\n%x (%v)\n%x", c.name, got, err, want)
		}
		back, err := parse(got)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		c.pdu.Flags |= NetworkByteOrder
		c.pdu.Length = back.Length
		if !reflect.DeepEqual(back, c.pdu) {
			t.Errorf("%s:\n%+v\n%+v", c.name, back, c.pdu)
		}
	}
}

func parse(b []byte) (p PDU, err error) {
	h, err := ParseHeader(b)
	if err != nil {
		return p, err
	}
	if len(b) < HeaderSize+int(h.Length) {
		return p, ErrShort
	}
	err = p.Parse(h, b[HeaderSize:HeaderSize+int(h.Length)])
	return p, err
}

// net-snmp answers in the order of the machine that it runs on.
func TestLittleEndian(t *testing.T) {
	b, _ := hex.DecodeString("0105000002000000030000000400000018000000" + "020201000100000044000000" + "020200000100000045000000")
	p, err := parse(b)
	want := PDU{Header: Header{Type: Get, Session: 2, Transaction: 3, Packet: 4, Length: 24}, Ranges: []Range{{Start: MustOID("1.3.6.1.2.1.68"), Include: true, End: MustOID("1.3.6.1.2.1.69")}}}
	if err != nil || !reflect.DeepEqual(p, want) {
		t.Errorf("%+v (%v)", p, err)
	}
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		hex  string
		want error
	}{
		{"01", ErrShort},
		{"020d1000 00000000 00000000 00000000 00000000", ErrVersion},
		{"010d1000 00000000 00000000 00000000 00100004", ErrLong},
		{"010d1000 00000000 00000000 00000000 00000001", ErrShort},
		{"010d1000 00000000 00000000 00000000 00000004 00000000", ErrTrail},
		{"010e1000 00000000 00000000 00000000 00000000", ErrType},
		{"01051000 00000000 00000000 00000000 00000004 7c020000", ErrName},  // 124 and 5 numbers
		{"01051000 00000000 00000000 00000000 00000004 7b020000", ErrShort}, // 123 that are not there
		{"01051000 00000000 00000000 00000000 00000004 01000000", ErrShort},
		{"01081000 00000000 00000000 00000000 00000010 00040000 00000000 fffffffe 61616161", ErrShort},
		{"01081000 00000000 00000000 00000000 00000008 00030000 00000000", ErrType},
		{"01081000 00000000 00000000 00000000 0000000c 00460000 00000000 00000000", ErrShort},
	} {
		b, _ := hex.DecodeString(strings.ReplaceAll(c.hex, " ", ""))
		if _, err := parse(b); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, not %v", c.hex, err, c.want)
		}
	}
	long := make(OID, MaxSubIDs+1)
	if _, err := (&PDU{Header: Header{Type: Register}, Name: long}).Append(nil); !errors.Is(err, ErrName) {
		t.Errorf("a long name: %v", err)
	}
	if _, err := (&PDU{Header: Header{Type: Notify}, Vars: make([]Variable, 1)}).Append(nil); err == nil {
		t.Error("a variable without a value was written")
	}
}

func TestValues(t *testing.T) {
	for _, c := range []struct {
		got, want Value
	}{
		{Gauge(1 << 40), Value{Kind: Gauge32, Num: 1<<32 - 1}},
		{Counter(1<<32 + 5), Value{Kind: Counter32, Num: 5}},
		{Addr(netip.MustParseAddr("10.0.0.1")), Value{Kind: OctetString, Bytes: "\n\x00\x00\x01"}},
		{IPv4(netip.Addr{}), Value{Kind: IPAddress, Bytes: "\x00\x00\x00\x00"}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%+v, not %+v", c.got, c.want)
		}
	}
	if n := Int(-7).Int(); n != -7 {
		t.Errorf("-7 is %d", n)
	}
	a, b := MustOID("1.3.6"), MustOID("1.3.6.1")
	if a.Compare(b) >= 0 || !b.Under(a) || a.Under(b) || b.String() != ".1.3.6.1" {
		t.Errorf("%v and %v", a, b)
	}
}

// FuzzParse: whatever parses is written again, and then read as the same.
func FuzzParse(f *testing.F) {
	for _, c := range written {
		b, _ := hex.DecodeString(strings.ReplaceAll(c.hex, " ", ""))
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse(b)
		if err != nil {
			return
		}
		out, err := p.Append(nil)
		if err != nil {
			t.Fatalf("%+v: %v", p, err)
		}
		back, err := parse(out)
		back.Header.Flags, back.Length = p.Flags, p.Length
		if p.Type == Unregister {
			back.Timeout = p.Timeout
		}
		if err != nil || !reflect.DeepEqual(back, p) {
			t.Fatalf("%+v became %+v (%v)", p, back, err)
		}
	})
}
