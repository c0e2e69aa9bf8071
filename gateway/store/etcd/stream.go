package etcd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// errSilent ends a watch whose member does not answer any more.
var errSilent = errors.New("the member is silent")

// watch calls each with the values that are put below a prefix from a revision
// of etcd's on, until something fails. Then the next one goes to another member.
func (c *cluster) watch(ctx context.Context, prefix string, from int64, each func([]byte) error) (err error) {
	i, member := c.member()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer func() {
		if cause := context.Cause(ctx); cause == errSilent {
			err = broken{cause}
		}
		if errors.As(err, new(broken)) {
			c.left(i)
			err = fmt.Errorf("%s: %w", member, err)
		}
	}()
	token, err := c.login(ctx, member)
	if err != nil {
		return broken{err}
	}
	var q watchRequest
	q.Create.Key, q.Create.End, q.Create.Start = []byte(prefix), []byte(after(prefix)), from
	q.Create.Filters = []string{"NODELETE"}
	body, err := json.Marshal(q)
	if err != nil {
		return err
	}
	begun := time.AfterFunc(c.patience, func() { stop(errSilent) })
	defer begun.Stop()
	r, _, err := c.open(ctx, member, "/v3/watch", token, body)
	if err != nil {
		return broken{err}
	}
	defer r.Close()
	done := make(chan struct{})
	defer func() { stop(nil); <-done }()
	go func() { defer close(done); c.feel(ctx, stop, member, prefix) }()
	return messages(r, func() { begun.Stop() }, each)
}

// broken is an error that the member is to blame for.
type broken struct{ error }

func (b broken) Unwrap() error { return b.error }

// messages reads a watch.
func messages(r io.Reader, created func(), each func([]byte) error) error {
	in := json.NewDecoder(r)
	for {
		var m watchMessage
		if err := in.Decode(&m); err != nil {
			return broken{fmt.Errorf("the watch broke off: %w", err)}
		}
		switch {
		case m.Error != nil:
			return broken{m.Error}
		case m.Result == nil:
			return broken{errors.New("the watch says something unknown")}
		case m.Result.CompactRevision != 0:
			return errCompacted
		case m.Result.Canceled:
			return broken{fmt.Errorf("the watch was ended: %s", m.Result.CancelReason)}
		case m.Result.Created:
			created()
		}
		for _, e := range m.Result.Events {
			if e.Type == "DELETE" {
				continue
			}
			if err := each(e.Kv.Value); err != nil {
				return err
			}
		}
	}
}

// errCompacted ends a watch that wanted what etcd has thrown away.
var errCompacted = errors.New("etcd has compacted what was to be watched")

// feel asks a member for little while it has nothing to say. A machine that is gone,
// or a process that stands still, would otherwise look like a quiet cluster.
func (c *cluster) feel(ctx context.Context, stop context.CancelCauseFunc, member, key string) {
	body, err := json.Marshal(rangeRequest{Key: []byte(key), CountOnly: true})
	if err != nil {
		stop(err)
		return
	}
	tick := time.NewTicker(c.pulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		_, err := c.askMember(ctx, member, "/v3/kv/range", body, new(rangeResponse))
		if err != nil && ctx.Err() == nil {
			stop(errSilent)
			return
		}
	}
}
