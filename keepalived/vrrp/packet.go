package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

const ipv4Size, ipv6Size = 20, 40

// advertise sends an advert, on both paths.
func (in *Instance) advertise(now time.Time, prio uint8) {
	in.sendFirst(now, prio)
	in.sendSecond(now, prio)
}

// sendFirst sends an advert to the group, or to each peer.
func (in *Instance) sendFirst(now time.Time, prio uint8) {
	in.number()
	if !in.source.IsValid() {
		return
	}
	in.Stats.Sent++
	in.sign.begin(now)
	if !in.unicast() {
		in.m.world.Send(in, in.mcast, in.packet(prio, in.source, in.mcast, in.ttl()))
		return
	}
	for i := range in.Conf.Peers {
		dst := in.Conf.Peers[i].Addr
		in.m.world.Send(in, dst, in.packet(prio, in.source, dst, in.ttl()))
	}
}

// number counts the adverts for AH, whose receivers compare it on each path by itself.
func (in *Instance) number() {
	if in.Conf.Auth.Type == config.AH {
		if int32(in.second.seq-in.seq) > 0 {
			in.seq = in.second.seq
		}
		in.seq++
	}
}

// AdvertSize is how long the instance's adverts are, with their IP header.
func (in *Instance) AdvertSize() int {
	a := vrrp.Advert{Version: uint8(in.Conf.Version), Addrs: in.vips}
	n := a.Size(in.Conf.V6)
	if in.Conf.V6 {
		return n + ipv6Size
	}
	if in.Conf.Version == 2 && in.Conf.Auth.Type == config.AH {
		n += vrrp.AHSize
	}
	return n + ipv4Size
}

// packet is an advert. It is good until the next one is made.
func (in *Instance) packet(prio uint8, src, dst netip.Addr, ttl uint8) []byte {
	m, c := in.m, in.Conf
	a := &m.out
	*a = vrrp.Advert{Version: uint8(c.Version), VRID: c.VRID, Priority: prio, Interval: c.Interval, Addrs: in.vips}
	if c.Version == 2 {
		a.Auth = vrrp.Auth(c.Auth.Type)
		if c.Auth.Type == config.Pass {
			a.Data = c.Auth.Data
		}
	}
	ah := c.Version == 2 && c.Auth.Type == config.AH && !c.V6
	p := m.buf[:0]
	if !c.V6 {
		size, proto := a.Size(false), uint8(vrrp.Protocol)
		if in.sign.sends() {
			size += vrrp.TrailerSize
		}
		if ah {
			size, proto = size+vrrp.AHSize, vrrp.ProtocolAH
		}
		in.id++
		ip := vrrp.IPv4{Src: src, Dst: dst, ID: in.id, TTL: ttl, Protocol: proto}
		p = ip.Append(p, size)
		if ah {
			p = append(p, make([]byte, vrrp.AHSize)...)
		}
	}
	body := len(p)
	p = a.Append(p, in.sumFor(src, dst))
	if in.sign.sends() {
		p = in.sign.append(p, src, p[body:])
		if c.V6 { // whose checksum is the kernel's with keepalived, over all there is
			vrrp.Sum{Src: src, Dst: dst}.Put(p[body:])
		}
	}
	if ah {
		in.signAH(p, !dst.IsMulticast())
	}
	m.buf = p
	return p
}

func (in *Instance) ttl() uint8 {
	if in.unicast() && in.Conf.UnicastTTL > 0 {
		return uint8(in.Conf.UnicastTTL)
	}
	return vrrp.TTL
}

// sumFor is how the checksum for a receiver is made.
func (in *Instance) sumFor(src, dst netip.Addr) vrrp.Sum {
	c := in.Conf
	switch {
	case c.V6:
		return vrrp.Sum{Src: src, Dst: dst}
	case c.Version == 2 || c.ChecksumAsV2:
		return vrrp.Sum{}
	case src == in.source && in.unicast() && (c.OldUnicastChecksum || in.sumOld[dst]):
		return vrrp.Sum{Src: in.source, Dst: in.mcast}
	}
	return vrrp.Sum{Src: src, Dst: dst}
}

// HopLimit is what IPv6 adverts are to be sent with.
func (in *Instance) HopLimit() int { return int(in.ttl()) }
