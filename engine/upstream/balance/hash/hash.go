// Package hash is the hash balancer: requests with one key go to one peer
// (ngx_http_upstream_hash_module, whose numbers it gives). Plain hashing is that
// of Cache::Memcached, consistent hashing the ketama of Cache::Memcached::Fast.
package hash

import (
	"hash/crc32"
	"strconv"
	"unsafe"

	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/iphash"
	"moongate/engine/upstream/balance/roundrobin"
)

// Balancer is `hash key`. Key evaluates the key for the engine's request.
type Balancer struct {
	roundrobin.Balancer
	Key func(request any) string
}

const maxTries = 20

// Begin implements upstream.Balancer.
func (b *Balancer) Begin(c *upstream.Choice) bool {
	c.Reset(c.Group.Peers)
	c.Key = b.Key(c.Request)
	return true
}

// Pick implements upstream.Balancer.
func (b *Balancer) Pick(c *upstream.Choice) upstream.Verdict {
	p := c.Peers
	p.Lock()
	if c.Attempts > maxTries || len(p.List) < 2 || c.Key == "" || c.Changed() {
		p.Unlock()
		return roundrobin.Pick(c)
	}
	now := upstream.Now()
	if i := c.BySID(now); i >= 0 {
		v := c.Take(i, p.List[i], now)
		p.Unlock()
		return v
	}
	for {
		// ((crc32([REHASH] KEY) >> 16) & 0x7fff) + PREV_HASH, without REHASH at first.
		var buf [10]byte
		var sum uint32
		if c.Rehash > 0 {
			sum = crc32.Update(sum, crc32.IEEETable, strconv.AppendUint(buf[:0], uint64(c.Rehash), 10))
		}
		sum = update(sum, c.Key)
		c.Hash += sum >> 16 & 0x7fff
		c.Rehash++
		i := iphash.At(p, int64(c.Hash)%p.TotalWeight)
		if peer := p.List[i]; c.Usable(i, peer, now) {
			v := c.Take(i, peer, now)
			p.Unlock()
			return v
		}
		if c.Attempts++; c.Attempts > maxTries {
			p.Unlock()
			return roundrobin.Pick(c)
		}
	}
}

// update is crc32.Update of a string.
func update(sum uint32, s string) uint32 {
	return crc32.Update(sum, crc32.IEEETable, unsafe.Slice(unsafe.StringData(s), len(s)))
}
