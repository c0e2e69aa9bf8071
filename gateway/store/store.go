// Package store says what the gateway process needs of the place where the
// desired state is kept: store/bolt (a file on this machine), store/etcd
// (several nodes) and store/file (a declarative file that people write).
//
// A store keeps documents and revisions and judges neither: entity.State has
// done so before. Numbers of revisions rise by one; 0 is a store that nobody has
// written to. Only the gateway process opens a store.
package store

import (
	"context"
	"errors"
	"slices"

	"moongate/gateway/entity"
)

// Store is safe for use by several goroutines.
type Store interface {
	// Load is all that is kept, as it was at one moment.
	Load(ctx context.Context) (*Snapshot, error)
	// Write makes the revision expected+1 of r's changes: all of them or none, and
	// durable when it returns nil. It is ErrConflict when expected is not the
	// newest revision any more: load or watch, apply again, write again. After
	// another error it is unknown whether the revision is there.
	Write(ctx context.Context, r entity.Revision, expected uint64) error
	// Revisions are those before a number, the newest first; all if before is 0.
	Revisions(ctx context.Context, before uint64, limit int) ([]entity.Revision, error)
	// Watch calls each with every revision after from, in order, whoever has
	// written it, until ctx is done or each fails; that error is returned. It is
	// ErrGap when the store does not have these revisions any more: load again.
	// A store that can't be reached is waited for.
	Watch(ctx context.Context, from uint64, each func(entity.Revision) error) error
	Close() error
}

// Snapshot is what Load returns.
type Snapshot struct {
	Number    uint64
	Documents []*entity.Document
}

// State puts the documents in order.
func (s *Snapshot) State(m *entity.Model) (*entity.State, error) {
	return entity.Load(m, slices.Values(s.Documents))
}

var (
	ErrConflict = errors.New("the store has another revision by now")
	ErrReadOnly = errors.New("the store is a file and can't be written to: edit the file")
	ErrGap      = errors.New("the store does not keep revisions that old")
	ErrClosed   = errors.New("the store is closed")
)
