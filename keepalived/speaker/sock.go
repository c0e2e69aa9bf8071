package speaker

import (
	"net/netip"
	"time"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/rawip"
	"moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	machine "moongate/keepalived/vrrp"
)

const (
	batchPackets = 32
	batches      = 8 // at most in one turn
	// pace is how long a stream of adverts waits to be taken together: far less than the
	// shortest interval, and enough for a flood to cost little.
	pace       = time.Millisecond
	packetSize = 4 << 10 // 255 IPv6 addresses and more
	// vridAt is where a packet has the number of its router, behind the IP header.
	vridAt = 1
)

// sockKey is what instances share a socket by.
type sockKey struct {
	dev   string // empty: any interface
	base  string // the interface that the instances name
	v6    bool
	ah    bool
	local netip.Addr // unicast: what adverts are sent to
	group netip.Addr // multicast
	hops  int
	// second says that it is the second path of its instances.
	second bool
}

// sock is a pair of sockets, one to hear adverts and one to send them.
type sock struct {
	key       sockKey
	index     int
	in        *rawip.Receiver
	out       *rawip.Sender
	fd        *loop.FD
	instances []*machine.Instance
	failed    bool
}

func keyOf(in *machine.Instance) sockKey {
	c := in.Conf
	k := sockKey{dev: in.Device(), base: c.Interface, v6: c.V6, ah: c.Auth.Type == config.AH && !c.V6, hops: in.HopLimit()}
	if len(c.Peers) > 0 {
		k.local = in.Source()
	} else {
		k.group = in.Multicast()
	}
	return k
}

func (k *sockKey) protocol() int {
	if k.ah {
		return vrrp.ProtocolAH
	}
	return vrrp.Protocol
}

// sockets opens what instances need, and closes what nobody needs any more. It is
// called again whenever interfaces or addresses have changed.
func (s *speaker) sockets() {
	for _, k := range s.socks {
		k.instances = k.instances[:0]
	}
	for _, in := range s.machine.Instances() {
		in.Data, in.Second = (*sock)(nil), (*sock)(nil)
		if in.Source().IsValid() {
			in.Data = s.sockFor(in, keyOf(in))
		}
		if in.Conf.Heartbeat != nil && in.SecondSource().IsValid() {
			in.Second = s.sockFor(in, secondKey(in))
		}
	}
	for key, k := range s.socks {
		if len(k.instances) == 0 {
			k.close()
			delete(s.socks, key)
			continue
		}
		s.ready(k)
	}
}

func (s *speaker) sockFor(in *machine.Instance, key sockKey) *sock {
	k := s.socks[key]
	if k == nil {
		k = &sock{key: key}
		s.socks[key] = k
	}
	k.instances = append(k.instances, in)
	return k
}

// ready opens the sockets, unless they are open, or the interface is missing.
func (s *speaker) ready(k *sock) {
	index := 0
	if k.key.dev != "" {
		l, ok := s.watch.LinkByName(k.key.dev)
		if !ok {
			k.close()
			return
		}
		index = l.Index
	}
	if k.in != nil && k.index != index {
		k.close() // another interface of the same name
	}
	if k.in == nil {
		k.index = index
		if err := s.openSock(k); err != nil {
			s.log(role.Info, "(%s) %v", k.instances[0].Conf.Name, err)
			k.close()
		}
	}
	if !k.key.second { // the lack of a second path is no fault
		for _, in := range k.instances {
			s.machine.Deaf(s.loop.Now(), in, k.in == nil)
		}
	}
	if k.in == nil {
		return
	}
	var vrids []uint8
	if !s.cfg.Global.LogUnknownVRIDs {
		for _, in := range k.instances {
			vrids = append(vrids, in.Conf.VRID)
		}
	}
	at := vridAt
	if k.key.ah {
		at += vrrp.AHSize
	}
	if err := k.in.KeepBytes(at, vrids...); err != nil {
		s.log(role.Info, "(%s) %v", k.instances[0].Conf.Name, err)
	}
}

