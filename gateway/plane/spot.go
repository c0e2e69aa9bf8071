package plane

import (
	"net/netip"

	"moongate/gateway/entity"
)

// Spot is a target with the addresses that its name stands for.
type Spot struct {
	entity.Target
	Host  string // what it is asked as, without a port where it is the usual one
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

// addresses are what a host stands for; none if its name is not known (yet).
func addresses(names map[string][]netip.Addr, host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}
	}
	return names[host]
}
