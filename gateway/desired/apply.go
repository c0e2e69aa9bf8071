package desired

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
	"moongate/gateway/store"
)

// Write is a wish to change the state.
type Write struct {
	Who, From, Why string
	Ops            []entity.Op
	Acts           []entity.Act
	// Do makes the result in place of Ops, for what depends on the state that it
	// is done to: no other write comes in between. It may run more than once.
	Do func(s *entity.State, now time.Time) (*entity.Result, error)
	// If is the revision that must be the last one; 0 is any.
	If uint64
}

// Result is what a write has made.
type Result struct {
	*entity.Result
	Revision uint64 // the last one, if nothing had to be changed
	Time     time.Time
}

// Unavailable is the answer to a write while the store can't be reached.
func Unavailable(reason error) *schema.Error {
	return &schema.Error{
		Status: 503, Code: schema.CodeDatabase, Name: "database error",
		Message: "the store cannot be reached, nothing was changed: " + reason.Error(),
	}
}

// unknown is the answer when a store went away while it wrote.
func unknown(reason error) *schema.Error {
	e := Unavailable(reason)
	e.Message = "the store has not confirmed the write, look again when it is back: " + reason.Error()
	return e
}

func outdated(want, is uint64) *schema.Error {
	return &schema.Error{
		Status: 412, Code: schema.CodeInvalidOptions, Name: "precondition failed",
		Message: fmt.Sprintf("the last revision is %d, not %d", is, want),
	}
}

var errNotLoaded = errors.New("it has not been read yet")

// Preview is what a write would make. Nothing is kept.
func (d *Desired) Preview(w Write) (*Result, error) {
	m := d.now.Load()
	r, _, err := d.try(w, m)
	return r, err
}

func (d *Desired) try(w Write, m *moment) (*Result, time.Time, error) {
	now := d.options.Now()
	if w.If != 0 && w.If != m.revision {
		return nil, now, outdated(w.If, m.revision)
	}
	do := w.Do
	if do == nil {
		do = func(s *entity.State, now time.Time) (*entity.Result, error) { return s.Apply(w.Ops, now) }
	}
	r, err := do(m.state, now)
	if err != nil {
		return nil, now, err
	}
	return &Result{Result: r, Revision: m.revision, Time: now}, now, nil
}

// Apply makes a write: all of it or nothing, kept by the store before anybody
// sees it. Where other nodes were faster it is tried again, until the context ends.
// The error is of type entity.Failures or *schema.Error, or comes from Do.
func (d *Desired) Apply(ctx context.Context, w Write) (*Result, error) {
	if err := d.lock(ctx); err != nil {
		return nil, Unavailable(fmt.Errorf("other writes take long: %w", err))
	}
	defer d.unlock()
	for ctx.Err() == nil {
		m := d.now.Load()
		if !d.loaded.Load() {
			return nil, Unavailable(cmp.Or(m.trouble, errNotLoaded))
		}
		r, now, err := d.try(w, m)
		if err != nil {
			return nil, err
		}
		if len(r.Changes) == 0 && len(w.Acts) == 0 {
			return r, nil
		}
		rev := &entity.Revision{Number: m.revision + 1, Time: now.UTC(), Who: w.Who, From: w.From, Why: w.Why, Changes: r.Changes, Acts: w.Acts}
		err = d.store.Write(ctx, *rev, m.revision)
		if errors.Is(err, store.ErrConflict) {
			if err := d.catchUp(ctx, m.revision); err != nil {
				return nil, Unavailable(err)
			}
			continue
		}
		if errors.Is(err, store.ErrReadOnly) {
			return nil, &schema.Error{Status: 405, Code: schema.CodeUnsupported, Name: "operation unsupported", Message: err.Error()}
		}
		if err != nil {
			d.setTrouble(fmt.Errorf("write: %w", err))
			return nil, unknown(err)
		}
		d.setTrouble(nil)
		d.swap(r.State, rev)
		r.Revision = rev.Number
		return r, nil
	}
	return nil, Unavailable(fmt.Errorf("other nodes write all the time: %w", ctx.Err()))
}

// catchUp takes what other nodes have written after a revision, from the
// writer's place.
func (d *Desired) catchUp(ctx context.Context, after uint64) error {
	const page, most = 100, 10_000
	var missed []entity.Revision // the latest first
	for before := uint64(0); len(missed) < most; {
		list, err := d.store.Revisions(ctx, before, page)
		if err != nil {
			return err
		}
		for _, r := range list {
			if r.Number > after {
				missed = append(missed, r)
			}
		}
		if len(list) < page || list[page-1].Number <= after+1 {
			break
		}
		before = list[page-1].Number
	}
	for _, r := range slices.Backward(missed) {
		if err := d.takeLocked(ctx, &r); err != nil {
			return err
		}
	}
	if d.now.Load().revision == after {
		return d.reload(ctx)
	}
	return nil
}
