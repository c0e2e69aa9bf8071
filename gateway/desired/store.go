package desired

import (
	"context"
	"errors"

	"moongate/gateway/entity"
)

// Store is what keeps the state. Its methods may be called by several at once.
type Store interface {
	// Load is all that is kept, as it was at one moment.
	Load(ctx context.Context) (*Snapshot, error)
	// Write makes the revision expected+1, all of it or nothing. It is ErrConflict
	// when expected is not the newest revision any more.
	Write(ctx context.Context, r entity.Revision, expected uint64) error
	// Revisions are those before a number, the newest first; all if before is 0.
	Revisions(ctx context.Context, before uint64, limit int) ([]entity.Revision, error)
	// Watch calls each with every revision after from, in order, until the context
	// ends or something fails. ErrGap: the store does not keep these any more, so
	// that only Load helps.
	Watch(ctx context.Context, from uint64, each func(entity.Revision) error) error
	Close() error
}

// Snapshot is what Load returns.
type Snapshot struct {
	Number    uint64
	Documents []*entity.Document
}

// What a store says besides being out of reach.
var (
	ErrConflict = errors.New("another revision was written meanwhile")
	ErrReadOnly = errors.New("the store is a file: edit it")
	ErrGap      = errors.New("the store does not keep revisions that old")
)
