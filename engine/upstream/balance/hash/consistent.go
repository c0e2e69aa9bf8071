package hash

import (
	"hash/crc32"
	"sort"
	"strings"
	"sync"

	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/roundrobin"
)

// Consistent is `hash key consistent`: each server has 160 points per weight on a
// circle of numbers, and a key belongs to the first point behind its own number.
// A server that comes or goes moves only the keys beside its points.
type Consistent struct {
	roundrobin.Balancer
	Key func(request any) string

	mu     sync.Mutex
	points []point
	config uint32
}

type point struct {
	hash   uint32
	server string
}

const pointsPerWeight = 160

// Open implements upstream.Balancer.
func (b *Consistent) Open(g *upstream.Group) error {
	g.Peers.Lock()
	b.points, b.config = circle(g.Peers), g.Peers.Config()
	g.Peers.Unlock()
	return nil
}

// Begin implements upstream.Balancer.
func (b *Consistent) Begin(c *upstream.Choice) bool {
	p := c.Group.Peers
	c.Reset(p)
	c.Key = b.Key(c.Request)
	p.Lock()
	if config := p.Config(); config != b.config {
		b.mu.Lock()
		b.points, b.config = circle(p), config
		b.mu.Unlock()
	}
	points := b.points
	p.Unlock()
	key := update(0, c.Key)
	c.Hash = uint32(sort.Search(len(points), func(i int) bool { return points[i].hash >= key }))
	return true
}

// Pick implements upstream.Balancer.
func (b *Consistent) Pick(c *upstream.Choice) upstream.Verdict {
	p := c.Peers
	if c.Attempts > maxTries || p.Single || c.Key == "" {
		return roundrobin.Pick(c)
	}
	p.Lock()
	if len(p.List) == 0 || len(b.points) == 0 || c.Changed() {
		return c.GiveUp()
	}
	now := upstream.Now()
	if i := c.BySID(now); i >= 0 {
		v := c.Take(i, p.List[i], now)
		p.Unlock()
		return v
	}
	for {
		// A server may have several addresses: round robin among them.
		server := b.points[int(c.Hash)%len(b.points)].server
		at, total := -1, int64(0)
		for i, peer := range p.List {
			if peer.Server != server || !c.Usable(i, peer, now) {
				continue
			}
			total += roundrobin.Grow(peer)
			if at < 0 || peer.CurrentWeight > p.List[at].CurrentWeight {
				at = i
			}
		}
		if at >= 0 {
			p.List[at].CurrentWeight -= total
			v := c.Take(at, p.List[at], now)
			p.Unlock()
			return v
		}
		c.Hash++
		if c.Attempts++; c.Attempts > maxTries {
			p.Unlock()
			return roundrobin.Pick(c)
		}
	}
}

// circle makes the points: crc32(HOST \0 PORT PREV_HASH), PREV_HASH in the
// machine's low-to-high order. Of points that coincide the first stays.
func circle(p *upstream.Peers) []point {
	list := make([]point, 0, p.TotalWeight*pointsPerWeight)
	for _, peer := range p.List {
		host, port := splitServer(peer.Server)
		base := crc32.ChecksumIEEE([]byte(host + "\x00" + port))
		var prev [4]byte
		for range peer.Weight * pointsPerWeight {
			h := crc32.Update(base, crc32.IEEETable, prev[:])
			list = append(list, point{h, peer.Server})
			prev = [4]byte{byte(h), byte(h >> 8), byte(h >> 16), byte(h >> 24)}
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].hash < list[j].hash })
	n := 0
	for i := range list {
		if i == 0 || list[i].hash != list[n-1].hash {
			list[n] = list[i]
			n++
		}
	}
	return list[:n]
}

// splitServer parts the port off a server as written, if there is one.
func splitServer(s string) (host, port string) {
	if len(s) >= 5 && strings.EqualFold(s[:5], "unix:") {
		return s[5:], ""
	}
	i := len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	if i > 0 && s[i-1] == ':' {
		return s[:i-1], s[i:]
	}
	return s, ""
}
