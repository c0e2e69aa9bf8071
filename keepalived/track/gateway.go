package track

import (
	"fmt"
	"time"

	"moongate/core/cycle"
	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
)

// Gateway follows the web server that this keepalived runs under. Its workers
// give signs of life from their event loops, so that one that hangs is missed as
// one that is dead is, in Timeout and not more than an Interval.
type Gateway struct {
	Conf    *config.Gateway
	Counter *Counter

	board *cycle.Board
	loop  *loop.Loop
	timer *loop.Timer
	tell  func(g *Gateway, why string)
}

// NewGateway makes a follower that tells when the state changes, and why.
func NewGateway(c *config.Gateway, board *cycle.Board, l *loop.Loop, tell func(g *Gateway, why string)) *Gateway {
	g := &Gateway{Conf: c, Counter: NewCounter(c.Rise, c.Fall), board: board, loop: l, tell: tell}
	g.timer = l.NewTimer(g.look)
	return g
}

// Start looks for the first time.
func (g *Gateway) Start() { g.look() }

// Take goes on by other settings.
func (g *Gateway) Take(c *config.Gateway) {
	up, ran := g.Counter.Up(), g.Counter.Ran()
	if c.Rise != g.Conf.Rise || c.Fall != g.Conf.Fall {
		if g.Counter = NewCounter(c.Rise, c.Fall); ran {
			g.Counter.Assume(up)
		}
	}
	g.Conf = c
	g.timer.After(0)
}

// Stop ends it.
func (g *Gateway) Stop() { g.timer.Stop() }

func (g *Gateway) look() {
	why := judge(g.Conf, g.board.Life(g.Conf.Timeout))
	if g.Counter.Add(why == "") {
		g.tell(g, why)
	}
	g.timer.After(max(g.Conf.Interval, time.Millisecond))
}

// judge says in words what is wrong, or nothing.
func judge(c *config.Gateway, l cycle.Life) string {
	if l.Workers < c.Workers {
		return fmt.Sprintf("%d of %d workers answer", l.Workers, c.Workers)
	}
	if c.Upstreams > 0 && l.Peers > 0 && l.Usable*100 < c.Upstreams*l.Peers {
		return fmt.Sprintf("%d%% of the upstream peers can be used, %d%% are wanted", l.Usable*100/l.Peers, c.Upstreams)
	}
	return ""
}
