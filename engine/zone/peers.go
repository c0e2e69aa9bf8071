package zone

import (
	"fmt"
	"hash/fnv"
	"unsafe"

	"moongate/edge/sys/shm"
)

// Peer is the changing state of one peer of an upstream: nginx's
// ngx_http_upstream_rr_peer_t without what the configuration says anyway (address,
// names), which each worker has in its own memory at the same index. Fields are
// read and written with the group locked.
type Peer struct {
	ID    uint64 // which server this record is of
	Added bool   // at run time
	Users int32  // workers that have an added one among their peers

	CurrentWeight   int64
	EffectiveWeight int64
	Weight          int64

	Conns    int64
	MaxConns int64

	Fails       int64
	Accessed    int64 // seconds
	Checked     int64
	MaxFails    int64
	FailTimeout int64 // seconds

	SlowStart int64 // milliseconds
	StartTime int64
	Down      int64 // PeerDown and its like; 0: up

	Requests     int64 // totals, for status pages
	Responses    [5]int64
	FailsTotal   int64
	Unavailable  int64
	Sent         int64
	Received     int64
	HeaderTime   int64 // moving averages, milliseconds
	ResponseTime int64
	Selected     int64 // seconds

	// Of least_time with inflight, milliseconds (inflight_* of nginx).
	InFlight        int64 // requests without an answer
	InFlightTime    int64 // moving average of how long those have waited
	InFlightSum     int64 // how long they had waited together at
	InFlightChanged int64
}

// Why a peer is down.
const (
	PeerDown     = 1 // by configuration or API
	PeerSick     = 2 // by a health check
	PeerDraining = 8 // but for those who are bound to it
)

const peerSize = int(unsafe.Sizeof(Peer{}))

// Spare is how many peers a zone should have room for besides those that are
// written: an eighth of it, so that there is room for backup servers and others too.
func Spare(z *Zone, most int) int { return min(most, int(z.Size)/8/peerSize) }

// PeerSpec is what a new record starts with.
type PeerSpec struct {
	Name        string // address and server, to recognise the peer
	Weight      int64
	MaxConns    int64
	MaxFails    int64
	FailTimeout int64
	SlowStart   int64
	Down        int64
}

// Peers is the table of one group of peers: an upstream's servers, or its backup
// servers under another name. Fixed in size: what can be added is said at Open.
type Peers struct {
	seg   *shm.Segment
	table *shm.Table
	node  *peersNode
	peers []Peer
}

// peersNode is a group in the zone; its records are a piece of memory of their own.
type peersNode struct {
	shm.Node
	count   uint32
	room    uint32
	records shm.Ref
	config  uint32 // counts changes of the set, as nginx's peers->config
}

const peersKeyAt = int(unsafe.Sizeof(peersNode{}))

// OpenPeers opens the group name in an upstream's zone, or makes it; in a zone of
// another worker the records are as that worker left them. A nil zone gives private
// memory. spare is the number of records that Add may still take.
func OpenPeers(z *Zone, name string, specs []PeerSpec, spare int) (*Peers, error) {
	room := len(specs) + spare
	var seg *shm.Segment
	if z != nil {
		if seg = z.seg; seg == nil {
			return nil, ErrUnbound
		}
	} else {
		var err error
		if seg, err = shm.Private(int64(16384 + room*peerSize + len(name))); err != nil {
			return nil, err
		}
	}
	p, err := attach(seg)
	if err != nil {
		return nil, err
	}
	seg.Lock()
	defer seg.Unlock()
	if err := p.open(p.table, name, specs, room); err != nil {
		return nil, fmt.Errorf("peers of %q: %w", name, err)
	}
	return p, nil
}

