package speaker

import (
	"net/netip"

	"moongate/edge/wire/arp"
	"moongate/edge/wire/ndp"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
)

// announce puts a gratuitous ARP or an unsolicited neighbour advertisement on the
// wire.
func (s *speaker) announce(in *vrrp.Instance, a *config.Address) {
	dev := in.On(a)
	l, ok := s.watch.LinkByName(dev)
	if !ok || !l.Ethernet || l.Loopback() || l.NoARP() {
		return
	}
	ip := a.Prefix.Addr()
	what := "gratuitous ARP"
	if ip.Is4() {
		p := arp.Gratuitous(l.MAC, ip)
		s.frame = p.Append(s.frame[:0])
	} else {
		what = "ndisc unsolicited neighbour advert"
		p := ndp.Unsolicited(l.MAC, ip, s.forwards(dev))
		s.frame = p.Append(s.frame[:0])
	}
	if err := s.frames.Send(l.Index, s.frame); err != nil {
		s.log(role.Info, "Error sending %s on %s for %v: %v", what, dev, ip, err)
	}
}

// seek sends an ARP request for a peer. Neighbours of IPv6 are left to the kernel.
func (s *speaker) seek(in *vrrp.Instance, peer netip.Addr) {
	l, ok := s.watch.LinkByName(in.Device())
	if !ok || !l.Ethernet || l.NoARP() || !peer.Is4() {
		return
	}
	p := arp.Packet{Dst: arp.Broadcast, Src: l.MAC, Op: arp.Request, SenderMAC: l.MAC, SenderIP: in.Source(), TargetIP: peer}
	s.frame = p.Append(s.frame[:0])
	if err := s.frames.Send(l.Index, s.frame); err != nil {
		s.log(role.Info, "Error sending ARP on %s for %v: %v", l.Name, peer, err)
	}
}

// forwards tells whether the machine is a router of IPv6 on an interface.
func (s *speaker) forwards(dev string) bool {
	v, err := s.kernel.Sysctl(true, dev, "forwarding")
	return err == nil && v != "0"
}
