package agentx

import "net/netip"

// Kind is the type of a value (section 5.4).
type Kind uint16

// The kinds.
const (
	Integer        Kind = 2
	OctetString    Kind = 4
	Null           Kind = 5
	ObjectID       Kind = 6
	IPAddress      Kind = 64
	Counter32      Kind = 65
	Gauge32        Kind = 66
	TimeTicks      Kind = 67
	Opaque         Kind = 68
	Counter64      Kind = 70
	NoSuchObject   Kind = 128
	NoSuchInstance Kind = 129
	EndOfMIBView   Kind = 130
)

// Value is that of a variable. The zero Value is none.
type Value struct {
	Kind  Kind
	Num   uint64 // Integer (as an int32), Counter32, Gauge32, TimeTicks, Counter64
	Bytes string // OctetString, IPAddress, Opaque
	Name  OID    // ObjectID
}

// Int is an Integer.
func Int(n int) Value { return Value{Kind: Integer, Num: uint64(uint32(int32(n)))} }

// Int is the number of an Integer.
func (v Value) Int() int { return int(int32(uint32(v.Num))) }

// Gauge is a Gauge32, which stays at its end when it would be more.
func Gauge(n uint64) Value { return Value{Kind: Gauge32, Num: min(n, 1<<32-1)} }

// Counter is a Counter32, which begins again when it would be more.
func Counter(n uint64) Value { return Value{Kind: Counter32, Num: n & (1<<32 - 1)} }

// Big is a Counter64.
func Big(n uint64) Value { return Value{Kind: Counter64, Num: n} }

// Ticks are hundredths of a second.
func Ticks(n uint64) Value { return Value{Kind: TimeTicks, Num: n & (1<<32 - 1)} }

// Text is an OctetString.
func Text(s string) Value { return Value{Kind: OctetString, Bytes: s} }

// Bytes is an OctetString.
func Bytes(b []byte) Value { return Value{Kind: OctetString, Bytes: string(b)} }

// Addr is an address as InetAddress has it, an OctetString.
func Addr(a netip.Addr) Value { return Bytes(a.AsSlice()) }

// IPv4 is an IpAddress. What is no IPv4 address is 0.0.0.0.
func IPv4(a netip.Addr) Value {
	if !a.Is4() {
		a = netip.IPv4Unspecified()
	}
	return Value{Kind: IPAddress, Bytes: string(a.AsSlice())}
}

// Object is the value that is a name.
func Object(o OID) Value { return Value{Kind: ObjectID, Name: o} }
