package check

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"moongate/keepalived/config"
)

// Names are what a checker's lines in the log call the things they speak of:
// "[10.0.0.2]:tcp:80" and "[10.0.0.1]:tcp:80".
type Names struct{ Real, Service string }

// Event is what a check has found out. Its parts are to be dealt with in this
// order: the weight, the lines, the state.
type Event struct {
	Check *Check

	Weighed bool // Weight, what the check adds to the server's weight, is new
	Weight  int

	Lines []string // for the log

	Settled bool   // the check is up or down from now on
	Up      bool   // which it is
	First   bool   // it is the first result
	Mail    string // what a mail about it says
}

// kind is one sort of checker: how it tries, and what its lines say.
type kind interface {
	// try makes one attempt. It returns soon when ctx ends.
	try(ctx context.Context) outcome
	// up is the line for a checker that came up, down for one that went down.
	up(o *outcome) string
	down(o *outcome, first bool) string
	// again is the line for an attempt that failed while the checker is up: one that
	// is followed by retries (tries so far), or the last. Only some kinds say the last.
	again(o *outcome, tries int, last bool) string
	// mail is the text of a mail.
	mail(o *outcome, up bool) string
	traits() traits
	// settled hears that the checker is up, or down, from now on.
	settled(up bool)
	// take goes on from where the same checker was before a reload.
	take(old kind)
}

// plain is for kinds that count like most and have nothing to remember.
type plain struct{}

func (plain) traits() traits { return traits{} }
func (plain) settled(bool)   {}
func (plain) take(kind)      {}

// traits are the ways in which kinds differ in counting.
type traits struct {
	patient bool // tries again also before the first result
	quiet   bool // says nothing of a first failure when alpha has it down anyway
	steady  bool // says nothing when it is found to be up at first
}

// outcome is how an attempt ended.
type outcome struct {
	good bool
	// put off: the attempt could not be made, which says nothing of the server.
	off bool
	// part says that this was good, but that others must be too before the whole is.
	part bool
	soon bool // go on with the next part without waiting
	why  string
	how  string   // of a program that failed: its status
	note []string // lines for the log, whatever follows
	// partly is a line for a good part, while the checker is down.
	partly string

	weighed bool
	weight  int
}

// Check is a checker at work. Its methods, and Stop, are called by its owner.
type Check struct {
	Config *config.Checker
	Names

	kind   kind
	events chan<- Event
	cancel context.CancelFunc
	done   chan struct{}

	mu    sync.Mutex
	cycle Cycle
	state State
}

// State is how a check stands.
type State struct {
	Standing
	Weight int       // what it adds to the server's
	At     time.Time // of the last attempt
	Due    time.Time // of the next
	Why    string    // the last failure, in few words
}

// New makes a check that sends to events. It does not run yet.
func New(c *config.Checker, n Names, env *Env, events chan<- Event) (*Check, error) {
	k, err := newKind(c, n, env)
	if err != nil {
		return nil, fmt.Errorf("%s of %s: %w", c.Kind, n.Real, err)
	}
	check := newCheck(c, n, k, events)
	if f, ok := k.(*file); ok {
		o := f.look()
		check.judge(&o) // it is known already
	}
	return check, nil
}

func newCheck(c *config.Checker, n Names, k kind, events chan<- Event) *Check {
	return &Check{Config: c, Names: n, kind: k, events: events, cycle: Cycle{
		Retry: c.Retry, RetryDelay: c.RetryDelay, Loop: c.Loop, Patient: k.traits().patient, Standing: Standing{Up: !c.Alpha},
	}}
}

// State tells how the check stands.
func (c *Check) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.state
	s.Standing = c.cycle.Standing
	return s
}

// Take makes the check go on from where the same checker was before a reload.
// Both are stopped.
func (c *Check) Take(old *Check) {
	s := old.State()
	c.state, c.cycle.Standing = s, s.Standing
	if latest := time.Now().Add(c.cycle.Loop); c.state.Due.After(latest) {
		c.state.Due = latest
	}
	c.kind.take(old.kind)
}

