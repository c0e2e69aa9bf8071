package desired

import (
	"context"
	"errors"

	"moongate/gateway/entity"
)

// Store is what keeps the state. Its methods may be called by several at once.
type Store interface {
	// Load gives all documents and the number of the revision that made them so.
	Load(ctx context.Context) (*Snapshot, error)
	// Write keeps a revision, all of it or nothing. Its number must be the one
	// after the last, or else the answer is ErrConflict.
	Write(ctx context.Context, r *entity.Revision) error
	// Revisions gives at most limit revisions with smaller numbers than before,
	// the latest first; before 0 begins with the last one.
	Revisions(ctx context.Context, before uint64, limit int) ([]*entity.Revision, error)
	// Watch calls each for the revisions after a number, in order, until the
	// context ends or the store fails. ErrCompacted says that some of them are no
	// longer there, so that only Load helps.
	Watch(ctx context.Context, after uint64, each func(*entity.Revision) error) error
	Close() error
}

// Snapshot is all that a store has.
type Snapshot struct {
	Revision  uint64
	Documents []*entity.Document
}

// What a store says besides being out of reach.
var (
	ErrConflict  = errors.New("another revision was written meanwhile")
	ErrCompacted = errors.New("the revision is no longer in the history")
)
