package desired

import (
	"context"
	"fmt"
	"slices"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Revisions gives at most limit revisions with smaller numbers than before, the
// latest first; before 0 begins with the last one.
func (d *Desired) Revisions(ctx context.Context, before uint64, limit int) ([]entity.Revision, error) {
	list, err := d.store.Revisions(ctx, before, limit)
	if err != nil {
		d.setTrouble(fmt.Errorf("history: %w", err))
		e := Unavailable(err)
		e.Message = "the history cannot be read: " + err.Error()
		return nil, e
	}
	return list, nil
}

// Revision gives one.
func (d *Desired) Revision(ctx context.Context, number uint64) (*entity.Revision, error) {
	if number < 1<<63 {
		list, err := d.Revisions(ctx, number+1, 1)
		if err != nil {
			return nil, err
		}
		if len(list) == 1 && list[0].Number == number {
			return &list[0], nil
		}
	}
	return nil, notInHistory(number)
}

func notInHistory(number uint64) *schema.Error {
	return &schema.Error{
		Status: 404, Code: schema.CodeNotFound, Name: "not found",
		Message: fmt.Sprintf("revision %d is not in the history", number),
	}
}

// Rollback makes the state what it was at a revision, as a new revision. It is a
// write like any other: what is no longer valid is refused.
func (d *Desired) Rollback(ctx context.Context, to uint64, w Write) (*Result, error) {
	w, err := d.rollback(ctx, to, w)
	if err != nil {
		return nil, err
	}
	return d.Apply(ctx, w)
}

// PreviewRollback is what Rollback would make.
func (d *Desired) PreviewRollback(ctx context.Context, to uint64, w Write) (*Result, error) {
	w, err := d.rollback(ctx, to, w)
	if err != nil {
		return nil, err
	}
	return d.Preview(w)
}

func (d *Desired) rollback(ctx context.Context, to uint64, w Write) (Write, error) {
	undo, last, err := d.undo(ctx, to)
	if err != nil {
		return w, err
	}
	if w.If == 0 {
		w.If = last // a write that comes in between is not undone unseen
	}
	if w.Why == "" {
		w.Why = fmt.Sprintf("rolled back to revision %d", to)
	}
	w.Do = func(s *entity.State, now time.Time) (*entity.Result, error) {
		// What came and went since is not there to be deleted.
		ops := slices.DeleteFunc(slices.Clone(undo), func(op entity.Op) bool {
			return op.Verb == entity.Delete && s.Get(op.Kind, op.ID) == nil
		})
		return s.Apply(ops, now)
	}
	return w, nil
}

type place struct{ kind, id string }

// undo is the ops that lead back to a revision, and the last one's number.
func (d *Desired) undo(ctx context.Context, to uint64) ([]entity.Op, uint64, error) {
	_, last := d.Now()
	if to > last {
		return nil, 0, notInHistory(to)
	}
	was := map[place]entity.Change{} // the oldest change after to
	for before := last + 1; before > to+1; {
		list, err := d.Revisions(ctx, before, 100)
		if err != nil {
			return nil, 0, err
		}
		if len(list) == 0 || list[0].Number != before-1 {
			return nil, 0, notInHistory(to)
		}
		for _, r := range list {
			if r.Number != before-1 {
				return nil, 0, notInHistory(to)
			}
			if before = r.Number; r.Number <= to {
				break
			}
			for _, c := range r.Changes {
				was[place{c.Kind, c.ID}] = c
			}
		}
	}
	ops, err := back(was)
	return ops, last, err
}

func back(was map[place]entity.Change) (ops []entity.Op, err error) {
	for p, c := range was {
		if c.Old == nil {
			ops = append(ops, entity.Op{Verb: entity.Delete, Kind: p.kind, ID: p.id})
			continue
		}
		doc, err := schema.DecodeObject(c.Old)
		if err != nil {
			return nil, fmt.Errorf("%s %s in the history: %w", p.kind, p.id, err)
		}
		ops = append(ops, entity.Op{Verb: entity.Put, Kind: p.kind, ID: p.id, Doc: doc})
	}
	return ops, nil
}
