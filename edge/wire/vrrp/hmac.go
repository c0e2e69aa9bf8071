package vrrp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"net/netip"
)

// Trailer is what keepalived's auth_hmac puts behind a packet. Neither the
// packet's checksum nor its count of addresses knows of it.
//
//	| 1 | key id | 0 0 | UTC seconds (4) | fraction (2) | counter (2) | HMAC (16) |
type Trailer struct {
	Key      uint8
	Seconds  uint32
	Fraction uint16 // of a second, binary
	Counter  uint16 // of packets in the same fraction
	MAC      [16]byte
}

// TrailerSize is its length.
const TrailerSize = 28

const (
	trailerType = 1
	stampSize   = TrailerSize - 16
)

// ParseTrailer reads a trailer. It is false for anything else.
func ParseTrailer(p []byte) (t Trailer, ok bool) {
	if len(p) != TrailerSize || p[0] != trailerType || p[2] != 0 || p[3] != 0 {
		return t, false
	}
	t.Key, t.Seconds = p[1], binary.BigEndian.Uint32(p[4:])
	t.Fraction, t.Counter = binary.BigEndian.Uint16(p[8:]), binary.BigEndian.Uint16(p[10:])
	copy(t.MAC[:], p[stampSize:])
	return t, true
}

// Append writes the trailer.
func (t *Trailer) Append(dst []byte) []byte {
	dst = t.stamp(dst)
	return append(dst, t.MAC[:]...)
}

func (t *Trailer) stamp(dst []byte) []byte {
	dst = append(dst, trailerType, t.Key, 0, 0)
	dst = binary.BigEndian.AppendUint32(dst, t.Seconds)
	dst = binary.BigEndian.AppendUint16(dst, t.Fraction)
	return binary.BigEndian.AppendUint16(dst, t.Counter)
}

// Signer signs with one key. It is not for several goroutines at once.
type Signer struct {
	h    hash.Hash
	head [pseudoSize]byte
	tail [TrailerSize]byte // with zeros for the MAC
	sum  [sha256.Size]byte
}

// pseudoSize is the length of what is signed in front of the packet: family,
// version, router, 0, and the sender's address in 16 bytes.
const pseudoSize = 20

// The families, by their versions of IP.
const (
	inet4 = 4
	inet6 = 6
)

// noSum stands for the checksum, which the kernel makes only after an IPv6 packet is
// signed, and which senders make differently over IPv4.
var noSum [headSize - 6]byte

// NewSigner makes a signer of a key.
func NewSigner(key []byte) *Signer { return &Signer{h: hmac.New(sha256.New, key)} }

// Sign fills the MAC of a trailer for a packet that src sends.
func (s *Signer) Sign(t *Trailer, v6 bool, src netip.Addr, packet []byte) {
	s.mac(t, v6, src, packet)
	copy(t.MAC[:], s.sum[:])
}

// Verify tells whether the MAC is right.
func (s *Signer) Verify(t *Trailer, v6 bool, src netip.Addr, packet []byte) bool {
	s.mac(t, v6, src, packet)
	return hmac.Equal(t.MAC[:], s.sum[:len(t.MAC)])
}

// mac is over all of it, with zeros for the checksum and for itself.
func (s *Signer) mac(t *Trailer, v6 bool, src netip.Addr, packet []byte) {
	s.head = [pseudoSize]byte{inet4}
	if v6 {
		s.head[0] = inet6
		a := src.As16()
		copy(s.head[4:], a[:])
	} else if src.Is4() {
		a := src.As4()
		copy(s.head[4:], a[:])
	}
	s.h.Reset()
	if len(packet) >= headSize {
		s.head[1], s.head[2] = packet[0]>>4, packet[1]
		s.h.Write(s.head[:])
		s.h.Write(packet[:6])
		s.h.Write(noSum[:])
		s.h.Write(packet[headSize:])
	}
	t.stamp(s.tail[:0])
	s.h.Write(s.tail[:])
	s.h.Sum(s.sum[:0])
}
