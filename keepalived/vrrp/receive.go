package vrrp

import (
	"net/netip"
	"time"

	"moongate/edge/wire/vrrp"
)

// Packet is what a socket has received.
type Packet struct {
	Dev  string // the interface of the instances that the socket is for; empty: none was given
	V6   bool
	Data []byte // over IPv4 from the IP header on, over IPv6 behind it
	// Src, Dst and HopLimit are for IPv6, where Data does not have them.
	Src, Dst netip.Addr
	HopLimit int // -1: not known
	// Second says that it came on the second path; Dev is that of the heartbeat then.
	Second bool
}

// frame is a packet taken apart.
type frame struct {
	src, dst  netip.Addr
	ttl       int
	all       []byte // IPv4: the whole packet
	body      []byte // the advert and what follows it
	ah        vrrp.AH
	hasAH     bool
	multicast bool
	second    bool
	inStep    bool // two masters have used the same number: neither has heard the other
}

// Receive takes a packet. Nothing in it is believed before it was checked.
func (m *Machine) Receive(now time.Time, p *Packet) {
	f := frame{src: p.Src, dst: p.Dst, ttl: p.HopLimit, body: p.Data, second: p.Second}
	if !p.V6 {
		ip, body, ok := vrrp.ParseIPv4(p.Data)
		if !ok {
			m.world.Log(Info, "IPv4 VRRP packet too short - %d bytes", len(p.Data))
			return
		}
		f.src, f.dst, f.ttl, f.body = ip.Src, ip.Dst, int(ip.TTL), body
		f.all = p.Data[:cap(p.Data)-cap(body)+len(body)]
		if ip.Protocol == vrrp.ProtocolAH {
			if f.ah, f.body, f.hasAH = vrrp.ParseAH(body); !f.hasAH {
				m.world.Log(Info, "IPv4 VRRP packet with AH too short - %d bytes", len(p.Data))
				return
			}
		}
	}
	f.multicast = f.dst.IsMulticast()
	if len(f.body) < 2 {
		return
	}
	index := m.index
	if p.Second {
		index = m.seconds
	}
	in := index[key{p.Dev, p.V6, f.body[1]}]
	if in == nil {
		m.unknown++
		if m.cfg.Global.LogUnknownVRIDs {
			m.world.Log(Info, "Unknown VRID(%d) received on interface(%s) from %v. ignoring...", f.body[1], p.Dev, f.src)
		}
		return
	}
	if !in.started || in.state != Backup && in.state != Master {
		return
	}
	if !in.check(now, &f) {
		in.tellRefused(f.src)
		if f.inStep && now.Sub(in.stepped) >= in.Conf.Interval {
			in.stepped = now
			in.advertise(now, in.eff) // with a number that counts, so that they need not wait for the next
		}
		return
	}
	if p.Second {
		in.Stats.SecondReceived++
		in.heardOnSecond(now, f.src, &m.in)
		return
	}
	in.Stats.Received++
	if m.in.Priority != vrrp.Leaves {
		in.heard = now
	}
	if in.state == Master {
		in.heardAsMaster(now, f.src, &m.in, false)
	} else {
		in.heardAsBackup(now, f.src, &m.in)
	}
}
