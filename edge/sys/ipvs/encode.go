package ipvs

import (
	"encoding/binary"
	"net/netip"
	"time"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

func family(six bool) uint16 {
	if six {
		return unix.AF_INET6
	}
	return unix.AF_INET
}

// address is an attribute of 16 bytes, also for IPv4.
func (c *Client) address(kind uint16, a netip.Addr) {
	var b [16]byte
	copy(b[:], a.AsSlice())
	c.b.Attr(kind, b[:])
}

// port is in network order, though its attribute doesn't say so.
func (c *Client) port(kind, p uint16) { c.b.Attr(kind, binary.BigEndian.AppendUint16(nil, p)) }

// key begins the attribute of a service; end it with Close.
func (c *Client) key(k Key) {
	c.b.Open(attrService | nlmsg.Nested)
	c.b.Uint16(svcFamily, family(k.is6()))
	if k.FwMark != 0 {
		c.b.Uint32(svcFwMark, k.FwMark)
		return
	}
	c.b.Uint16(svcProtocol, uint16(k.Protocol))
	c.address(svcAddr, k.Addr)
	c.port(svcPort, k.Port)
}

func (c *Client) service(s *Service) {
	c.key(s.Key)
	c.b.String(svcScheduler, s.Scheduler)
	if s.Engine != "" {
		c.b.String(svcEngine, s.Engine)
	}
	flags := binary.NativeEndian.AppendUint32(nil, s.Flags)
	c.b.Attr(svcFlags, binary.NativeEndian.AppendUint32(flags, ^uint32(0)))
	c.b.Uint32(svcTimeout, uint32(s.Timeout/time.Second))
	// IPv4 has a mask here, in network order, IPv6 the length of a prefix.
	size := 32
	if s.is6() {
		size = 128
	}
	bits := s.Bits
	if bits <= 0 || bits > size {
		bits = size
	}
	if s.is6() {
		c.b.Uint32(svcNetmask, uint32(bits))
	} else {
		c.b.Uint32BE(svcNetmask, ^uint32(0)<<(32-bits))
	}
	c.b.Close()
}

// dest writes a destination; whole with its settings.
func (c *Client) dest(d *Dest, whole bool) {
	c.b.Open(attrDest | nlmsg.Nested)
	c.b.Uint16(destFamily, family(d.Addr.Addr().Is6()))
	c.address(destAddr, d.Addr.Addr())
	c.port(destPort, d.Addr.Port())
	if whole {
		c.b.Uint32(destMethod, d.Method)
		c.b.Uint32(destWeight, uint32(d.Weight))
		c.b.Uint32(destUpper, d.Upper)
		c.b.Uint32(destLower, d.Lower)
		// Kernels before 5.3 don't know these, and others needn't hear of plain tunnels.
		if d.Method == TUN && d.Tunnel != IPIP {
			c.b.Uint8(destTunnel, d.Tunnel)
			c.port(destTunnelPort, d.TunnelPort)
			c.b.Uint16(destTunnelFlags, d.TunnelFlags)
		}
	}
	c.b.Close()
}
