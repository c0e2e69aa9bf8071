package lvs

import (
	"net/netip"
	"slices"

	"moongate/keepalived/config"
)

// Services is what a plane is to have now.
func (s *State) Services() []*Service {
	var list []*Service
	for _, v := range s.virtuals {
		for _, k := range Keys(v.Config) {
			list = append(list, v.service(k))
		}
	}
	return list
}

// Keys are the services that a virtual server stands for: one, or those of its group.
func Keys(c *config.Server) []Key {
	protocol := Protocol(c.Protocol)
	switch {
	case c.Group != nil:
		var keys []Key
		for _, e := range c.Group.Entries {
			if e.FwMark != 0 {
				keys = append(keys, Key{FwMark: e.FwMark, V6: e.V6 || c.V6})
				continue
			}
			for a := e.First; a.IsValid(); a = a.Next() {
				keys = append(keys, Key{Addr: a, Port: e.Port, Protocol: protocol, V6: a.Is6()})
				if !e.Last.IsValid() || a == e.Last {
					break
				}
			}
		}
		return keys
	case c.FwMark != 0:
		return []Key{{FwMark: c.FwMark, V6: c.V6}}
	}
	return []Key{{Addr: c.Addr.Addr(), Port: c.Addr.Port(), Protocol: protocol, V6: c.Addr.Addr().Is6()}}
}

// Protocol is the number of a protocol; TCP is what is meant without one.
func Protocol(name string) uint8 {
	switch name {
	case "UDP":
		return 17
	case "SCTP":
		return 132
	}
	return 6
}

func (v *Virtual) service(k Key) *Service {
	c := v.Config
	sv := &Service{
		Key: k, Scheduler: c.Scheduler, Persistence: c.Persistence, Granularity: c.Granularity,
		Engine: c.Engine, OnePacket: slices.Contains(c.Flags, "ops"),
		Flags: slices.DeleteFunc(slices.Clone(c.Flags), func(f string) bool { return f == "ops" }),
	}
	add := func(r *config.RealServer, weight int) {
		d := dest(k, r, weight)
		if !slices.ContainsFunc(sv.Dests, func(o Dest) bool { return o.Addr == d.Addr }) {
			sv.Dests = append(sv.Dests, d)
		}
	}
	for _, r := range v.Reals {
		switch {
		case r.Alive && !v.Sorry():
			add(r.Config, r.Weight)
		case r.Config.Inhibit:
			add(r.Config, 0)
		}
	}
	switch {
	case v.Sorry():
		add(c.Sorry, max(1, c.Sorry.Weight))
	case c.Sorry != nil && c.SorryInhibit:
		add(c.Sorry, 0)
	}
	for _, g := range v.gone {
		add(g.conf, 0)
	}
	return sv
}

// dest is a real server as a destination of one service. Only NAT can change the
// port.
func dest(k Key, r *config.RealServer, weight int) Dest {
	d := Dest{Addr: r.Addr, Weight: weight, Upper: r.Upper, Lower: r.Lower, Forward: forward(r.Forward)}
	if d.Forward.Method != NAT || r.Addr.Port() == 0 { // a mark's port is 0: any
		d.Addr = netip.AddrPortFrom(r.Addr.Addr(), k.Port)
	}
	return d
}

// DestAddr is where a service sends what is for a real server.
func DestAddr(k Key, r *config.RealServer) netip.AddrPort { return dest(k, r, 0).Addr }

// Set tells whether a plane is to have a real server, be it with weight 0.
func (v *Virtual) Set(r *Real) bool { return r.Alive && !v.Sorry() || r.Config.Inhibit }

func forward(f config.Forward) Forward {
	out := Forward{Tunnel: f.Tunnel, Port: f.Port, Sum: f.Sum}
	switch f.Method {
	case "DR":
		out.Method = DR
	case "TUN":
		out.Method = TUN
	}
	return out
}
