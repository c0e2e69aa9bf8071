package upstream

import "moongate/engine/zone"

// Open makes the peers and the pool of a group that belongs to no configuration: one
// that is made, and changed by Replace, while the process serves. Its state is this
// process's own. The group's Servers, Keep and Balancer must be set.
func (g *Group) Open() error {
	p, err := openPeers(g, false)
	if err != nil {
		return err
	}
	if p == nil {
		p = &Peers{Name: g.Name}
	}
	p.setSingle()
	g.Written, g.Peers = true, p
	g.openPool()
	return g.Balancer.Open(g)
}

// Replace makes other servers the group's. Peers that stay, by address and name, keep
// their state, also when their weight is another one now; requests that are being
// served by one that is gone end as they would have.
func (g *Group) Replace(servers []Server) {
	p := g.Peers
	p.Lock()
	defer p.Unlock()
	g.Servers = servers
	was := p.List
	p.List = make([]*Peer, 0, len(servers))
	for i := range servers {
		s := &servers[i]
		for _, a := range s.Addrs {
			peer := findPeer(was, a.Name, s.Name)
			spec, host := s.spec(a.Name), authority(s.HostHeader, a.IP.Port())
			switch {
			case peer == nil:
				peer = &Peer{Peer: new(zone.Peer), Name: a.Name, Server: s.Name, Address: a, authority: host}
				fill(peer.Peer, &spec)
			case peer.authority != host: // who goes by the old one may be reading it
				peer = &Peer{Peer: peer.Peer, Name: a.Name, Server: s.Name, Address: a, authority: host}
			}
			if peer.Weight != spec.Weight {
				peer.Weight, peer.EffectiveWeight, peer.CurrentWeight = spec.Weight, spec.Weight, 0
			}
			peer.MaxFails, peer.FailTimeout, peer.MaxConns = spec.MaxFails, spec.FailTimeout, spec.MaxConns
			switch {
			case s.Down:
				peer.Down = zone.PeerDown
			case peer.Down != zone.PeerSick: // that is for Judge to say
				peer.Down = 0
			}
			p.List = append(p.List, peer)
		}
	}
	p.config++
	p.sum()
	p.setSingle()
}

// EachPeer calls f for each peer with the server that it is of, as written, and how many
// connections it has in use.
func (g *Group) EachPeer(f func(server string, conns int64)) {
	p := g.Peers
	p.Lock()
	defer p.Unlock()
	for _, peer := range p.List {
		f(peer.Server, peer.Conns)
	}
}

func findPeer(list []*Peer, address, server string) *Peer {
	for _, p := range list {
		if p.Name == address && p.Server == server {
			return p
		}
	}
	return nil
}
