package vrrp

import (
	"testing"
	"time"

	"moongate/keepalived/config"
)

// heals is how many intervals all may take until there is one master again, and
// the client knows it: the others' silence, and the best one's own waiting.
const heals = 10

func spread(i int) uint8 { return uint8(60 + 40*i) }

func flat(int) uint8 { return 100 }

// Random troubles of all kinds, one after the other; after each the network comes
// to rest with one master, and in no island is there none for longer than it takes
// to notice.
func TestSimulation(t *testing.T) {
	kinds := []struct {
		name string
		prio func(int) uint8
		opt  opt
		best bool
	}{
		{"version 2", spread, func(*config.Instance) {}, true},
		{"version 3", spread, version3, true},
		{"equal priorities", flat, version3, false},
		{"nopreempt", spread, func(c *config.Instance) { version3(c); c.NoPreempt = true }, false},
		{"AH", spread, secretly(config.AH, "secret"), true},
		{"HMAC", spread, hmacked("enforce", 1), true},
	}
	for _, k := range kinds {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(100) {
				simulate(t, seed, k.prio, k.opt, k.best)
			}
		})
	}
}

func simulate(t *testing.T, seed uint64, prio func(int) uint8, o opt, best bool) {
	n := newNetwork(t, seed, 2+int(seed%4), prio, o)
	interval := n.routers[0].vi().Conf.Interval
	rest := heals * interval
	limit := 5*interval + 300*time.Millisecond // silence, Skew, loss
	trouble := func(d time.Duration, most time.Duration) {
		if worst := n.pass(d); worst > most {
			n.fail("seed %d: no master for %v", seed, worst)
		}
	}
	n.pass(rest)
	n.settled(best)
	for range 12 {
		r := n.routers[n.rnd.IntN(len(n.routers))]
		kind := n.rnd.IntN(6)
		switch kind {
		case 0: // power loss
			r.on = false
			r.held = nil
			trouble(time.Duration(n.rnd.Int64N(int64(rest))), limit)
			r.boot()
		case 1: // restart
			r.now = n.now
			r.m.Stop(n.now, false)
			r.on = false
			trouble(time.Duration(n.rnd.Int64N(int64(rest))), limit)
			r.boot()
		case 2: // partition
			for _, r := range n.routers {
				r.island = n.rnd.IntN(2)
			}
			trouble(time.Duration(n.rnd.Int64N(int64(2*rest))), limit)
			for _, r := range n.routers {
				r.island = 0
			}
		case 3: // a bad wire
			n.loss, n.jitter = 0.3, interval/10
			n.pass(2 * rest)
			n.loss, n.jitter = 0, time.Millisecond
		case 4: // the interface goes
			r.now = n.now
			r.m.Link(n.now, "v0", false)
			n.pass(time.Duration(n.rnd.Int64N(int64(rest))))
			r.now = n.now
			r.m.Link(n.now, "v0", true)
		case 5: // frozen: all that has come is heard first
			n.frozen(r, time.Duration(n.rnd.Int64N(int64(rest))))
		}
		n.pass(rest)
		if kind == 3 {
			// What is lost there, the second burst makes good.
			n.pass(6 * time.Second)
		}
		n.settled(best)
		n.calm(rest)
	}
}

// frozen stops a router for a while. What arrives meanwhile waits in its socket.
func (n *network) frozen(r *router, d time.Duration) {
	r.on = false
	var queue []flight
	for end := n.now.Add(d); n.now.Before(end); {
		r.on = true // the wire still carries to it
		for len(n.flying) > 0 && n.flying[0].to == r.id {
			queue = append(queue, n.flying[0])
			n.flying = n.flying[1:]
		}
		at := end
		if len(n.flying) > 0 {
			at = n.flying[0].at
		}
		for _, o := range n.routers {
			if next, ok := o.m.Next(); o != r && o.on && ok && next.Before(at) {
				at = next
			}
		}
		if !at.Before(end) {
			n.now = end
			break
		}
		n.stepWithout(r, at)
	}
	r.on = true
	for _, f := range queue {
		f.at = n.now
		n.land(f)
	}
}

// stepWithout does what happens at a time to all but one.
func (n *network) stepWithout(r *router, at time.Time) {
	if len(n.flying) > 0 && !n.flying[0].at.After(at) {
		f := n.flying[0]
		n.flying = n.flying[1:]
		n.now = f.at
		n.land(f)
		return
	}
	n.now = at
	for _, o := range n.routers {
		if next, ok := o.m.Next(); o != r && o.on && ok && !next.After(at) {
			o.now = at
			before := o.vi().State()
			o.m.Run(at)
			n.note(o, before)
		}
	}
}

// When the cut between two masters heals, the client is with the one that stays
// before the loser has been backup for a moment.
func TestHealingTellsTheClient(t *testing.T) {
	for seed := range uint64(200) {
		n := newNetwork(t, seed, 2, spread, version3)
		n.pass(2 * time.Second)
		n.routers[0].island = 1
		n.pass(2 * time.Second)
		if len(n.masters(0)) != 1 || len(n.masters(1)) != 1 {
			t.Fatal("both sides have a master")
		}
		n.arp = 0 // the client lives on the loser's side
		n.routers[0].island = 0
		n.pass(time.Duration(seed) * time.Millisecond / 2) // any phase
		n.routers[0].island = 1
		n.pass(time.Second)
		n.arp = 0
		n.routers[0].island = 0
		healed := n.now
		for n.arp != 1 || len(n.masters(0)) != 1 {
			if !n.step(healed.Add(time.Second)) {
				n.fail("the client is not told within a second")
			}
		}
		if d := n.now.Sub(healed); d > 105*time.Millisecond {
			n.fail("the client is told after %v", d)
		}
	}
}

// The better one takes over: both have the address for no longer than an advert
// needs.
func TestPreemptionOverlap(t *testing.T) {
	n := newNetwork(t, 1, 2, spread, version3)
	best := n.routers[1]
	best.on = false
	n.pass(2 * time.Second)
	best.boot()
	var both, since time.Duration
	end := n.now.Add(2 * time.Second)
	last := n.now
	for {
		two := len(n.routers[0].held) > 0 && len(best.held) > 0
		if !n.step(end) {
			break
		}
		if since += n.now.Sub(last); !two {
			since = 0
		}
		both = max(both, since)
		last = n.now
	}
	n.settled(true)
	if both > 3*time.Millisecond {
		t.Errorf("two holders for %v", both)
	}
}
