package check

import "time"

// Cycle counts attempts: it decides when a checker is up or down and when it is
// to try next. It has no clock.
//
//	        good                     bad, Retry times in a row more
//	new ----------> up  -----------------------------------------> down
//	 |  bad (once)   ^                                               |  good
//	 +-------------> down                    ^-----------------------+
type Cycle struct {
	Retry      int           // further attempts before it is down
	RetryDelay time.Duration // between these
	Loop       time.Duration // between attempts else
	// Patient kinds try again also before their first result (SMTP_CHECK);
	// for the others one failure is enough then.
	Patient bool

	Standing
}

// Standing is what a cycle has come to, and what it keeps over a reload.
type Standing struct {
	Up    bool
	Ran   bool // there has been a result
	Tries int  // attempts that failed in a row since it was last good, while it is up
}

// Verdict is what follows from an attempt.
type Verdict struct {
	Was   bool // it was up
	First bool // this is the first result
	// Settled says that it is up, or down, from now on, or for the first time.
	// Otherwise nothing has changed yet.
	Settled bool
	Wait    time.Duration // until the next attempt
}

// Good takes an attempt that succeeded.
func (c *Cycle) Good() Verdict {
	v := Verdict{Was: c.Up, First: !c.Ran, Settled: !c.Up || !c.Ran, Wait: c.Loop}
	c.Standing = Standing{Up: true, Ran: true}
	return v
}

// Bad takes an attempt that failed.
func (c *Cycle) Bad() Verdict {
	v := Verdict{Was: c.Up, First: !c.Ran, Wait: c.Loop}
	switch {
	case c.Ran && !c.Up: // it is down already
	case c.Tries < c.Retry && (c.Ran || c.Patient):
		c.Tries++
		v.Wait = c.RetryDelay
	default:
		v.Settled = true
		c.Standing = Standing{Ran: true}
	}
	return v
}
