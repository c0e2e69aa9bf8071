package upstream

import (
	"strconv"
	"strings"

	"moongate/engine/zone"
)

// Health is told of each peer of a group, and says whether it may be chosen.
type Health func(p *Peer) bool

// Judge has a health check's word on all peers of the group: the sick ones are not chosen
// until they are judged again. It gives how much of the weight is well, and how much there
// is; peers that are down by configuration count as neither.
func (g *Group) Judge(well Health) (healthy, total int64) {
	p := g.Peers
	p.Lock()
	defer p.Unlock()
	for _, peer := range p.List {
		if peer.Down == zone.PeerDown || peer.Down == zone.PeerDraining {
			continue
		}
		total += peer.Weight
		if well(peer) {
			peer.Down = 0
			healthy += peer.Weight
		} else {
			peer.Down = zone.PeerSick
		}
	}
	return healthy, total
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
