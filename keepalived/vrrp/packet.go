package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
)

const ipv4Size = 20

// advertise sends an advert to the group, or to each peer.
func (in *Instance) advertise(now time.Time, prio uint8) {
	if !in.source.IsValid() {
		return
	}
	in.Stats.Sent++
	if in.Conf.Auth.Type == config.AH {
		in.seq++
	}
	if !in.unicast() {
		in.send(now, prio, in.mcast)
		return
	}
	for i := range in.Conf.Peers {
		in.send(now, prio, in.Conf.Peers[i].Addr)
	}
}

func (in *Instance) send(now time.Time, prio uint8, dst netip.Addr) {
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
		ip := vrrp.IPv4{Src: in.source, Dst: dst, ID: in.id, TTL: in.ttl(), Protocol: proto}
		p = ip.Append(p, size)
		if ah {
			p = append(p, make([]byte, vrrp.AHSize)...)
		}
	}
	body := len(p)
	p = a.Append(p, in.sumFor(dst))
	if in.sign.sends() {
		p = in.sign.append(p, now, in.source, p[body:])
	}
	if ah {
		in.signAH(p)
	}
	m.buf = p
	m.world.Send(in, dst, p)
}

func (in *Instance) ttl() uint8 {
	if in.unicast() && in.Conf.UnicastTTL > 0 {
		return uint8(in.Conf.UnicastTTL)
	}
	return vrrp.TTL
}

// sumFor is how the checksum for a receiver is made.
func (in *Instance) sumFor(dst netip.Addr) vrrp.Sum {
	c := in.Conf
	switch {
	case c.V6:
		return vrrp.Sum{Src: in.source, Dst: dst}
	case c.Version == 2 || c.ChecksumAsV2:
		return vrrp.Sum{}
	case in.unicast() && (c.OldUnicastChecksum || in.sumOld[dst]):
		return vrrp.Sum{Src: in.source, Dst: in.mcast}
	}
	return vrrp.Sum{Src: in.source, Dst: dst}
}

// HopLimit is what IPv6 adverts are to be sent with.
func (in *Instance) HopLimit() int { return int(in.ttl()) }
