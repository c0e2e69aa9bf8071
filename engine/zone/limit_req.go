package zone

import (
	"math/bits"
	"unsafe"

	"moongate/edge/sys/shm"
)

// ReqTable is the zone of a limit_req_zone: a leaky bucket for each key.
type ReqTable struct {
	seg  *shm.Segment
	t    *shm.Table
	Name string // for the log
	Rate int64  // requests per 1000 seconds: 1 stands for 0.001 r/s
}

// reqNode: 80 bytes besides the key, as ngx_http_limit_req_node_t in its tree node.
// excess counts thousandths of a request. count is the number of checks under way
// that passed this limit and wait for their other limits; it keeps the node.
type reqNode struct {
	shm.Node
	count  uint32
	last   int64
	excess int64
	pinned int64 // when count was last raised
}

const (
	reqKeyAt    = 48
	reqOverhead = 80
)

// ReqLimit is one limit_req of a location. Burst and Delay are in thousandths;
// Delay is unlimited (math.MaxInt64) for nodelay.
type ReqLimit struct {
	Table *ReqTable
	Burst int64
	Delay int64
}

// ReqState is the outcome of a check.
type ReqState uint8

// The outcomes. Declined: no limit applied, all keys were empty.
const (
	ReqDeclined ReqState = iota
	ReqPassed
	ReqDelayed
	ReqRejected
	ReqNoMemory // rejected, since no node could be made
)

// ReqVerdict is what a check found. Limit says which one decided, Excess how far
// over the rate it was, in thousandths, Delay the milliseconds to wait.
type ReqVerdict struct {
	State  ReqState
	Limit  int
	Excess int64
	Delay  int64
}

// OpenReq opens a limit_req zone.
func OpenReq(z *Zone, rate int64) (*ReqTable, error) {
	if z.seg == nil {
		return nil, ErrUnbound
	}
	return openReq(z.seg, z.Name, rate)
}

func openReq(seg *shm.Segment, name string, rate int64) (*ReqTable, error) {
	t, err := shm.OpenTable(seg, shm.TableConf{
		KeyAt: reqKeyAt, RootSize: 80, Label: len(" in limit_req zone \"\"") + 1 + len(name),
		Size: func(n *shm.Node) int { return reqOverhead + int(n.KeyLen) },
	})
	if err != nil {
		return nil, err
	}
	return &ReqTable{seg: seg, t: t, Name: name, Rate: rate}, nil
}

// CheckReq accounts one request on all limits, whose keys are given: an empty key
// (or one longer than 65535) means that its limit does not apply. now is a
// millisecond clock shared by all workers that never jumps much. A dry run is
// accounted in the same way; only its caller lets the request go on.
//
// As in ngx_http_limit_req_handler, all limits but the last only look and pin
// their node; when none refuses, all are accounted and the longest delay counts.
func CheckReq(limits []ReqLimit, keys []string, now int64) (v ReqVerdict) {
	var space [8]pin
	pins := space[:0]
	if len(limits) > len(space) {
		pins = make([]pin, 0, len(limits))
	}
	applied, accounted := false, false
	for i := range limits {
		if keys[i] == "" || len(keys[i]) > MaxKey {
			continue
		}
		last := i == len(limits)-1
		state, excess, p := limits[i].look(keys[i], last, now)
		v.Limit, v.Excess = i, excess
		if state != ReqPassed {
			v.State = state
			unpin(limits, pins)
			return v
		}
		applied = true
		if accounted = last; !last {
			p.limit = i
			pins = append(pins, p)
		}
	}
	if !applied {
		return ReqVerdict{}
	}
	if !accounted {
		v.Excess = 0
	}
	l := &limits[v.Limit]
	if v.Excess > l.Delay {
		v.Delay = (v.Excess - l.Delay) * 1000 / l.Table.Rate
	}
	for i := len(pins) - 1; i >= 0; i-- {
		l := &limits[pins[i].limit]
		excess := l.Table.settle(pins[i], now)
		if excess <= l.Delay {
			continue
		}
		if delay := (excess - l.Delay) * 1000 / l.Table.Rate; delay > v.Delay {
			v.Delay, v.Excess, v.Limit = delay, excess, pins[i].limit
		}
	}
	v.State = ReqPassed
	if v.Delay > 0 {
		v.State = ReqDelayed
	}
	return v
}

// pin remembers a node between looking and accounting.
type pin struct {
	limit int
	ref   shm.Ref
	hash  uint32
}

