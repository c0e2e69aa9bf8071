package store

import "context"

// Cell is one value beside the desired state, which the nodes of a store share: what must
// not be in its history, its files and the memory of workers. It is small, and written
// seldom.
type Cell interface {
	// Read gives the value, and the version that Write asks for; nil and 0 if nobody has
	// written one.
	Read(ctx context.Context) (value []byte, version uint64, err error)
	// Write puts a value in the place of the one of a version, for good when it returns nil.
	// It is ErrConflict when that one is not there any more.
	Write(ctx context.Context, value []byte, version uint64) error
	// Watch calls each whenever the value may be another one, whoever has written it, and
	// at the beginning, until ctx is done.
	Watch(ctx context.Context, each func())
}
