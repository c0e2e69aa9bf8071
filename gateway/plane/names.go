package plane

import (
	"net/netip"

	"moongate/gateway/entity"
)

// Names are the host names in a state that have to be looked up: those of targets, and of
// services that mean no upstream.
func Names(s *entity.State) (list []string) {
	seen := map[string]bool{"": true}
	add := func(host string) {
		if _, err := netip.ParseAddr(host); err != nil && !seen[host] {
			seen[host] = true
			list = append(list, host)
		}
	}
	for d := range s.All("targets") {
		if t, err := entity.Decode[entity.Target](d); err == nil {
			host, _ := splitHostPort(t.Target)
			add(host)
		}
	}
	for d := range s.All("services") {
		e, err := entity.Decode[entity.Service](d)
		if err != nil || s.ByUnique("upstreams", "name", e.Host) != nil {
			continue
		}
		add((&Service{Service: *e}).endpoint().host)
	}
	return list
}
