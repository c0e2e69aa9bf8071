package upstream

import (
	"testing"

	"moongate/engine/zone"
)

func TestUsable(t *testing.T) {
	now := Now()
	peers := func(list ...zone.Peer) *Peers {
		p := &Peers{}
		for i := range list {
			p.List = append(p.List, &Peer{Peer: &list[i]})
		}
		return p
	}
	first := peers(zone.Peer{MaxFails: 1}, zone.Peer{MaxFails: 1, Fails: 1, Checked: now, FailTimeout: 10},
		zone.Peer{MaxFails: 1, Fails: 1, Checked: now - 20, FailTimeout: 10}, zone.Peer{Down: zone.PeerSick},
		zone.Peer{Down: zone.PeerDown}, zone.Peer{Down: zone.PeerDraining})
	first.Next = peers(zone.Peer{})
	s := &Set{order: []*Group{{Peers: first}, {}}}
	if usable, all := s.Usable(); usable != 3 || all != 5 {
		t.Errorf("%d of %d peers", usable, all)
	}
}
