package check

import (
	"context"

	"moongate/keepalived/config"
)

// session is BFD_CHECK: it is good while the BFD session is up, which the process
// that speaks BFD tells.
type session struct {
	c *config.Checker
	Names
	plain
}

// Hear takes the state of a BFD session, for checks of the kind BFD_CHECK. The
// Event is to be dealt with like those from the channel; ok says that it has anything.
func (c *Check) Hear(up bool) (e Event, ok bool) {
	e, _ = c.judge(&outcome{good: up, why: "BFD session down"})
	return e, e.Settled
}

func (k *session) watch(ctx context.Context, _ func(context.Context, *outcome)) { <-ctx.Done() }

func (k *session) try(context.Context) outcome { return outcome{off: true} }

func (k *session) again(*outcome, int, bool) string { return "" }

func (k *session) line(state string) string {
	return "BFD check of [" + k.c.BFD + "] RS(" + k.Real + ") is " + state
}

func (k *session) up(*outcome) string { return k.line("UP") }

func (k *session) down(*outcome, bool) string { return k.line("DOWN") }

func (k *session) mail(_ *outcome, up bool) string {
	if up {
		return "=> BFD CHECK " + k.c.BFD + " UP on service <="
	}
	return "=> BFD CHECK " + k.c.BFD + " DOWN on service <="
}

func (k *session) traits() traits { return traits{steady: true} }