func (s *speaker) openSock(k *sock) (err error) {
	key := &k.key
	buffer := s.bufferOf(k)
	k.in, err = rawip.Listen(rawip.Config{IPv6: key.v6, Protocol: key.protocol(), Device: key.dev, Local: key.local, Buffer: buffer})
	if err != nil {
		return err
	}
	if key.group.IsValid() {
		if err = k.in.Join(key.group, k.index); err != nil {
			return err
		}
	}
	k.out, err = rawip.Open(rawip.Path{IPv6: key.v6, Protocol: key.protocol(), Device: key.dev, Index: k.index, TTL: key.hops})
	if err != nil {
		return err
	}
	if k.fd, err = s.loop.Add(k.in.FD(), s.wrap(func() { s.hear(k) }), nil); err != nil {
		return err
	}
	k.fd.Pace(pace)
	return nil
}

// bufferOf is the size of a socket's receive buffer; 0: the kernel's.
func (s *speaker) bufferOf(k *sock) int {
	g, own, all := &s.cfg.Global, 0, 0
	mtu := 0
	if l, ok := s.watch.Link(k.index); ok {
		mtu = l.MTU
	}
	for _, in := range k.instances {
		own = max(own, in.Conf.RxBuf)
		switch {
		case g.RxBufsMTU:
			all += mtu * g.RxBufsMultiplier
		case g.RxBufsAdvert:
			all += in.AdvertSize() * g.RxBufsMultiplier
		}
	}
	if own != 0 {
		return own
	}
	return max(all, g.RxBufs)
}

// hear takes what has arrived. What is left after some batches makes the loop call again.
func (s *speaker) hear(k *sock) {
	for n := 0; n < batches && s.take(k); n++ {
	}
}

// take takes one batch, and tells whether there may be more.
func (s *speaker) take(k *sock) bool {
	packets, err := k.in.Recv(s.batch)
	if err != nil {
		s.log(role.Info, "recvmsg(%d) %v", k.in.FD(), err)
		return false
	}
	now := s.loop.Now()
	p := &s.packet
	for i := range packets {
		r := &packets[i]
		if r.Truncated {
			continue
		}
		*p = machine.Packet{Dev: k.key.base, V6: k.key.v6, Data: r.Data, Src: r.Src, Dst: r.Dst, HopLimit: int(r.TTL), Second: k.key.second}
		s.machine.Receive(now, p)
		if k.in == nil {
			return false // somebody has closed it
		}
	}
	return len(packets) == batchPackets
}

func (k *sock) close() {
	if k.fd != nil {
		k.fd.Remove()
	}
	if k.in != nil {
		k.in.Close()
	}
	if k.out != nil {
		k.out.Close()
	}
	k.fd, k.in, k.out = nil, nil, nil
}

// pool logs the sockets as keepalived does.
func (s *speaker) pool() {
	seen := map[*sock]bool{}
	var list []*sock
	for _, in := range s.machine.Instances() {
		first, _ := in.Data.(*sock)
		second, _ := in.Second.(*sock)
		list = append(list, first, second)
	}
	for _, k := range list {
		if k == nil || seen[k] {
			continue
		}
		seen[k] = true
		family, kind, addr := "IPv4", "mult", k.key.group
		if k.key.v6 {
			family = "IPv6"
		}
		if k.key.local.IsValid() {
			kind, addr = ", un", k.key.local
		}
		r, w := k.fds()
		s.log(role.Info, "VRRP sockpool: [ifindex(%3d), family(%s), proto(%d), fd(%d,%d) %sicast, address(%v)]", k.index, family, k.key.protocol(), r, w, kind, addr)
	}
}

func (k *sock) fds() (in, out int) {
	in, out = -1, -1
	if k.in != nil {
		in = k.in.FD()
	}
	if k.out != nil {
		out = k.out.FD()
	}
	return in, out
}
