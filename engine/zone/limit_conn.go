package zone

import (
	"moongate/edge/sys/shm"
)

// ConnTable is the zone of a limit_conn_zone: how many requests (or connections)
// each key has in flight.
type ConnTable struct {
	seg  *shm.Segment
	t    *shm.Table
	Name string // for the log
}

// connNode: 36 bytes besides the key, as ngx_http_limit_conn_node_t in its tree node.
type connNode struct {
	shm.Node
	conn uint32
}

const (
	connKeyAt    = 24
	connOverhead = 36

	// MaxConnKey is the longest key of limit_conn.
	MaxConnKey = 255
)

// ConnRef is one counted use, to be given back by Leave.
type ConnRef struct {
	table *ConnTable
	ref   shm.Ref
	hash  uint32
}

// OpenConn opens a limit_conn zone.
func OpenConn(z *Zone) (*ConnTable, error) {
	if z.seg == nil {
		return nil, ErrUnbound
	}
	return openConn(z.seg, z.Name)
}

func openConn(seg *shm.Segment, name string) (*ConnTable, error) {
	t, err := shm.OpenTable(seg, shm.TableConf{
		KeyAt: connKeyAt, RootSize: 64, Label: len(" in limit_conn_zone \"\"") + 1 + len(name),
		Size: func(n *shm.Node) int { return connOverhead + int(n.KeyLen) },
	})
	if err != nil {
		return nil, err
	}
	return &ConnTable{seg: seg, t: t, Name: name}, nil
}

// Enter counts one more for a key of 1 to 255 bytes. It is false, and nothing is
// counted, when the key already has limit of them; full says that instead there
// was no room for the key, which nginx refuses without a word in the log.
func (c *ConnTable) Enter(key string, limit int) (ref ConnRef, ok, full bool) {
	hash := c.seg.Hash(key)
	c.seg.Lock()
	defer c.seg.Unlock()
	r := c.t.Find(hash, key)
	if r != 0 {
		n := c.node(r)
		if int64(n.conn) >= int64(limit) {
			return ConnRef{}, false, false
		}
		n.conn++
		return ConnRef{c, r, hash}, true, false
	}
	if r = c.seg.Alloc(connOverhead + len(key)); r == 0 {
		return ConnRef{}, false, true
	}
	n := c.node(r)
	n.KeyLen, n.conn = uint16(len(key)), 1
	c.t.Put(r, hash, key)
	return ConnRef{c, r, hash}, true, false
}

// Leave gives a use back; the last one forgets the key. The zero ConnRef is none.
func (u ConnRef) Leave() {
	c := u.table
	if c == nil {
		return
	}
	c.seg.Lock()
	defer c.seg.Unlock()
	if !c.t.Live(u.ref, u.hash) {
		return
	}
	n := c.node(u.ref)
	if n.conn > 1 {
		n.conn--
		return
	}
	c.t.Drop(u.ref)
}

func (c *ConnTable) node(r shm.Ref) *connNode { return (*connNode)(c.seg.At(r)) }

// Count is how many a key has in flight.
func (c *ConnTable) Count(key string) int {
	hash := c.seg.Hash(key)
	c.seg.Lock()
	defer c.seg.Unlock()
	if r := c.t.Find(hash, key); r != 0 {
		return int(c.node(r).conn)
	}
	return 0
}

// Verify checks the structure; for tests.
func (c *ConnTable) Verify() error {
	c.seg.Lock()
	defer c.seg.Unlock()
	return c.t.Verify()
}
