// Package arp is the codec of the Address Resolution Protocol for IPv4 on Ethernet
// (RFC 826), whole frames: what says that an address has moved to another card.
// It knows no sockets.
package arp

import (
	"encoding/binary"
	"errors"
	"net/netip"
)

const (
	EtherType = 0x0806
	Size      = 14 + 28 // of a frame, before Ethernet pads it
)

// The two operations.
const (
	Request uint16 = 1
	Reply   uint16 = 2
)

// MAC is an Ethernet address.
type MAC = [6]byte

// Broadcast is the address of all.
var Broadcast = MAC{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Faults of Parse.
var (
	ErrShort = errors.New("shorter than an ARP frame")
	ErrKind  = errors.New("not ARP for IPv4 on Ethernet")
)

// Packet is an ARP packet in its frame.
type Packet struct {
	Dst, Src             MAC // of the frame
	Op                   uint16
	SenderMAC, TargetMAC MAC
	SenderIP, TargetIP   netip.Addr
}

// Gratuitous tells everybody that ip is now at mac: a request for the own address (RFC
// 5227 section 3 calls it an announcement). Like keepalived, and unlike the RFC, it has all
// ones as the target's hardware address.
func Gratuitous(mac MAC, ip netip.Addr) Packet {
	return Packet{Dst: Broadcast, Src: mac, Op: Request, SenderMAC: mac, TargetMAC: Broadcast, SenderIP: ip, TargetIP: ip}
}

// What stands between the frame's type and the operation: Ethernet, IPv4, and the lengths of their addresses.
var kind = [8]byte{EtherType >> 8, EtherType & 0xff, 0, 1, 0x08, 0x00, 6, 4}

// Append writes the frame. Both addresses must be IPv4.
func (p *Packet) Append(dst []byte) []byte {
	sender, target := p.SenderIP.As4(), p.TargetIP.As4()
	dst = append(dst, p.Dst[:]...)
	dst = append(dst, p.Src[:]...)
	dst = append(dst, kind[:]...)
	dst = binary.BigEndian.AppendUint16(dst, p.Op)
	dst = append(dst, p.SenderMAC[:]...)
	dst = append(dst, sender[:]...)
	dst = append(dst, p.TargetMAC[:]...)
	return append(dst, target[:]...)
}

// Parse reads a frame. What follows the packet is padding.
func (p *Packet) Parse(f []byte) error {
	if len(f) < Size {
		return ErrShort
	}
	if [8]byte(f[12:]) != kind {
		return ErrKind
	}
	p.Dst, p.Src, p.Op = MAC(f), MAC(f[6:]), binary.BigEndian.Uint16(f[20:])
	p.SenderMAC, p.SenderIP = MAC(f[22:]), netip.AddrFrom4([4]byte(f[28:]))
	p.TargetMAC, p.TargetIP = MAC(f[32:]), netip.AddrFrom4([4]byte(f[38:]))
	return nil
}

// Announces tells whether the packet is gratuitous: about the sender's own address.
func (p *Packet) Announces() bool { return p.SenderIP == p.TargetIP }
