package ndp

import (
	"encoding/binary"
	"net/netip"
)

// Parse reads a frame and checks what RFC 4861 section 7.1.2 asks of a receiver. What
// follows the packet is padding.
func (a *Advert) Parse(f []byte) error {
	if len(f) < ethSize+ipSize {
		return ErrShort
	}
	ip := f[ethSize:]
	n := int(binary.BigEndian.Uint16(ip[4:]))
	if binary.BigEndian.Uint16(f[12:]) != EtherType || ip[0]>>4 != 6 || ip[6] != icmp {
		return ErrKind
	}
	if n < bodySize-8 || len(ip)-ipSize < n {
		return ErrShort
	}
	body := ip[ipSize:][:n]
	switch {
	case body[0] != advertisement || body[1] != 0:
		return ErrKind
	case ip[7] != hopLimit:
		return ErrRouted
	case checksum(ip, body) != 0:
		return ErrChecksum
	}
	*a = Advert{
		DstMAC: MAC(f), SrcMAC: MAC(f[6:]),
		Src: netip.AddrFrom16([16]byte(ip[8:])), Dst: netip.AddrFrom16([16]byte(ip[24:])),
		Router: body[4]&routerFlag != 0, Solicited: body[4]&solicitedFlag != 0, Override: body[4]&overrideFlag != 0,
		Target: netip.AddrFrom16([16]byte(body[8:])),
	}
	return a.options(body[24:])
}

func (a *Advert) options(o []byte) error {
	for len(o) > 0 {
		if len(o) < 8 || o[1] == 0 || len(o) < int(o[1])*8 {
			return ErrOption
		}
		if o[0] == targetOption && o[1] == 1 {
			a.MAC, a.HasMAC = MAC(o[2:]), true
		}
		o = o[int(o[1])*8:]
	}
	return nil
}

// Announces tells whether nobody asked for the advertisement.
func (a *Advert) Announces() bool { return !a.Solicited && a.Dst.IsMulticast() }
