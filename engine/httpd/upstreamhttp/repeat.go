package upstreamhttp

import (
	"math/rand/v2"
	"time"

	"moongate/edge/sys/event"
)

// What the gateway says of tries, besides proxy_next_upstream and its kin: a limit of
// time that also ends a try which goes on, pauses between tries, and tries of the same
// peers again. None of it counts where Conf doesn't say so.

// mayAgain tells whether peers may be asked that were asked before.
func (u *Upstream) mayAgain() bool {
	return u.Conf.Again && u.tries < u.Conf.NextTries && u.Choice.Own == nil
}

// again begins with the peers anew.
func (u *Upstream) again() bool {
	if !u.mayAgain() || !u.Choice.Again() {
		return false
	}
	u.Choice.Leave(u.Except)
	u.Choice.Tries = min(u.Choice.Tries, u.Conf.NextTries-u.tries)
	return true
}

// leaves tells whether there is time for another try.
func (u *Upstream) leaves(spent time.Duration) bool {
	return u.Conf.Whole == 0 || spent+u.interval() < u.Conf.Whole
}

// within shortens a timeout to what is left of Conf.Whole.
func (u *Upstream) within(d time.Duration) time.Duration {
	w := u.Conf.Whole
	if w == 0 {
		return d
	}
	left := max(w-(event.Mono()-u.began), time.Millisecond)
	if d == 0 {
		return left
	}
	return min(d, left)
}

// interval is the longest pause before the next try: it doubles from try to try.
func (u *Upstream) interval() time.Duration {
	d, limit := u.Conf.Pause, max(u.Conf.PauseLimit, u.Conf.Pause)
	for i := 1; i < u.tries && d < limit; i++ {
		d *= 2
	}
	return min(d, limit)
}

// pause waits before the next try, for half of the interval at least: requests that have
// failed together shall not come again together. It is false when the client has gone.
func (u *Upstream) pause() bool {
	d := u.interval()
	if d == 0 {
		return true
	}
	d -= rand.N(d/2 + 1)
	if !u.watching || u.Stop != nil {
		event.Sleep(d)
		if u.gone() {
			u.failure = 499
			return false
		}
		return true
	}
	here := u.R.Sleep(d)
	u.R.WatchClient(&u.hook)
	if !here || u.R.ClientGone() {
		u.failure = 499
		return false
	}
	return true
}
