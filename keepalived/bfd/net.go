package bfd

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/netip"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/udp"
	wire "moongate/edge/wire/bfd"
	"moongate/keepalived/role"
)

var _ World = (*running)(nil)

// Source ports that a session may send from (RFC 5881 section 4).
const (
	firstPort = 49152
	lastPort  = 65535
)

// listen opens the sockets that sessions need, and closes those that none needs.
func (p *process) listen() {
	need := map[ear]bool{}
	for _, s := range p.sessions {
		need[earOf(s.Conf)] = true
	}
	for e, l := range p.ears {
		if !need[e] {
			l.fd.Remove()
			l.in.Close()
			delete(p.ears, e)
		}
	}
	for e := range need {
		if p.ears[e] != nil {
			continue
		}
		in, err := udp.Open(udp.Config{Local: e.local()})
		if err != nil {
			p.log(role.Err, "BFD listening: %v", err)
			continue
		}
		fd, err := p.loop.Add(in.FD(), func() { p.hear(e, in) }, nil)
		if err != nil {
			p.log(role.Err, "BFD listening: %v", err)
			in.Close()
			continue
		}
		p.ears[e] = &listener{in, fd}
	}
}

// turn is how many packets are taken before timers get their turn.
const turn = 32

func (p *process) hear(e ear, in *udp.Socket) {
	for range turn {
		d, ok, err := in.Recv(p.buf[:])
		if err != nil {
			p.log(role.Info, "recvmsg(%d) %v", in.FD(), err)
		}
		if !ok {
			break
		}
		p.packet(e, &d)
	}
	p.arm()
}

// packet finds the session of a packet: by its name of ours, or, while the other end does
// not know that yet, by the other end's address. What is no session's is ignored.
func (p *process) packet(e ear, d *udp.Datagram) {
	var packet wire.Packet
	if packet.Parse(d.Data) != nil {
		return
	}
	var s *running
	if packet.Yours != 0 {
		s = p.byMine[packet.Yours]
	} else {
		for _, o := range p.sessions {
			if earOf(o.Conf) == e && sameAddr(o.Conf.Neighbor, d.From.Addr()) {
				s = o
				break
			}
		}
	}
	if s == nil || !sameAddr(s.Conf.Neighbor, d.From.Addr()) || !s.near(d.TTL) {
		return
	}
	s.Receive(p.loop.Now(), &packet)
}

// sameAddr leaves the zone out, which received addresses don't have.
func sameAddr(a, b netip.Addr) bool { return a.WithZone("") == b.WithZone("") }

// near tells whether a packet has come over no more hops than are allowed.
func (s *running) near(ttl uint8) bool {
	if s.Conf.MaxHops < 0 || s.Conf.MaxHops == 255 || int(ttl) >= s.Conf.TTL-s.Conf.MaxHops {
		s.badTTL = false
		return true
	}
	if !s.badTTL {
		s.badTTL = true
		s.p.log(role.Info, "(%s) Packet with ttl/hoplimit %d, at least %d is wanted - ignoring", s.Conf.Name, ttl, s.Conf.TTL-s.Conf.MaxHops)
	}
	return false
}

// open opens the session's own socket, from a port of the range that is free.
func (s *running) open() error {
	local := s.Conf.Source
	if !local.IsValid() {
		if local = netip.IPv4Unspecified(); s.Conf.Neighbor.Is6() {
			local = netip.IPv6Unspecified()
		}
	}
	var err error
	for range 16 {
		port := uint16(firstPort + rand.N(lastPort-firstPort+1))
		if s.out, err = udp.Open(udp.Config{Local: netip.AddrPortFrom(local, port), TTL: s.Conf.TTL}); err == nil {
			return nil
		}
		if errors.Is(err, fs.ErrPermission) {
			break
		}
	}
	return err
}

func (s *running) close() {
	if s.out != nil {
		s.out.Close()
		s.out = nil
	}
}

// Send implements World. The socket is opened when there is an address to send from, and
// a fault is said once until a packet goes out again.
func (s *running) Send(_ *Session, packet *wire.Packet) {
	err := error(nil)
	if s.out == nil {
		err = s.open()
	}
	if err == nil {
		s.p.out = packet.Append(s.p.out[:0])
		port := uint16(wire.Port)
		if s.Conf.Multihop {
			port = wire.PortMultihop
		}
		err = s.out.Send(s.p.out, netip.AddrPortFrom(s.Conf.Neighbor, port))
	}
	if err != nil && !s.failed {
		s.p.log(role.Info, "sendto() error (%s)", errno.Text(errno.Number(err)))
		s.p.log(role.Info, "(%s) Error sending packet", s.Conf.Name)
	}
	s.failed = err != nil
}

// Jitter implements World.
func (s *running) Jitter() float64 { return rand.Float64() }

// Log implements World.
func (s *running) Log(detail bool, format string, args ...any) {
	if !detail || s.p.session.Options.Detail > 0 {
		s.p.log(role.Info, format, args...)
	}
}

// Changed implements World: whoever follows the session is told.
func (s *running) Changed(*Session, bool) {
	c := s.Conf
	if c.VRRP || !c.Checker {
		s.p.tell(s, role.VRRP)
	}
	if c.Checker || !c.VRRP {
		s.p.tell(s, role.Checker)
	}
}

func (p *process) tell(s *running, to role.Name) {
	word := " down"
	if s.Up() {
		word = " up"
	}
	p.session.Parent.Tell(to, []byte(s.Conf.Name+word))
}
