package admin

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
)

// writeTimeout is how long a store may take.
const writeTimeout = 10 * time.Second

// wish is the beginning of a write: who, and what for. X-Reason, if it is there,
// says it better than the request's line.
func (c *call) wish(why string) desired.Write {
	if reason := c.r.Header.Get("X-Reason"); reason != "" {
		why = reason
	}
	const most = 500
	if len(why) > most {
		why = strings.ToValidUTF8(why[:most], "") // no half of a letter
	}
	return desired.Write{Who: c.who.Name, From: c.from(), Why: why}
}

// from is the client's address, for the history.
func (c *call) from() string {
	if host, _, err := net.SplitHostPort(c.r.RemoteAddr); err == nil {
		return host
	}
	return "unix:" // the names of clients' sockets say nothing
}

// write makes a write, or tries it only. One that has begun is not given up when
// the client goes away.
func (c *call) write(w desired.Write) (*desired.Result, *reply) {
	if c.query.on("dry_run") {
		r, err := c.Desired.Preview(w)
		if err != nil {
			return nil, c.failed(err)
		}
		return r, nil
	}
	r, err := c.apply(w)
	if err != nil {
		return nil, c.failed(err)
	}
	return r, nil
}

// apply is write without the answer.
func (c *call) apply(w desired.Write) (*desired.Result, error) {
	return c.bounded(func(ctx context.Context) (*desired.Result, error) { return c.Desired.Apply(ctx, w) })
}

// bounded waits for the store, beside a bounded number of others: a store that
// hangs leaves room for those who read. Then it waits for the workers.
func (c *call) bounded(do func(context.Context) (*desired.Result, error)) (*desired.Result, error) {
	leave, free := enter(c.writers)
	if !free {
		return nil, busy()
	}
	defer leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.r.Context()), writeTimeout)
	defer cancel()
	r, err := do(ctx)
	leave()
	if err == nil && c.Applied != nil {
		c.Applied(ctx, r.Revision)
	}
	return r, err
}

// revised notes the revision in an answer.
func (c *call) revised(a *reply, r *desired.Result) *reply {
	return a.set("X-Moongate-Revision", strconv.FormatUint(r.Revision, 10))
}

// dryRun tells what a write would have made.
func (c *call) dryRun(r *desired.Result, doc *entity.Document) *reply {
	body := map[string]any{"dry_run": true, "changes": c.changes(r.Changes)}
	if doc != nil {
		body["entity"] = c.show(r.State, doc)
	}
	return ok(body)
}

// act is a write that changes no entity, such as the health of a target. When it is
// answered this node has done it; the others hear of it as of each revision.
func (c *call) act(a entity.Act) *reply {
	if c.query.on("dry_run") {
		return ok(map[string]any{"dry_run": true, "changes": []any{}, "acts": []entity.Act{a}})
	}
	w := c.wish(c.r.Method + " " + c.r.URL.EscapedPath())
	w.Acts = []entity.Act{a}
	r, err := c.apply(w)
	if err != nil {
		return c.failed(err)
	}
	return c.revised(&reply{status: 204}, r)
}
