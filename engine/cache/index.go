package cache

import (
	"unsafe"

	"moongate/edge/sys/shm"
)

// node is what all workers know of a key. It takes a piece of 128 bytes, as nginx's
// does, so that a zone holds as many.
//
//	0  shm.Node, 20 bytes
//	20 uses u16, body start u16, remembered status u16, milliseconds of valid u16
//	28 flags u8
//	32 holder u32, turn u32: who renews it
//	40 expire, valid: Unix time; 56 lock time: milliseconds; 64 inode, 72 blocks
//	80 key
type node struct {
	shm.Node
	uses      uint16
	bodyStart uint16
	status    uint16
	validMsec uint16
	flags     uint8
	holder    uint32
	turn      uint32
	expire    int64
	validSec  int64
	lockTime  int64
	inode     uint64
	blocks    int64
	_         [keySize]byte
}

const (
	nodeSize  = int(unsafe.Sizeof(node{}))
	nodeKeyAt = nodeSize - keySize
	maxUses   = 1<<10 - 1
)

// flags of a node
const (
	nodeExists   = 1 << iota // there is a file
	nodeDeleting             // somebody removes its file just now, or has died while at it
	nodeWaited               // requests wait until it is renewed
)

// shared is the state of the cache besides the nodes, behind the root of the table.
type shared struct {
	cold      uint32 // what is in the folder may not be in the index
	loader    uint32 // ticket of the process that loads
	turns     uint32
	_         uint32
	blocks    int64 // of all files
	watermark int64 // more nodes were too many once
	blockSize int64
}

const (
	sharedAt = 32
	rootSize = 120 // ngx_http_file_cache_sh_t
)

// index is the table of a zone in this process. What touches nodes needs the lock.
type index struct {
	seg *shm.Segment
	t   *shm.Table
	*shared
}

func openIndex(seg *shm.Segment, name string, blockSize int64) (*index, error) {
	x := &index{seg: seg}
	t, err := shm.OpenTable(seg, shm.TableConf{
		KeyAt: nodeKeyAt, RootSize: rootSize, Label: len(" in cache keys zone \"\"") + 1 + len(name),
		Size: func(*shm.Node) int { return nodeSize },
		Mend: func(t *shm.Table) {
			x.attach(t)
			x.recount() // a death may have come between a node and the sum
		},
	})
	if err != nil {
		return nil, err
	}
	seg.Lock()
	x.attach(t)
	defer seg.Unlock()
	if x.blockSize == 0 {
		x.cold, x.watermark, x.blockSize = 1, 1<<62, blockSize
	}
	return x, nil
}

func (x *index) attach(t *shm.Table) {
	x.t, x.shared = t, (*shared)(unsafe.Add(x.seg.At(x.seg.Root()), sharedAt))
}

func (x *index) recount() {
	x.blocks = 0
	for r := x.t.Newest(); r != 0; {
		n := x.node(r)
		if n.flags&nodeExists != 0 {
			x.blocks += n.blocks
		}
		r = x.t.Older(&n.Node)
	}
}

func (x *index) node(r shm.Ref) *node { return (*node)(x.seg.At(r)) }

// place is where a key's node is, or was: the table is asked anew if it has gone.
type place struct {
	ref  shm.Ref
	hash uint32
}

func view(key *[keySize]byte) string { return unsafe.String(&key[0], keySize) }

// find gives the node of a key, nil without one.
func (x *index) find(key *[keySize]byte, p *place) *node {
	if p.ref != 0 && x.t.Live(p.ref, p.hash) && x.t.Key(x.t.Node(p.ref)) == view(key) {
		return x.node(p.ref)
	}
	p.hash = x.seg.Hash(view(key))
	if p.ref = x.t.Find(p.hash, view(key)); p.ref == 0 {
		return nil
	}
	return x.node(p.ref)
}

// add makes a node for a key that has none; nil without room. It looked for in vain
// just before, which has left the hash in p.
func (x *index) add(key *[keySize]byte, p *place) *node {
	r := x.seg.Alloc(nodeSize)
	if r == 0 {
		x.watermark = int64(x.t.Len() - x.t.Len()/8)
		return nil
	}
	n := x.node(r)
	*n = node{}
	x.t.Put(r, p.hash, view(key))
	p.ref = r
	return n
}

// setFile notes the file of a node.
func (x *index) setFile(n *node, inode uint64, bodyStart int, blocks int64) {
	x.noFile(n)
	n.inode, n.bodyStart, n.blocks, n.status = inode, uint16(bodyStart), blocks, 0
	n.flags = n.flags&^nodeDeleting | nodeExists
	x.blocks += blocks
}

// noFile notes that a node has no file.
func (x *index) noFile(n *node) {
	if n.flags&nodeExists != 0 {
		x.blocks -= n.blocks
		n.flags &^= nodeExists
	}
	n.inode, n.bodyStart, n.blocks = 0, 0, 0
}

// renewed tells whether a process that lives is the one that renews the node.
func (x *index) renewed(n *node) bool {
	return n.holder != 0 && (n.holder == x.seg.Ticket() || x.seg.Signed(n.holder))
}

// take gives this process the right to renew a node.
func (x *index) take(n *node) (turn uint32) {
	if x.turns++; x.turns == 0 {
		x.turns = 1
	}
	n.holder, n.turn = x.seg.Ticket(), x.turns
	return n.turn
}

// give ends it, and tells whether somebody waits for that.
func (x *index) give(n *node) (waited bool) {
	waited = n.flags&nodeWaited != 0
	n.flags &^= nodeWaited
	n.holder, n.turn = 0, 0
	return waited
}