func (p *Peers) open(t *shm.Table, name string, specs []PeerSpec, room int) error {
	hash := p.seg.Hash(name)
	r := t.Find(hash, name)
	if r != 0 && int((*peersNode)(p.seg.At(r)).room) < room {
		// Only another configuration can ask for more; it has a fresh zone.
		return shm.ErrNoMemory
	}
	made := r == 0
	if made {
		records := p.seg.Alloc(max(room, 1) * peerSize)
		if r = p.seg.Alloc(peersKeyAt + len(name)); r == 0 || records == 0 {
			p.seg.Free(records)
			p.seg.Free(r)
			return shm.ErrNoMemory
		}
		clear(p.seg.Bytes(records, max(room, 1)*peerSize))
		n := (*peersNode)(p.seg.At(r))
		*n = peersNode{Node: n.Node, room: uint32(room), records: records}
		n.KeyLen = uint16(len(name))
		t.Put(r, hash, name)
	}
	p.node = (*peersNode)(p.seg.At(r))
	p.peers = unsafe.Slice((*Peer)(p.seg.At(p.node.records)), int(p.node.room))
	for i := range specs {
		if q := &p.peers[i]; made || q.ID != specs[i].id() {
			q.reset(&specs[i])
		}
	}
	p.node.count = max(p.node.count, uint32(len(specs)))
	return nil
}

func (s *PeerSpec) id() uint64 {
	h := fnv.New64a()
	h.Write([]byte(s.Name))
	return h.Sum64() | 1
}

func (q *Peer) reset(s *PeerSpec) {
	*q = Peer{
		ID: s.id(), Weight: s.Weight, EffectiveWeight: s.Weight, MaxConns: s.MaxConns,
		MaxFails: s.MaxFails, FailTimeout: s.FailTimeout, SlowStart: s.SlowStart, Down: s.Down,
	}
}

// Lock locks the group, and all groups of its zone. Nothing may wait until Unlock.
func (p *Peers) Lock() { p.seg.Lock() }

// Unlock: see Lock.
func (p *Peers) Unlock() { p.seg.Unlock() }

// At gives a record; valid as long as the zone.
func (p *Peers) At(i int) *Peer { return &p.peers[i] }

// Len is the number of records in use; needs the lock where peers may be added.
func (p *Peers) Len() int { return int(p.node.count) }

// Config counts the changes of the set since it was made; needs the lock.
func (p *Peers) Config() uint32 { return p.node.config }

// Add takes a spare record, or one that no worker uses any more; needs the lock. It
// is -1 if there is none.
func (p *Peers) Add(s PeerSpec) int {
	i := p.spare()
	if i < 0 {
		return -1
	}
	p.peers[i].reset(&s)
	p.peers[i].Added = true
	p.node.count = max(p.node.count, uint32(i+1))
	p.node.config++
	return i
}

func (p *Peers) spare() int {
	if n := int(p.node.count); n < len(p.peers) {
		return n
	}
	for i := range p.peers {
		if q := &p.peers[i]; q.Added && q.Users <= 0 && q.Conns <= 0 {
			return i
		}
	}
	return -1
}

// Find gives the index of the peer of that name, or -1; needs the lock.
func (p *Peers) Find(name string) int {
	id := (&PeerSpec{Name: name}).id()
	for i := range p.peers[:p.node.count] {
		if p.peers[i].ID == id {
			return i
		}
	}
	return -1
}

// Inherit copies what is worth keeping from the group of the generation before:
// totals, failures and averages of peers that are in both.
func (p *Peers) Inherit(old *Peers) {
	was := old.Snapshot()
	p.Lock()
	defer p.Unlock()
	for i := range p.peers[:p.node.count] {
		q := &p.peers[i]
		for j := range was {
			o := &was[j]
			if o.ID != q.ID {
				continue
			}
			q.Fails, q.Accessed, q.Checked = o.Fails, o.Accessed, o.Checked
			q.Requests, q.Responses, q.FailsTotal = o.Requests, o.Responses, o.FailsTotal
			q.Unavailable, q.Sent, q.Received = o.Unavailable, o.Sent, o.Received
			q.HeaderTime, q.ResponseTime, q.Selected = o.HeaderTime, o.ResponseTime, o.Selected
			break
		}
	}
}

// Snapshot copies the records, for status pages.
func (p *Peers) Snapshot() []Peer {
	for n := len(p.peers); ; {
		list := make([]Peer, n)
		p.Lock()
		if n = int(p.node.count); n <= len(list) {
			copy(list, p.peers[:n])
			p.Unlock()
			return list[:n]
		}
		p.Unlock()
	}
}