// Hold makes a check that is not started begin as one that has failed.
func (c *Check) Hold() { c.cycle.Standing = Standing{Ran: true} }

// Start lets the check run.
func (c *Check) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel, c.done = cancel, make(chan struct{})
	go c.run(ctx, c.done)
}

// Stop ends checks: what they have not told by now they will never tell, and
// State is the truth.
func Stop(checks ...*Check) {
	for _, c := range checks {
		if c.cancel != nil {
			c.cancel()
		}
	}
	for _, c := range checks {
		if c.cancel != nil {
			<-c.done
			c.cancel = nil
		}
	}
}

// Running tells whether the check was started.
func (c *Check) Running() bool { return c.cancel != nil }

func (c *Check) run(ctx context.Context, done chan<- struct{}) {
	defer close(done)
	if w, ok := c.kind.(watcher); ok {
		w.watch(ctx, c.tell)
		return
	}
	timer := time.NewTimer(c.first())
	defer timer.Stop()
	// Each attempt has a goroutine to itself, whose stack is large and freed at once:
	// this one waits most of the time, and there are thousands of its like.
	ended := make(chan outcome)
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		go func() { ended <- c.kind.try(ctx) }()
		o := <-ended
		if ctx.Err() != nil {
			return
		}
		timer.Reset(c.note(ctx, &o))
	}
}

// first is how long to wait for the first attempt: at random within the warm-up,
// so that not all checks try at once, or what is left from before a reload.
func (c *Check) first() time.Duration {
	if due := c.state.Due; !due.IsZero() {
		return time.Until(due)
	}
	if c.Config.Warmup <= 0 {
		return 0
	}
	return rand.N(c.Config.Warmup)
}

// note takes an attempt's outcome, tells what follows, and how long to wait.
func (c *Check) note(ctx context.Context, o *outcome) time.Duration {
	e, wait := c.judge(o)
	if e.Weighed || e.Settled || len(e.Lines) > 0 {
		select {
		case c.events <- e:
		case <-ctx.Done():
		}
	}
	return wait
}

// watcher is a kind that makes no attempts but sees what changes.
type watcher interface {
	watch(ctx context.Context, tell func(context.Context, *outcome))
}

// tell takes what a watcher saw. It is certain: there are no retries.
func (c *Check) tell(ctx context.Context, o *outcome) { c.note(ctx, o) }

func (c *Check) judge(o *outcome) (Event, time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := Event{Check: c, Lines: o.note}
	say := func(line string) {
		if line != "" {
			e.Lines = append(e.Lines, line)
		}
	}
	wait := c.cycle.Loop
	switch {
	case o.off:
		say(o.why)
	case o.good && o.part:
		c.cycle.Tries = 0
		if !c.cycle.Up {
			say(o.partly)
		}
		if o.soon {
			wait = 0
		}
	case o.good:
		v := c.cycle.Good()
		wait = v.Wait
		if o.weighed && o.weight != c.state.Weight {
			c.state.Weight, e.Weighed, e.Weight = o.weight, true, o.weight
		}
		if !v.Was {
			say(o.partly)
		}
		if v.Settled {
			if !v.Was || !c.kind.traits().steady {
				say(c.kind.up(o))
			}
			e.Settled, e.Up, e.First, e.Mail = true, true, v.First, c.kind.mail(o, true)
		}
		c.state.Why = ""
	default:
		tries := c.cycle.Tries
		v := c.cycle.Bad()
		wait = v.Wait
		if (v.Was || c.cycle.Patient && v.First) && c.Config.LogAll {
			say(c.kind.again(o, tries, c.cycle.Tries <= tries))
		}
		if v.Settled {
			if v.Was || !c.kind.traits().quiet {
				say(c.kind.down(o, v.First))
			}
			e.Settled, e.First, e.Mail = true, v.First, c.kind.mail(o, false)
			c.state.Weight = 0
		}
		c.state.Why = o.why + o.how
	}
	if e.Settled {
		c.kind.settled(e.Up)
	}
	c.state.At = time.Now()
	c.state.Due = c.state.At.Add(wait)
	return e, wait
}
