package vrrp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"
)

// Protocol is the number of VRRP in an IP header, and TTL what a packet that has not been routed has.
const (
	Protocol = 112
	TTL      = 255
)

// The priorities with a meaning of their own (RFC 9568 section 5.2.4).
const (
	Leaves = 0   // the sender stops being master
	Owner  = 255 // the addresses are the sender's own
)

// Auth says how version 2 authenticates.
type Auth uint8

const (
	NoAuth   Auth = 0
	Password Auth = 1 // in the packet, for all to read
	Header   Auth = 2 // an authentication header before the packet
)

// MaxInterval is the longest time between two advertisements that version 3 can say, MaxIntervalV2 that version 2 can.
const (
	MaxInterval   = 4095 * 10 * time.Millisecond
	MaxIntervalV2 = 255 * time.Second
)

// MaxAddrs is how many addresses a packet can hold.
const MaxAddrs = 255

// typeAdvert is the only type that there is.
const typeAdvert = 1

const (
	headSize = 8
	authSize = 8
	// minFrame is what Ethernet pads a frame's payload to; an IPv4 header takes 20 of it.
	minFrame = 46 - 20
)

// Advert is an advertisement.
type Advert struct {
	Version  uint8 // 2 or 3
	Type     uint8 // 1; Append writes 1
	VRID     uint8
	Priority uint8
	// Interval is the time between two: whole seconds in version 2, hundredths in version 3.
	Interval time.Duration
	Auth     Auth    // version 2
	Data     [8]byte // the password, padded with zeros
	Addrs    []netip.Addr
	Checksum uint16 // as received
}

// Parse faults. All but ErrVersion mean that the length is wrong.
var (
	ErrShort   = errors.New("shorter than a header")
	ErrVersion = errors.New("neither version 2 nor 3")
	ErrLength  = errors.New("not as long as its addresses say")
)

// Parse reads the packet behind an IP header into a, whose room for addresses is used again. What follows the packet is
// returned: keepalived's HMAC trailer, or what Ethernet has padded a small frame with.
func (a *Advert) Parse(p []byte, v6 bool) (rest []byte, err error) {
	addrs := a.Addrs[:0]
	*a = Advert{Addrs: addrs}
	if len(p) < headSize {
		return nil, fmt.Errorf("%w: %d bytes", ErrShort, len(p))
	}
	a.Version, a.Type, a.VRID, a.Priority = p[0]>>4, p[0]&0x0f, p[1], p[2]
	a.Checksum = binary.BigEndian.Uint16(p[6:])
	size := 4
	if v6 {
		size = 16
	}
	n := headSize + int(p[3])*size
	switch a.Version {
	case 2:
		a.Auth, a.Interval = Auth(p[4]), time.Duration(p[5])*time.Second
		if len(p) < n+authSize {
			return nil, fmt.Errorf("%w: %d bytes for %d addresses", ErrLength, len(p), p[3])
		}
		copy(a.Data[:], p[n:])
	case 3:
		a.Interval = time.Duration(binary.BigEndian.Uint16(p[4:])&0x0fff) * 10 * time.Millisecond
		if len(p) < n {
			return nil, fmt.Errorf("%w: %d bytes for %d addresses", ErrLength, len(p), p[3])
		}
	default:
		return nil, fmt.Errorf("%w: %d", ErrVersion, a.Version)
	}
	for b := p[headSize:n]; len(b) > 0; b = b[size:] {
		ip, _ := netip.AddrFromSlice(b[:size])
		a.Addrs = append(a.Addrs, ip)
	}
	return p[a.Size(v6):], nil
}

// Padding tells whether what follows a packet of n bytes may be what Ethernet has padded a frame with.
func Padding(n int, rest []byte) bool { return n+len(rest) <= minFrame }

// Size is the length of the packet.
func (a *Advert) Size(v6 bool) int {
	n := headSize + 4*len(a.Addrs)
	if v6 {
		n = headSize + 16*len(a.Addrs)
	}
	if a.Version == 2 {
		n += authSize
	}
	return n
}

// Append writes the packet, with the checksum that s asks for. Addresses must be of the family of src.
func (a *Advert) Append(dst []byte, s Sum) []byte {
	at := len(dst)
	dst = append(dst, a.Version<<4|typeAdvert, a.VRID, a.Priority, byte(len(a.Addrs)))
	if a.Version == 2 {
		dst = append(dst, byte(a.Auth), byte(a.Interval/time.Second), 0, 0)
	} else {
		dst = binary.BigEndian.AppendUint16(dst, uint16(a.Interval/(10*time.Millisecond))&0x0fff)
		dst = append(dst, 0, 0)
	}
	for _, ip := range a.Addrs {
		dst = append(dst, ip.AsSlice()...)
	}
	if a.Version == 2 {
		dst = append(dst, a.Data[:]...)
	}
	s.Put(dst[at:])
	return dst
}
