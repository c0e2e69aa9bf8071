package store

import (
	"context"
	"time"
)

// Notes is a Store of several nodes, in which they show each other how they are. Notes
// are no part of the desired state and of no revision.
type Notes interface {
	// Leave leaves a node's note in place of the one before it. It goes by itself when
	// the time is over; etcd takes at least a second or two.
	Leave(ctx context.Context, node string, note []byte, last time.Duration) error
	// Notes are those of all nodes that have left one.
	Notes(ctx context.Context) (map[string][]byte, error)
}
