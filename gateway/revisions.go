package gateway

import (
	"context"
	"errors"
	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/feed"
)

// snapshot is what a new worker begins with.
func (o *office) snapshot() []byte {
	b, err := snapshot(o.state, o.revision, o.names.known)
	if err != nil {
		o.log(err.Error())
		return nil
	}
	return feed.AppendFrame(nil, feed.State, b)
}

// follow tells the workers of each revision.
func (o *office) follow(ctx context.Context, f *desired.Follower) error {
	if o.revision > 0 { // the store has been read
		o.acts.begin(ctx, o.revision)
	}
	for {
		r, err := f.Next(ctx)
		switch {
		case errors.Is(err, desired.ErrBehind):
			o.feed.Publish(func() []byte {
				o.state, o.revision, f = o.desired.Follow()
				o.checks.ask()
				return o.snapshot()
			})
			o.acts.catchUp(ctx, o.revision)
		case errors.Is(err, desired.ErrClosed):
			return nil
		case err != nil:
			return err
		default:
			// Before the workers say that they serve by this revision.
			o.acts.revision(ctx, r)
			o.feed.Publish(func() []byte { return o.change(r) })
		}
		o.changed()
	}
}

func (o *office) change(r *entity.Revision) []byte {
	s, err := o.state.Replay(r.Changes)
	if err != nil {
		o.log(err.Error())
		return nil
	}
	o.state, o.revision = s, r.Number
	if o.checks.concern(r.Changes) {
		o.checks.ask()
	}
	return feed.AppendFrame(nil, feed.Change, appendChanges(nil, r.Number, r.Changes))
}

// changed asks for the file of the last good state to be written, and for names to be
// looked up.
func (o *office) changed() {
	select {
	case o.save <- struct{}{}:
	default:
	}
	o.names.ask()
}
