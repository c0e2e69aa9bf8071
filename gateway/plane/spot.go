package plane

import (
	"net/netip"

	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/health"
)

// Spot is a target with the addresses that its name stands for.
type Spot struct {
	entity.Target
	Host  string // what it is asked as, without a port
	Addrs []netip.AddrPort
}

// Spots are an upstream's targets, those of weight 0 too.
func Spots(s *entity.State, names map[string][]netip.Addr, u *entity.Upstream) (list []Spot) {
	for d := range s.Children("targets", "upstream", u.ID) {
		t, err := entity.Decode[entity.Target](d)
		if err != nil {
			continue
		}
		end := targetEndpoint(t)
		spot := Spot{Target: *t, Host: headerOf(u, end.host)}
		for _, a := range addresses(names, end.host) {
			spot.Addrs = append(spot.Addrs, netip.AddrPortFrom(a, end.port))
		}
		list = append(list, spot)
	}
	return list
}

// Spot is the service's own host, for where no upstream has that name.
func (s *Service) Spot(names map[string][]netip.Addr) Spot {
	end := s.endpoint()
	spot := Spot{Target: entity.Target{Target: end.name, Weight: end.weight}}
	for _, a := range addresses(names, end.host) {
		spot.Addrs = append(spot.Addrs, netip.AddrPortFrom(a, end.port))
	}
	return spot
}

// Gather makes a group of spots, as a Keeper does for requests: those of weight 0 and those
// without an address are not in it. u is their upstream, by whose rules t judges them, and
// again whenever WatchOf(group).Judge is called; nil where they are none's.
func Gather(spots []Spot, b upstream.Balancer, u *entity.Upstream, t *health.Table) (*upstream.Group, error) {
	g, err := newGroup("", b)
	if err != nil {
		return nil, err
	}
	var servers []upstream.Server
	for i := range spots {
		s := &spots[i]
		if s.Weight <= 0 || len(s.Addrs) == 0 {
			continue
		}
		end := endpoint{name: s.Target.Target, port: s.Addrs[0].Port(), weight: s.Weight, header: s.Host}
		var addrs []netip.Addr
		for _, a := range s.Addrs {
			addrs = append(addrs, a.Addr())
		}
		servers = append(servers, end.server(addrs))
	}
	g.Replace(servers)
	if u != nil {
		w := &Watch{ID: u.ID, table: t}
		g.Owner = w
		w.rule(u, []*upstream.Group{g})
	}
	return g, nil
}

// addresses are what a host stands for; none if its name is not known (yet).
func addresses(names map[string][]netip.Addr, host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}
	}
	return names[host]
}
