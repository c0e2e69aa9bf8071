package vrrp

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// network is some routers on a wire with delay and loss, that can be cut in
// pieces, and a client that believes the last gratuitous ARP it has heard.
type network struct {
	t       *testing.T
	rnd     *rand.Rand
	now     time.Time
	routers []*router
	flying  []flight // sorted by time
	loss    float64
	jitter  time.Duration
	arp     int // the router that the client sends to
	history []string
}

// router is one of them. While it is off it does nothing and has no address.
type router struct {
	*rig
	n       *network
	id      int
	island  int  // routers hear those of the same island
	second  int  // the same on the second path
	cutOff  bool // tie_break: it does not reach the network
	on      bool
	boots   int
	arrived time.Time // the last frame
	make    func() *config.Instance
}

// flight is a packet, or a gratuitous ARP, on its way.
type flight struct {
	at       time.Time
	from, to int
	packet   []byte // nil: a gratuitous ARP, for the client
	second   bool   // on the second path
	answer   bool   // of tie_break
}

func newNetwork(t *testing.T, seed uint64, routers int, prio func(i int) uint8, change ...opt) *network {
	n := &network{t: t, rnd: rand.New(rand.NewPCG(seed, 1)), now: epoch, jitter: time.Millisecond, arp: -1}
	for i := range routers {
		r := &router{n: n, id: i, make: func() *config.Instance { return conf(append([]opt{priority(prio(i))}, change...)...) }}
		n.routers = append(n.routers, r)
		r.boot()
	}
	return n
}

func (r *router) boot() {
	r.on = true
	r.boots++
	r.rig = &rig{world: newWorld(r.n.t), now: r.n.now}
	r.quiet = true
	r.m = New(&config.Config{Instances: []*config.Instance{r.make()}}, r.world)
	r.m.Link(r.now, "v0", true)
	r.m.Source(r.now, "v0", false, group(byte(r.id+1)))
	r.m.Source(r.now, "v1", false, secondAddr(r.id))
	r.wire2 = func(_ *Instance, dst netip.Addr, p []byte) { r.n.sendSecond(r.id, dst, p) }
	r.world.ask = func(*Instance) { r.n.fly(flight{from: r.id, to: r.id, answer: true}) }
	r.wire = func(_ *Instance, _ netip.Addr, p []byte) { r.n.send(r.id, p) }
	r.world.arp = func(*Instance, *config.Address) { r.n.fly(flight{from: r.id, to: -1}) }
	r.m.Start(r.now, 0)
}

func (n *network) send(from int, p []byte) {
	for _, to := range n.routers {
		if to.id != from && to.on && to.island == n.routers[from].island && n.rnd.Float64() >= n.loss {
			n.fly(flight{from: from, to: to.id, packet: slices.Clone(p)})
		}
	}
}

// secondAddr is a router's address on the second path, where the order is another.
func secondAddr(id int) netip.Addr { return netip.AddrFrom4([4]byte{10, 1, 0, byte(100 - id)}) }

func (n *network) sendSecond(from int, dst netip.Addr, p []byte) {
	for _, to := range n.routers {
		if to.id != from && secondAddr(to.id) == dst && to.on && to.second == n.routers[from].second && n.rnd.Float64() >= n.loss {
			n.fly(flight{from: from, to: to.id, packet: slices.Clone(p), second: true})
		}
	}
}

func (n *network) fly(f flight) {
	// A sender's frames don't overtake each other.
	r := n.routers[f.from]
	f.at = n.now.Add(50*time.Microsecond + time.Duration(n.rnd.Int64N(int64(n.jitter))))
	if !f.at.After(r.arrived) {
		f.at = r.arrived.Add(time.Microsecond)
	}
	r.arrived = f.at
	i, _ := slices.BinarySearchFunc(n.flying, f, func(a, b flight) int { return a.at.Compare(b.at) })
	n.flying = slices.Insert(n.flying, i, f)
}

