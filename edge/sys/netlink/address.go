package netlink

import (
	"encoding/binary"
	"math"
	"net/netip"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

func put32(b []byte, v uint32) { binary.NativeEndian.PutUint32(b, v) }

// Address is an address of an interface.
type Address struct {
	Index     int
	Prefix    netip.Prefix // the address, and how much of it names the network
	Peer      netip.Prefix // the other side, whose network it is then; not valid: none
	Broadcast netip.Addr   // not valid: none
	Scope     uint8
	Label     string // IPv4
	Flags     AddressFlags
	// Valid is how many seconds the kernel keeps the address. Not given: for ever.
	Valid Opt[uint32]
	// Preferred is how many seconds an IPv6 address is used as a source by itself: Some(0) is
	// deprecated. Not given: as long as the address is valid.
	Preferred Opt[uint32]
}

// AddressFlags are IFA_F_...
type AddressFlags uint32

// The flags that users set, and those that the kernel tells.
const (
	NoDAD         = AddressFlags(unix.IFA_F_NODAD)
	Home          = AddressFlags(unix.IFA_F_HOMEADDRESS)
	MngTmpAddr    = AddressFlags(unix.IFA_F_MANAGETEMPADDR)
	NoPrefixRoute = AddressFlags(unix.IFA_F_NOPREFIXROUTE)
	AutoJoin      = AddressFlags(unix.IFA_F_MCAUTOJOIN)

	Secondary  = AddressFlags(unix.IFA_F_SECONDARY)
	Tentative  = AddressFlags(unix.IFA_F_TENTATIVE)
	DADFailed  = AddressFlags(unix.IFA_F_DADFAILED)
	Deprecated = AddressFlags(unix.IFA_F_DEPRECATED)
	Permanent  = AddressFlags(unix.IFA_F_PERMANENT)
)

// Same tells whether both are the same entry of the kernel's table.
func (a *Address) Same(b *Address) bool {
	return a.Index == b.Index && a.Prefix == b.Prefix && a.Peer == b.Peer
}

// Opt is a value that may not be given.
type Opt[T comparable] struct {
	V  T
	Ok bool
}

// Some is a value that is given.
func Some[T comparable](v T) Opt[T] { return Opt[T]{v, true} }

// The broadcast address of a network, which "brd +" asks for.
func BroadcastOf(p netip.Prefix) netip.Addr {
	if !p.Addr().Is4() || p.Bits() > 30 {
		return netip.Addr{}
	}
	a := p.Addr().As4()
	binary.BigEndian.PutUint32(a[:], binary.BigEndian.Uint32(a[:])|math.MaxUint32>>p.Bits())
	return netip.AddrFrom4(a)
}

const (
	ifaddrSize = unix.SizeofIfAddrmsg
	forever    = math.MaxUint32
)

func family(v6 bool) uint8 {
	if v6 {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

// AddAddress adds an address.
func (c *Conn) AddAddress(a Address) error {
	c.address(c.begin(unix.RTM_NEWADDR, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_EXCL), &a)
	return c.do("adding the address " + a.Prefix.String())
}

// RenewAddress has an address that is there last as if it were added now. A missing one is
// added.
func (c *Conn) RenewAddress(a Address) error {
	c.address(c.begin(unix.RTM_NEWADDR, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_REPLACE), &a)
	return c.do("renewing the address " + a.Prefix.String())
}

// DeleteAddress takes an address away.
func (c *Conn) DeleteAddress(a Address) error {
	c.address(c.begin(unix.RTM_DELADDR, unix.NLM_F_ACK), &a)
	return c.do("deleting the address " + a.Prefix.String())
}

func (c *Conn) address(e *nlmsg.Encoder, a *Address) {
	local, far, bits := a.Prefix.Addr(), a.Prefix.Addr(), a.Prefix.Bits()
	if a.Peer.IsValid() {
		far, bits = a.Peer.Addr(), a.Peer.Bits()
	}
	var head [ifaddrSize]byte
	head[0], head[1], head[2], head[3] = family(local.Is6()), uint8(bits), uint8(a.Flags), a.Scope
	put32(head[4:], uint32(a.Index))
	e.Raw(head[:]...)
	e.Attr(unix.IFA_LOCAL, local.AsSlice())
	e.Attr(unix.IFA_ADDRESS, far.AsSlice())
	if a.Broadcast.IsValid() {
		e.Attr(unix.IFA_BROADCAST, a.Broadcast.AsSlice())
	}
	if a.Label != "" {
		e.String(unix.IFA_LABEL, a.Label)
	}
	if a.Flags > math.MaxUint8 {
		e.Uint32(unix.IFA_FLAGS, uint32(a.Flags))
	}
	if a.Preferred.Ok || a.Valid.Ok {
		valid := uint32(forever)
		if a.Valid.Ok {
			valid = a.Valid.V
		}
		preferred := valid
		if a.Preferred.Ok {
			preferred = min(a.Preferred.V, valid)
		}
		var life [16]byte // preferred, valid, and two times that only the kernel tells
		put32(life[:], preferred)
		put32(life[4:], valid)
		e.Attr(unix.IFA_CACHEINFO, life[:])
	}
}

// parse reads what follows the header of RTM_NEWADDR or RTM_DELADDR.
func (a *Address) parse(b []byte) bool {
	if len(b) < ifaddrSize || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return false
	}
	*a = Address{Index: int(nlmsg.Uint32(b[4:])), Scope: b[3], Flags: AddressFlags(b[2])}
	bits := int(b[1])
	var local, far netip.Addr
	for kind, v := range nlmsg.Attrs(b[ifaddrSize:]) {
		switch kind {
		case unix.IFA_LOCAL:
			local = addr(v)
		case unix.IFA_ADDRESS:
			far = addr(v)
		case unix.IFA_BROADCAST:
			a.Broadcast = addr(v)
		case unix.IFA_LABEL:
			a.Label = nlmsg.String(v)
		case unix.IFA_FLAGS:
			a.Flags = AddressFlags(nlmsg.Uint32(v))
		case unix.IFA_CACHEINFO:
			if p := nlmsg.Uint32(v); p != forever {
				a.Preferred = Some(p)
			}
			if len(v) >= 8 && nlmsg.Uint32(v[4:]) != forever {
				a.Valid = Some(nlmsg.Uint32(v[4:]))
			}
		}
	}
	switch {
	case !local.IsValid():
		local = far // IPv6 without a peer
	case far.IsValid() && far != local:
		a.Peer = netip.PrefixFrom(far, bits)
		bits = local.BitLen()
	}
	a.Prefix = netip.PrefixFrom(local, bits)
	return a.Prefix.IsValid()
}

func addr(b []byte) netip.Addr {
	a, _ := netip.AddrFromSlice(b)
	return a
}

// Addresses lists the addresses of all interfaces.
func (c *Conn) Addresses() (all []Address, err error) {
	err = c.list("listing addresses", unix.RTM_GETADDR,
		func(e *nlmsg.Encoder) { e.Raw(make([]byte, ifaddrSize)...) },
		func() { all = all[:0] },
		func(_ uint16, b []byte) {
			var a Address
			if a.parse(b) {
				all = append(all, a)
			}
		})
	return all, err
}
