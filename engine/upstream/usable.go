package upstream

import "moongate/engine/zone"

// Usable counts the peers of all groups, and those among them that a request
// could go to now. Peers that are down by configuration are not counted.
func (s *Set) Usable() (usable, all int) {
	now := Now()
	for _, g := range s.order {
		for p := g.Peers; p != nil; p = p.Next {
			p.Lock()
			for _, peer := range p.List {
				if peer.Down == zone.PeerDown || peer.Down == zone.PeerDraining {
					continue
				}
				all++
				if peer.Down == 0 && !peer.failed(now) {
					usable++
				}
			}
			p.Unlock()
		}
	}
	return usable, all
}
