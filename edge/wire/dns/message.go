package dns

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
)

// Types of records and questions.
const (
	TypeA     uint16 = 1
	TypeCNAME uint16 = 5
	TypePTR   uint16 = 12
	TypeAAAA  uint16 = 28
	TypeSRV   uint16 = 33
	TypeDNAME uint16 = 39
)

// ClassIN is the only class there is.
const ClassIN uint16 = 1

// Reply is a parsed response.
type Reply struct {
	ID        uint16
	Flags     uint16
	Name      string // the question, lower case, without the last dot
	Type      uint16
	Class     uint16
	Answers   []Record
	Questions int
}

// Code is the RCODE.
func (r *Reply) Code() int { return int(r.Flags & 0xf) }

// Truncated is the TC bit.
func (r *Reply) Truncated() bool { return r.Flags&0x0200 != 0 }

// Standard says that the message is a response to a standard query; the mask
// is nginx's (ngx_resolver_process_response).
func (r *Reply) Standard() bool { return r.Flags&0xf870 == 0x8000 }

// Record is one answer; the fields in use depend on Type.
type Record struct {
	Type   uint16
	Class  uint16
	TTL    uint32
	Addr   netip.Addr // A, AAAA
	Target string     // CNAME, PTR, SRV
	// SRV
	Priority, Weight, Port uint16
}

var (
	ErrShort   = errors.New("short DNS response")
	ErrPointer = errors.New("compression loop in DNS response")
	ErrName    = errors.New("invalid name in DNS response")
	ErrRecord  = errors.New("invalid record in DNS response")
)

// Valid says whether name can be asked for: labels of 1 to 63 bytes, 253 in all.
func Valid(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
	}
	return true
}

// AppendQuery appends a query with recursion desired. name must be Valid, or
// empty, which is the root.
func AppendQuery(b []byte, id uint16, name string, typ uint16) []byte {
	b = binary.BigEndian.AppendUint16(b, id)
	b = append(b, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	for label := range strings.SplitSeq(name, ".") {
		if label != "" {
			b = append(append(b, byte(len(label))), label...)
		}
	}
	b = append(b, 0)
	b = binary.BigEndian.AppendUint16(b, typ)
	return binary.BigEndian.AppendUint16(b, ClassIN)
}

// Parse reads a message up to its answers. Authority and additional records
// are not looked at. A reply cut short in its answers is an error, unless it
// is marked as truncated.
func Parse(msg []byte) (*Reply, error) {
	if len(msg) < 12 {
		return nil, ErrShort
	}
	be := binary.BigEndian
	r := &Reply{ID: be.Uint16(msg), Flags: be.Uint16(msg[2:]), Questions: int(be.Uint16(msg[4:]))}
	if r.Questions != 1 {
		return r, nil
	}
	name, at, err := readName(msg, 12)
	if err != nil {
		return nil, err
	}
	if at+4 > len(msg) {
		return nil, ErrShort
	}
	r.Name, r.Type, r.Class = name, be.Uint16(msg[at:]), be.Uint16(msg[at+2:])
	at += 4
	if r.Truncated() {
		return r, nil
	}
	for range int(be.Uint16(msg[6:])) {
		var rec Record
		if rec, at, err = readRecord(msg, at); err != nil {
			return nil, err
		}
		r.Answers = append(r.Answers, rec)
	}
	return r, nil
}

func readRecord(msg []byte, at int) (r Record, next int, err error) {
	if _, at, err = readName(msg, at); err != nil {
		return r, 0, err
	}
	if at+10 > len(msg) {
		return r, 0, ErrShort
	}
	be := binary.BigEndian
	r.Type, r.Class, r.TTL = be.Uint16(msg[at:]), be.Uint16(msg[at+2:]), be.Uint32(msg[at+4:])
	if int32(r.TTL) < 0 { // RFC 2181 section 8
		r.TTL = 0
	}
	size := int(be.Uint16(msg[at+8:]))
	at += 10
	if next = at + size; next > len(msg) {
		return r, 0, ErrShort
	}
	data := msg[at:next]
	end := next
	switch r.Type {
	case TypeA:
		if size != 4 {
			return r, 0, ErrRecord
		}
		r.Addr = netip.AddrFrom4([4]byte(data))
	case TypeAAAA:
		if size != 16 {
			return r, 0, ErrRecord
		}
		r.Addr = netip.AddrFrom16([16]byte(data))
	case TypeCNAME, TypePTR:
		r.Target, end, err = readName(msg, at)
	case TypeSRV:
		if size < 7 {
			return r, 0, ErrRecord
		}
		r.Priority, r.Weight, r.Port = be.Uint16(data), be.Uint16(data[2:]), be.Uint16(data[4:])
		r.Target, end, err = readName(msg, at+6)
	}
	if err == nil && end > next {
		err = ErrRecord
	}
	return r, next, err
}

// readName reads a possibly compressed name at off and gives the offset after
// it. Pointers must go backwards, so that no chain of them can be a loop.
func readName(msg []byte, off int) (string, int, error) {
	var b []byte
	after, limit := 0, off
	for {
		if off >= len(msg) {
			return "", 0, ErrShort
		}
		n := int(msg[off])
		off++
		switch {
		case n == 0:
			if after == 0 {
				after = off
			}
			return string(b), after, nil
		case n < 0x40:
			if off+n > len(msg) {
				return "", 0, ErrShort
			}
			if len(b) > 0 {
				b = append(b, '.')
			}
			for _, c := range msg[off : off+n] {
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
				}
				b = append(b, c)
			}
			if off += n; len(b) > 254 {
				return "", 0, ErrName
			}
		case n >= 0xc0:
			if off >= len(msg) {
				return "", 0, ErrShort
			}
			to := n&0x3f<<8 | int(msg[off])
			if after == 0 {
				after = off + 1
			}
			if to >= limit {
				return "", 0, ErrPointer
			}
			off, limit = to, to
		default:
			return "", 0, ErrName
		}
	}
}

// ReverseName is the name whose PTR record names addr (RFC 1035 section 3.5,
// RFC 3596 section 2.5).
func ReverseName(addr netip.Addr) string {
	addr = addr.Unmap()
	if addr.Is4() {
		b := addr.As4()
		return netip.AddrFrom4([4]byte{b[3], b[2], b[1], b[0]}).String() + ".in-addr.arpa"
	}
	const hex = "0123456789abcdef"
	b := addr.As16()
	out := make([]byte, 0, 72)
	for i := 15; i >= 0; i-- {
		out = append(out, hex[b[i]&15], '.', hex[b[i]>>4], '.')
	}
	return string(out) + "ip6.arpa"
}