// look is ngx_http_limit_req_lookup.
func (l *ReqLimit) look(key string, account bool, now int64) (ReqState, int64, pin) {
	z := l.Table
	hash := z.seg.Hash(key)
	z.seg.Lock()
	defer z.seg.Unlock()
	r := z.t.Find(hash, key)
	if r == 0 {
		return z.add(hash, key, account, now)
	}
	n := z.node(r)
	z.t.Bump(r)
	excess, ms := z.excess(n, now)
	if excess > l.Burst {
		return ReqRejected, excess, pin{}
	}
	if account {
		n.excess = excess
		if ms != 0 {
			n.last = now
		}
		return ReqPassed, excess, pin{}
	}
	n.count++
	n.pinned = now
	return ReqPassed, excess, pin{ref: r, hash: hash}
}

func (z *ReqTable) node(r shm.Ref) *reqNode { return (*reqNode)(z.seg.At(r)) }

// excess is what a request at now finds in the bucket, itself included. A clock
// that went back a little counts as standing still, one that went back by more
// than a minute as one millisecond.
func (z *ReqTable) excess(n *reqNode, now int64) (excess, ms int64) {
	ms = now - n.last
	if ms < -60000 {
		ms = 1
	} else if ms < 0 {
		ms = 0
	}
	return max(n.excess-z.drained(ms)+1000, 0), ms
}

// drained is rate * ms / 1000. nginx's product wraps for a node without a time,
// whose ms is the clock itself; here it saturates, which gives the same excess.
func (z *ReqTable) drained(ms int64) int64 {
	hi, lo := bits.Mul64(uint64(z.Rate), uint64(ms))
	if hi != 0 || lo > 1<<62 {
		return 1 << 52
	}
	return int64(lo / 1000)
}

func (z *ReqTable) add(hash uint32, key string, account bool, now int64) (ReqState, int64, pin) {
	size := reqOverhead + len(key)
	z.expire(false, now)
	r := z.seg.Alloc(size)
	if r == 0 {
		z.expire(true, now)
		if r = z.seg.Alloc(size); r == 0 {
			return ReqNoMemory, 0, pin{}
		}
	}
	n := z.node(r)
	n.KeyLen = uint16(len(key))
	n.excess, n.count, n.last, n.pinned = 0, 0, now, 0
	if !account {
		// Time 0: whatever rate, its first accounting finds it empty.
		n.last, n.count, n.pinned = 0, 1, now
	}
	z.t.Put(r, hash, key)
	return ReqPassed, 0, pin{ref: r, hash: hash}
}

// settle accounts a pinned node (ngx_http_limit_req_account).
func (z *ReqTable) settle(p pin, now int64) int64 {
	z.seg.Lock()
	defer z.seg.Unlock()
	if !z.t.Live(p.ref, p.hash) {
		return 0
	}
	n := z.node(p.ref)
	excess, ms := z.excess(n, now)
	if ms != 0 {
		n.last = now
	}
	n.excess = excess
	if n.count > 0 {
		n.count--
	}
	return excess
}

func unpin(limits []ReqLimit, pins []pin) {
	for _, p := range pins {
		z := limits[p.limit].Table
		z.seg.Lock()
		if n := z.node(p.ref); z.t.Live(p.ref, p.hash) && n.count > 0 {
			n.count--
		}
		z.seg.Unlock()
	}
}

// expire removes one or two buckets from the old end that are empty and were not
// used for a minute, with force the oldest before (ngx_http_limit_req_expire). A
// pin stops it, but no longer than a minute: its process may have died.
func (z *ReqTable) expire(force bool, now int64) {
	tries := 2
	if force {
		tries = 3
	}
	for i := 0; i < tries; i++ {
		r := z.t.Oldest()
		if r == 0 {
			return
		}
		n := z.node(r)
		if n.count > 0 && now-n.pinned < 60000 {
			return
		}
		if !force || i > 0 {
			ms := max(now-n.last, n.last-now)
			if ms < 60000 || n.excess-z.drained(ms) > 0 {
				return
			}
		}
		z.t.Drop(r)
	}
}

// Len is the number of keys known.
func (z *ReqTable) Len() int {
	z.seg.Lock()
	defer z.seg.Unlock()
	return z.t.Len()
}

// Verify checks the structure; for tests.
func (z *ReqTable) Verify() error {
	z.seg.Lock()
	defer z.seg.Unlock()
	return z.t.Verify()
}

var _ [reqKeyAt]byte = [unsafe.Sizeof(reqNode{})]byte{}
