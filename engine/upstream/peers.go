package upstream

import (
	"fmt"
	"sync"

	"moongate/engine/certs"
	"moongate/engine/resolver"
	"moongate/engine/zone"
)

// Peer is one address of a group. Its numbers are in a record that all workers
// share when the group has a zone; they are read and written under Peers.Lock.
type Peer struct {
	*zone.Peer
	Name    string // of the address
	Server  string // as written in the configuration
	SID     string // by which clients come back to it
	Address resolver.Address
	Session certs.Session // of TLS, to be resumed

	host      *host     // it was found by
	authority [2]string // for the Host header, plain and over TLS
}

// Peers is a group's primary or backup peers (ngx_http_upstream_rr_peers_t).
type Peers struct {
	Name        string // the group's
	List        []*Peer
	TotalWeight int64
	Single      bool   // one peer and no backup: never held to have failed
	Next        *Peers // backup

	config uint32 // changes of List
	table  *zone.Peers
	mu     sync.Mutex // when there is no table
	hosts  []*host
	room   int
}

// Lock must be held around everything that touches the records. Nothing may
// wait until Unlock.
func (p *Peers) Lock() {
	if p.table != nil {
		p.table.Lock()
		return
	}
	p.mu.Lock()
}

// Unlock: see Lock.
func (p *Peers) Unlock() {
	if p.table != nil {
		p.table.Unlock()
		return
	}
	p.mu.Unlock()
}

// Config counts the changes of the list, for balancers that index it; needs the
// lock.
func (p *Peers) Config() uint32 { return p.config }

// tries is how many peers may be asked; needs the lock.
func (p *Peers) tries() int {
	n := 0
	for q := p; q != nil; q = q.Next {
		for _, peer := range q.List {
			if peer.Down == 0 {
				n++
			}
		}
		if q.Single {
			break
		}
	}
	return n
}

// sum brings the totals up to date after a change of the list.
func (p *Peers) sum() {
	p.TotalWeight = 0
	for _, peer := range p.List {
		p.TotalWeight += peer.Weight
	}
}

// setSingle is ngx_http_upstream_zone_set_single; p is the primary.
func (p *Peers) setSingle() {
	p.Single = len(p.List) == 1 && (p.Next == nil || len(p.Next.List) == 0)
}

// spareRecords is how many peers may be added at run time to a group with names
// to resolve, as far as the zone has room for.
const spareRecords = 128

// openPeers makes the peers of a group from its servers.
func openPeers(g *Group, backup bool) (*Peers, error) {
	p := &Peers{Name: g.Name}
	var specs []zone.PeerSpec
	for i := range g.Servers {
		s := &g.Servers[i]
		if s.Backup != backup {
			continue
		}
		if s.Host != "" {
			p.hosts = append(p.hosts, &host{server: s, peers: p})
			continue
		}
		for _, a := range s.Addrs {
			specs = append(specs, s.spec(a.Name))
			p.List = append(p.List, &Peer{Name: a.Name, Server: s.Name, SID: s.sid(a.Name), Address: a})
		}
	}
	if len(p.List)+len(p.hosts) == 0 && !(backup && g.dynamic() && g.Accepts&AcceptBackup != 0) {
		return nil, nil
	}
	name := g.Name
	if backup {
		name += " backup"
	}
	if g.Zone == nil {
		records := make([]zone.Peer, len(specs))
		for i := range specs {
			fill(&records[i], &specs[i])
			p.List[i].Peer = &records[i]
		}
		p.sum()
		return p, nil
	}
	if g.dynamic() {
		// A service may have backup servers that nobody has written down.
		p.room = zone.Spare(g.Zone, spareRecords)
	}
	table, err := zone.OpenPeers(g.Zone, name, specs, p.room)
	if err != nil {
		return nil, fmt.Errorf("upstream \"%s\" in zone \"%s\": %w", g.Name, g.Zone.Name, err)
	}
	p.table = table
	for i := range specs {
		p.List[i].Peer = table.At(i)
	}
	p.sum()
	return p, nil
}

func (s *Server) spec(addr string) zone.PeerSpec {
	return zone.PeerSpec{Name: addr + " " + s.Name, Weight: int64(s.Weight), MaxConns: int64(s.MaxConns),
		MaxFails: int64(s.MaxFails), FailTimeout: int64(s.FailTimeout.Seconds()), Down: s.down()}
}

func fill(q *zone.Peer, s *zone.PeerSpec) {
	*q = zone.Peer{Weight: s.Weight, EffectiveWeight: s.Weight, MaxConns: s.MaxConns, MaxFails: s.MaxFails, FailTimeout: s.FailTimeout, Down: s.Down}
}

// NewPeers makes peers of addresses that were resolved for one request
// (ngx_http_upstream_create_round_robin_peer).
func NewPeers(name string, addrs []resolver.Address) *Peers {
	p := &Peers{Name: name, Single: len(addrs) == 1, List: make([]*Peer, len(addrs))}
	peers := make([]Peer, len(addrs))
	records := make([]zone.Peer, len(addrs))
	for i, a := range addrs {
		records[i] = zone.Peer{Weight: 1, EffectiveWeight: 1, MaxFails: 1, FailTimeout: 10}
		peers[i] = Peer{Peer: &records[i], Name: a.Name, Address: a}
		p.List[i] = &peers[i]
	}
	p.sum()
	return p
}
