package ipvs

import (
	"errors"
	"fmt"
	"time"

	"moongate/edge/sys/ipvs"
	"moongate/keepalived/lvs"
)

// Plane is the kernel's IPVS.
type Plane struct {
	client *ipvs.Client
	ours   map[ipvs.Key]bool // services that we made or took over
	order  []*lvs.Service    // of the last Apply
	before ipvs.Config       // the timeouts that were there before ours
}

// New opens the plane. A kernel without ip_vs is an *ipvs.Missing.
func New() (*Plane, error) {
	c, err := ipvs.Dial()
	if err != nil {
		return nil, err
	}
	return with(c), nil
}

func with(c *ipvs.Client) *Plane { return &Plane{client: c, ours: map[ipvs.Key]bool{}} }

// Name is the word of lvs_backend.
func (p *Plane) Name() string { return "ipvs" }

// Cannot says what even IPVS can't do.
func (p *Plane) Cannot(s *lvs.Service) []string {
	for _, d := range s.Dests {
		if d.Forward.Method != lvs.TUN && s.FwMark == 0 && d.Addr.Addr().Is4() != s.Addr.Is4() {
			return []string{fmt.Sprintf("%v between IPv4 and IPv6", d.Forward.Method)}
		}
	}
	return nil
}

// SetTimeouts sets the kernel's, which are of all services on the machine. Close sets
// what was there before.
func (p *Plane) SetTimeouts(t lvs.Timeouts) error {
	if t == (lvs.Timeouts{}) {
		return nil
	}
	if p.before == (ipvs.Config{}) {
		before, err := p.client.Config()
		if err != nil {
			return err
		}
		p.before = before
	}
	return p.client.SetConfig(ipvs.Config{TCP: t.TCP, TCPFin: t.TCPFin, UDP: t.UDP})
}

// StartSync starts a sync daemon.
func (p *Plane) StartSync(s lvs.Sync) error {
	return p.client.NewDaemon(&ipvs.Daemon{State: state(s.Master), Interface: s.Interface, ID: s.ID, MaxLen: s.MaxLen, Group: s.Group,
		Port: s.Port, TTL: s.TTL})
}

// StopSync stops one.
func (p *Plane) StopSync(master bool) error { return p.client.DelDaemon(state(master)) }

func state(master bool) uint32 {
	if master {
		return ipvs.Master
	}
	return ipvs.Backup
}

// Flush deletes all services, whoever made them: lvs_flush.
func (p *Plane) Flush() error {
	clear(p.ours)
	return p.client.Flush()
}

// Close lets go; without keep our services are deleted.
func (p *Plane) Close(keep bool) error {
	var err error
	if !keep {
		err = p.Apply(nil)
		if p.before != (ipvs.Config{}) {
			err = errors.Join(err, p.client.SetConfig(p.before))
		}
	}
	return errors.Join(err, p.client.Close())
}

func rawKey(k lvs.Key) ipvs.Key {
	if k.FwMark != 0 {
		return ipvs.Key{FwMark: k.FwMark, V6: k.V6}
	}
	return ipvs.Key{Addr: k.Addr, Port: k.Port, Protocol: k.Protocol}
}

func rawService(s *lvs.Service) ipvs.Service {
	r := ipvs.Service{Key: rawKey(s.Key), Scheduler: s.Scheduler, Bits: s.Granularity, Engine: s.Engine}
	size := 32
	if s.V6 || s.Addr.Is6() {
		size = 128
	}
	if r.Bits <= 0 || r.Bits > size {
		r.Bits = size
	}
	if s.Persistence > 0 {
		r.Flags |= ipvs.Persistent
		r.Timeout = max(s.Persistence.Truncate(time.Second), time.Second)
	}
	if s.OnePacket {
		r.Flags |= ipvs.OnePacket
	}
	for _, f := range s.Flags {
		switch f {
		case "ops":
			r.Flags |= ipvs.OnePacket
		case "flag-1", "sh-fallback", "mh-fallback":
			r.Flags |= ipvs.Flag1
		case "flag-2", "sh-port", "mh-port":
			r.Flags |= ipvs.Flag2
		case "flag-3":
			r.Flags |= ipvs.Flag3
		}
	}
	return r
}

var (
	methods = map[lvs.Method]uint32{lvs.NAT: ipvs.NAT, lvs.DR: ipvs.DR, lvs.TUN: ipvs.TUN}
	tunnels = map[string]uint8{"gue": ipvs.GUE, "gre": ipvs.GRE}
	sums    = map[string]uint16{"csum": ipvs.Sum, "remcsum": ipvs.RemoteSum}
)

func rawDest(d *lvs.Dest) ipvs.Dest {
	r := ipvs.Dest{Addr: d.Addr, Method: methods[d.Forward.Method], Weight: int32(d.Weight), Upper: d.Upper, Lower: d.Lower}
	if d.Forward.Method == lvs.TUN {
		if r.Tunnel = tunnels[d.Forward.Tunnel]; r.Tunnel != ipvs.IPIP {
			r.TunnelFlags = sums[d.Forward.Sum]
		}
		if r.Tunnel == ipvs.GUE {
			r.TunnelPort = d.Forward.Port
		}
	}
	return r
}

var (
	_ lvs.Plane    = (*Plane)(nil)
	_ lvs.Timed    = (*Plane)(nil)
	_ lvs.Flushing = (*Plane)(nil)
	_ lvs.Syncing  = (*Plane)(nil)
)
