package check

import (
	"context"

	"moongate/keepalived/config"
)

// tcp is TCP_CHECK: it is good when a connection is made.
type tcp struct {
	c *config.Checker
	Names
	plain
}

func (k *tcp) try(ctx context.Context) outcome {
	r := routeOf(k.c)
	conn, err := r.dial(ctx, "tcp")
	if err != nil {
		if o, ok := r.local(err, "TCP connect fail to create socket. Rescheduling.", "TCP socket bind failed. Rescheduling."); ok {
			return o
		}
		if timedOut(err) {
			return outcome{why: "timeout"}
		}
		return outcome{why: "failed"}
	}
	conn.Close()
	return outcome{good: true}
}

func (k *tcp) again(o *outcome, _ int, _ bool) string {
	return "TCP connection to " + k.Real + " " + o.why + "."
}

func (k *tcp) up(*outcome) string { return "TCP connection to " + k.Real + " success." }

func (k *tcp) down(_ *outcome, first bool) string {
	return downLine("TCP_CHECK", k.Real, first, k.c.Retry)
}

func (k *tcp) mail(_ *outcome, up bool) string { return mailLine("TCP", up) }
