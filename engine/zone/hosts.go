package zone

import (
	"unsafe"

	"moongate/edge/sys/shm"
)

// The kinds of nodes in an upstream's zone.
const (
	nodePeers = 0
	nodeHost  = 1 // what a name led to; records is text, room its size, count its length
)

// SaveHost keeps what the name servers said of a name, for workers that begin later
// and for the next generation. False: the zone is full. Needs the lock.
func (p *Peers) SaveHost(key string, text []byte) bool {
	hash := p.seg.Hash(key)
	r := p.table.Find(hash, key)
	if r != 0 && int((*peersNode)(p.seg.At(r)).room) < len(text) {
		p.dropHost(r)
		r = 0
	}
	if r == 0 {
		if r = p.addHost(hash, key, len(text)); r == 0 {
			return false
		}
	}
	n := (*peersNode)(p.seg.At(r))
	p.table.Begin(&n.Node)
	copy(p.seg.Bytes(n.records, int(n.room)), text)
	n.count = uint32(len(text))
	p.table.End(&n.Node)
	return true
}

func (p *Peers) addHost(hash uint32, key string, size int) shm.Ref {
	room := max(size, 64)
	text := p.seg.Alloc(room)
	r := p.seg.Alloc(peersKeyAt + len(key))
	if r == 0 || text == 0 {
		p.seg.Free(text)
		p.seg.Free(r)
		return 0
	}
	n := (*peersNode)(p.seg.At(r))
	*n = peersNode{Node: n.Node, room: uint32(room), records: text}
	n.Kind, n.KeyLen = nodeHost, uint16(len(key))
	p.table.Put(r, hash, key)
	return r
}

func (p *Peers) dropHost(r shm.Ref) {
	n := (*peersNode)(p.seg.At(r))
	p.table.Doom(&n.Node)
	p.seg.Free(n.records)
	p.table.Drop(r)
}

// Host is what SaveHost has kept, nil for nothing. Needs the lock.
func (p *Peers) Host(key string) []byte {
	r := p.table.Find(p.seg.Hash(key), key)
	if r == 0 || p.table.Node(r).Kind != nodeHost {
		return nil
	}
	n := (*peersNode)(p.seg.At(r))
	return append([]byte(nil), p.seg.Bytes(n.records, int(n.count))...)
}

// CarryHosts takes over from the generation before what names led to, before there
// are peers in z (ngx_http_upstream_zone_preresolve).
func CarryHosts(z, old *Zone, keys []string) error {
	was, err := attach(old.seg)
	if err != nil {
		return err
	}
	now, err := attach(z.seg)
	if err != nil {
		return err
	}
	for _, key := range keys {
		was.Lock()
		text := was.Host(key)
		was.Unlock()
		if text == nil {
			continue
		}
		now.Lock()
		now.SaveHost(key, text) // without it the name is asked for, as at a start
		now.Unlock()
	}
	return nil
}

// attach opens a zone's table, with no group.
func attach(seg *shm.Segment) (*Peers, error) {
	p := &Peers{seg: seg}
	t, err := shm.OpenTable(seg, shm.TableConf{
		KeyAt: peersKeyAt, RootSize: 64,
		Size:  func(n *shm.Node) int { return peersKeyAt + int(n.KeyLen) },
		Extra: p.extent,
	})
	p.table = t
	return p, err
}

// extent is the memory that a node owns besides itself.
func (p *Peers) extent(n *shm.Node, mend bool, add func(shm.Extent)) bool {
	g := (*peersNode)(unsafe.Pointer(n))
	size := int(g.room)
	if n.Kind == nodePeers {
		size = max(size, 1) * peerSize
	}
	add(shm.Extent{Ref: g.records, Size: size})
	return g.count <= g.room
}
