package upstream

import (
	"strconv"
	"strings"

	"moongate/engine/zone"
)

// Judge has a health check's word on all peers of the group: those that are not well are
// not chosen until they are judged again. The group is fit while more than threshold per
// cent of its weight is well; peers that are down by configuration count as neither.
func (g *Group) Judge(well func(*Peer) bool, threshold float64) (usable, all int) {
	p := g.Peers
	p.Lock()
	defer p.Unlock()
	healthy, total := int64(0), int64(0)
	for _, peer := range p.List {
		if peer.Down == zone.PeerDown || peer.Down == zone.PeerDraining {
			continue
		}
		total += peer.Weight
		all++
		peer.Down = zone.PeerSick
		if well(peer) {
			peer.Down = 0
			usable++
			healthy += peer.Weight
		}
	}
	g.unfit.Store(float64(healthy)*100 <= threshold*float64(total))
	return usable, all
}

// Fit tells whether the group may be asked at all, by the last Judge.
func (g *Group) Fit() bool { return !g.unfit.Load() }

// Sick tells whether a peer is marked so.
func (g *Group) Sick(server, address string) bool {
	p := g.Peers
	p.Lock()
	defer p.Unlock()
	peer := findPeer(p.List, address, server)
	return peer != nil && peer.Down == zone.PeerSick
}

// authority is what the Host header says of a server's port, for requests in plain text
// and over TLS: a port that everybody knows is left out, and one that host has stays.
func authority(host string, port uint16) (a [2]string) {
	if host == "" || strings.LastIndexByte(host, ':') > strings.LastIndexByte(host, ']') {
		return [2]string{host, host}
	}
	full := host + ":" + strconv.Itoa(int(port))
	a = [2]string{full, full}
	switch port {
	case 80:
		a[0] = host
	case 443:
		a[1] = host
	}
	return a
}

// Authority is the Host header for requests to the peer; "" where its server has no host
// of its own.
func (p *Peer) Authority(secure bool) string {
	if secure {
		return p.authority[1]
	}
	return p.authority[0]
}

// Live appends the group's peers that are not down to room.
func (g *Group) Live(room []*Peer) []*Peer {
	p := g.Peers
	p.Lock()
	defer p.Unlock()
	for _, peer := range p.List {
		if peer.Down == 0 {
			room = append(room, peer)
		}
	}
	return room
}