// step goes to what happens next, but not beyond end.
func (n *network) step(end time.Time) bool {
	at, who := end, -1
	for _, r := range n.routers {
		if next, ok := r.m.Next(); r.on && ok && next.Before(at) {
			at, who = next, r.id
		}
	}
	if len(n.flying) > 0 && !n.flying[0].at.After(at) {
		f := n.flying[0]
		n.flying = n.flying[1:]
		n.now = f.at
		n.land(f)
		return true
	}
	n.now = at
	if who < 0 {
		return false
	}
	r := n.routers[who]
	r.now = at
	before := r.vi().State()
	r.m.Run(at)
	n.note(r, before)
	return true
}

func (n *network) land(f flight) {
	if f.to < 0 {
		n.arp = f.from
		return
	}
	if f.answer || f.second {
		n.landSecond(f)
		return
	}
	if r := n.routers[f.to]; r.on && r.island == n.routers[f.from].island {
		r.now = n.now
		before := r.vi().State()
		r.m.Receive(n.now, &Packet{Dev: "v0", Data: f.packet})
		n.note(r, before)
	}
}

func (n *network) landSecond(f flight) {
	r := n.routers[f.to]
	if !r.on || r.second != n.routers[f.from].second {
		return
	}
	r.now = n.now
	before := r.vi().State()
	if f.answer {
		r.m.Answer(n.now, r.vi(), !r.cutOff)
	} else {
		r.m.Receive(n.now, &Packet{Dev: "v1", Data: f.packet, Second: true})
	}
	n.note(r, before)
}

func (n *network) note(r *router, before State) {
	if s := r.vi().State(); s != before {
		n.history = append(n.history, fmt.Sprintf("%8v router %d (%d) is %v", n.now.Sub(epoch).Round(time.Millisecond), r.id, r.vi().Priority(), s))
	}
}

// pass lets time go by and tells the longest time in which an island with a
// router that is on had no master at all.
func (n *network) pass(d time.Duration) (worst time.Duration) {
	since := map[int]time.Time{}
	for end := n.now.Add(d); ; {
		for _, r := range n.routers {
			if !r.on {
				continue
			}
			if _, ok := since[r.island]; !ok {
				since[r.island] = n.now
			}
		}
		for island, t := range since {
			if len(n.masters(island)) > 0 {
				since[island] = n.now
			} else {
				worst = max(worst, n.now.Sub(t))
			}
		}
		if !n.step(end) {
			return worst
		}
	}
}

func (n *network) masters(island int) (all []int) {
	for _, r := range n.routers {
		if r.on && r.island == island && r.vi().State() == Master {
			all = append(all, r.id)
		}
	}
	return all
}

// settled checks that all is well: one master, who alone has the address, whom
// the client believes in; and, unless another may stay, it is the best one.
func (n *network) settled(best bool) {
	n.t.Helper()
	masters := n.masters(0)
	if len(masters) != 1 {
		n.fail("masters %v", masters)
		return
	}
	m := n.routers[masters[0]]
	for _, r := range n.routers {
		if !r.on {
			continue
		}
		if holds := len(r.held) > 0; holds != (r == m) {
			n.fail("router %d holds the address: %v, but router %d is master", r.id, holds, m.id)
		}
		if best && (r.vi().Priority() > m.vi().Priority() || r.vi().Priority() == m.vi().Priority() && r.id > m.id && r.boots == 1 && m.boots > 1) {
			n.fail("router %d is master, not %d", m.id, r.id)
		}
	}
	if n.arp != m.id {
		n.fail("the client sends to router %d, router %d is master", n.arp, m.id)
	}
}

func (n *network) fail(format string, args ...any) {
	n.t.Helper()
	n.t.Fatalf(format+"\n%s", append(args, strings.Join(n.history[max(0, len(n.history)-30):], "\n"))...)
}

// calm checks that nothing changes any more.
func (n *network) calm(d time.Duration) {
	n.t.Helper()
	before := len(n.history)
	n.pass(d)
	if len(n.history) != before {
		n.fail("it is not calm")
	}
}
