package vrrp

import (
	"fmt"
	"testing"
	"time"

	"moongate/keepalived/config"
)

// all are the masters, wherever they are.
func (n *network) all() (all []int) {
	for _, r := range n.routers {
		if r.on && r.vi().State() == Master {
			all = append(all, r.id)
		}
	}
	return all
}

// single lets time go by, in which there must be one master all the time, but for a
// pause of at most none. Two there are for as long as an advert flies; with equal
// priorities the second path waits for the first to decide.
func (n *network) single(d, none time.Duration) {
	n.t.Helper()
	two := 5 * time.Millisecond
	if a, b := n.routers[0].vi(), n.routers[1].vi(); a.Conf.Priority == b.Conf.Priority {
		two = a.downInterval() + 3*a.Conf.Interval
	}
	last, gap, both := n.now, time.Duration(0), time.Duration(0)
	for end := n.now.Add(d); ; last = n.now {
		masters := len(n.all())
		if !n.step(end) {
			return
		}
		gone := n.now.Sub(last)
		if gap += gone; masters > 0 {
			gap = 0
		}
		if both += gone; masters < 2 {
			both = 0
		}
		if gap > none || both > two {
			n.fail("no master for %v, two for %v", gap, both)
		}
	}
}

// Cuts of the first path, of the second and of both, with all kinds of authentication:
// only the last splits the routers, and no take-over that must be is late.
func TestSecondPathSimulation(t *testing.T) {
	for _, k := range []struct {
		name string
		prio func(int) uint8
		opt  opt
	}{
		{"version 2", spread, func(c *config.Instance) { heartbeat(0)(c) }},
		{"version 3", spread, func(c *config.Instance) { version3(c); heartbeat(0)(c) }},
		{"its own interval", spread, func(c *config.Instance) { version3(c); heartbeat(30 * time.Millisecond)(c) }},
		{"equal priorities", flat, func(c *config.Instance) { version3(c); heartbeat(0)(c) }},
		{"nopreempt", spread, func(c *config.Instance) { version3(c); heartbeat(0)(c); c.NoPreempt = true }},
		{"AH", spread, func(c *config.Instance) { secretly(config.AH, "secret")(c); heartbeat(0)(c) }},
		{"HMAC", spread, func(c *config.Instance) { hmacked("enforce", 1)(c); heartbeat(0)(c) }},
	} {
		t.Run(k.name, func(t *testing.T) {
			for seed := range uint64(60) {
				cuts(t, seed, k.prio, k.opt)
			}
		})
	}
}

// While all is well nothing that comes on either path is taken for a repetition of the
// other's, and nobody is held back.
func TestSecondPathInPeace(t *testing.T) {
	for _, every := range []time.Duration{0, 30 * time.Millisecond} {
		for _, o := range []opt{secretly(config.AH, "secret"), hmacked("enforce", 1)} {
			n := newNetwork(t, 1, 3, spread, func(c *config.Instance) { o(c); heartbeat(every)(c) })
			n.pass(10 * time.Second)
			n.settled(true)
			n.routers[2].on, n.routers[2].held = false, nil
			n.pass(20 * time.Second)
			for _, r := range n.routers[:2] {
				if s := &r.vi().Stats; s.AuthFailure != 0 || s.HeldBack != 0 || s.SecondReceived+s.SecondSent == 0 {
					n.fail("router %d, every %v: %+v", r.id, every, *s)
				}
			}
		}
	}
}

func cuts(t *testing.T, seed uint64, prio func(int) uint8, o opt) {
	n := newNetwork(t, seed, 2+int(seed%3), prio, o)
	interval := n.routers[0].vi().Conf.Interval
	rest, limit := heals*interval, 5*interval+50*time.Millisecond
	random := func() time.Duration { return time.Duration(n.rnd.Int64N(int64(rest))) }
	n.pass(rest)
	n.settled(false)
	for range 8 {
		master := n.routers[n.all()[0]]
		switch n.rnd.IntN(5) {
		case 0: // the first path: nothing happens
			for _, r := range n.routers {
				r.island = n.rnd.IntN(3)
			}
			n.single(rest+random(), 0)
		case 1: // the second path: nothing happens
			for _, r := range n.routers {
				r.second = n.rnd.IntN(3)
			}
			n.single(rest+random(), 0)
		case 2: // both, one part here and one there
			for _, r := range n.routers {
				r.island = n.rnd.IntN(2)
				r.second = r.island
			}
			n.pass(limit + random())
			for _, r := range n.routers {
				if m := n.masters(r.island); len(m) != 1 {
					n.fail("seed %d: masters %v in part %d", seed, m, r.island)
				}
			}
		case 3: // the first path is cut, and the master dies
			for _, r := range n.routers {
				r.island = r.id
			}
			n.single(random(), 0)
			master.on, master.held = false, nil
			n.single(rest, limit)
			master.boot()
			n.single(random(), limit)
		case 4: // the first path is cut, and the master stops
			for _, r := range n.routers {
				r.island = r.id
			}
			n.single(random(), 0)
			master.now = n.now
			master.m.Stop(n.now, false)
			master.on = false
			n.single(rest, interval+5*time.Millisecond) // Skew
			master.boot()
			n.single(random(), limit)
		}
		for _, r := range n.routers {
			r.island, r.second = 0, 0
		}
		n.pass(2 * rest)
		n.settled(false)
		n.calm(rest)
	}
	for _, r := range n.routers {
		if s := &r.vi().Stats; s.AuthFailure != 0 && r.vi().Conf.HMAC != nil {
			n.fail("seed %d: router %d: %s", seed, r.id, fmt.Sprintf("%+v", *s))
		}
	}
}
