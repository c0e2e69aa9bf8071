package meter

import (
	"sync/atomic"
	"time"
)

// idSize is the length of an entity's id.
const idSize = 36

// Kind says what a block counts.
type Kind uint32

const (
	// OfRoute counts requests of a route to a service, of one consumer or of all. Its
	// ids are those of route, service and consumer.
	OfRoute Kind = 1 + iota
	// OfRelease counts requests that got a variant of a release; its ids are the
	// release's and the variant's name.
	OfRelease
	// OfPlugin counts what all configurations of a plugin have done; its id is the
	// plugin's name. Code counts requests that it answered, Lost log records.
	OfPlugin
	// OfBreaker counts in Trips how often a circuit breaker has opened; its ids are that of
	// the plugin's configuration and what the breaker is for.
	OfBreaker
	// OfClass counts requests of a class of clients, whose id it has; "" is those of none.
	OfClass
	// OfFirewall counts in Trips requests by what was done with them; its ids are that and
	// the group of the rule that has decided. The one of "took" has times in Kong.
	OfFirewall
	// OfCache counts Hits and Misses of a configuration of proxy-cache, whose id it has.
	OfCache
)

// Key names a block. Ids may be empty.
type Key struct {
	Kind Kind
	IDs  [3]string
}

// Other is in the place of an id of what there was no room for.
const Other = "other"

// What of a block is counted: it is shown only then, also when it is zero.
const (
	Codes uint32 = 1 << iota
	Latency
	Bandwidth
)

// maxCodes is how many different statuses a block tells apart, and then all others. The
// first place is for those.
const maxCodes = 24

// Block is the counts of one series, in shared memory.
type Block struct {
	tag  atomic.Uint64 // who has the block; 0: nobody. No tag is given twice.
	hash uint32
	next uint32 // in its chain, or among the free ones: a number of a block, from 1
	kind Kind
	has  atomic.Uint32
	ids  [3][idSize + 4]byte // padded with zeros

	In, Out atomic.Uint64
	Lost    atomic.Uint64
	Trips   atomic.Uint64
	Hits    atomic.Uint64
	Misses  atomic.Uint64
	codes   [maxCodes]codeCount

	// Kong, Upstream and Total are how long the gateway took, the service, and both.
	Kong     Histogram
	Upstream Histogram
	Total    Histogram
}

// codeCount is requests with one status and source: the status doubled, plus one where the
// service has answered.
type codeCount struct {
	what atomic.Uint64
	n    atomic.Uint64
}

// Code counts a status of an answer, and who gave it: the service or the gateway.
func (b *Block) Code(status int, service bool) {
	what := uint64(status) << 1
	if service {
		what |= 1
	}
	for i := 1; i < maxCodes; i++ {
		c := &b.codes[i]
		w := c.what.Load()
		if w == 0 && c.what.CompareAndSwap(0, what) {
			w = what
		} else if w == 0 {
			w = c.what.Load()
		}
		if w == what {
			c.n.Add(1)
			return
		}
	}
	b.codes[0].n.Add(1)
}

// EachCode calls f for each status; 0 stands for those that there was no place for.
func (b *Block) EachCode(f func(status int, service bool, n uint64)) {
	if n := b.codes[0].n.Load(); n > 0 {
		f(0, false, n)
	}
	for i := 1; i < maxCodes; i++ {
		c := &b.codes[i]
		if w, n := c.what.Load(), c.n.Load(); w != 0 && n > 0 {
			f(int(w>>1), w&1 != 0, n)
		}
	}
}

// Show says that something is counted.
func (b *Block) Show(what uint32) {
	if b.has.Load()&what != what {
		b.has.Or(what)
	}
}

// Shows tells whether it is.
func (b *Block) Shows(what uint32) bool { return b.has.Load()&what != 0 }

// Histogram is how often something took how long. Which bounds the buckets have is known
// to whoever adds and reads.
type Histogram struct {
	sum     atomic.Uint64 // microseconds
	buckets [16]atomic.Uint64
}

// Bounds are upper bounds of buckets in milliseconds, at most 15.
type Bounds []uint16

// Kong's bounds.
var (
	KongBounds     = Bounds{1, 2, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 750, 1000}
	UpstreamBounds = Bounds{25, 50, 80, 100, 250, 400, 700, 1000, 2000, 5000, 10000, 30000, 60000}
)

// Add counts a duration.
func (h *Histogram) Add(bounds Bounds, took time.Duration) {
	us := uint64(max(0, took.Microseconds()))
	i := 0
	for i < len(bounds) && us > uint64(bounds[i])*1000 {
		i++
	}
	h.buckets[i].Add(1)
	h.sum.Add(us)
}

func (b *Block) id(i int) string {
	n := 0
	for n < idSize && b.ids[i][n] != 0 {
		n++
	}
	return string(b.ids[i][:n])
}

// Tag changes when the block becomes that of another series.
func (b *Block) Tag() uint64 { return b.tag.Load() }

// Key is what the block counts.
func (b *Block) Key() Key {
	return Key{b.kind, [3]string{b.id(0), b.id(1), b.id(2)}}
}

func (b *Block) is(k *Key) bool {
	if b.kind != k.Kind {
		return false
	}
	for i, id := range k.IDs {
		if len(id) > idSize || string(b.ids[i][:len(id)]) != id || b.ids[i][len(id)] != 0 {
			return false
		}
	}
	return true
}

// begin makes the block that of a key, with nothing counted.
func (b *Block) begin(k *Key, hash uint32) {
	b.hash, b.kind = hash, k.Kind
	b.has.Store(0)
	for i, id := range k.IDs {
		clear(b.ids[i][:])
		copy(b.ids[i][:idSize], id)
	}
	b.In.Store(0)
	b.Out.Store(0)
	b.Lost.Store(0)
	b.Trips.Store(0)
	b.Hits.Store(0)
	b.Misses.Store(0)
	for i := range b.codes {
		b.codes[i].n.Store(0)
		b.codes[i].what.Store(0)
	}
	for _, h := range []*Histogram{&b.Kong, &b.Upstream, &b.Total} {
		h.sum.Store(0)
		for i := range h.buckets {
			h.buckets[i].Store(0)
		}
	}
}
