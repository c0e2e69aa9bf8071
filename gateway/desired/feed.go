package desired

import (
	"context"
	"errors"
	"sync"

	"moongate/gateway/entity"
)

// How many revisions wait for slow followers, and how large they may be in sum.
const (
	keepRevisions = 1024
	keepBytes     = 64 << 20
)

// What Next says besides the context's end.
var (
	ErrBehind = errors.New("too slow: some revisions are no longer there") // take the State again
	ErrClosed = errors.New("closed")
)

// feed is the latest revisions, for those who follow. Each of them has its own
// place in it, so that none can hold up another or make it grow.
type feed struct {
	mu     sync.Mutex
	list   []*entity.Revision
	bytes  int
	gone   uint64        // how many have left the list
	more   chan struct{} // closed by the next one
	closed bool
}

func size(r *entity.Revision) int {
	n := len(r.Who) + len(r.From) + len(r.Why) + 100*(1+len(r.Acts))
	for _, c := range r.Changes {
		n += len(c.Old) + len(c.New) + 100
	}
	return n
}

// add is called with mu held.
func (f *feed) add(r *entity.Revision) {
	f.list = append(f.list, r)
	f.bytes += size(r)
	for len(f.list) > 1 && (len(f.list) > keepRevisions || f.bytes > keepBytes) {
		f.bytes -= size(f.list[0])
		f.list[0] = nil
		f.list = f.list[1:]
		f.gone++
	}
	f.wake()
}

func (f *feed) wake() {
	if f.more != nil {
		close(f.more)
		f.more = nil
	}
}

func (f *feed) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.wake()
}

// Follower hears each revision after the state that it began with.
type Follower struct {
	feed *feed
	next uint64 // counted from the feed's beginning
}

// Follow gives the state now, its revision, and a follower for all that comes
// after it. The follower needs no end: it holds nothing.
func (d *Desired) Follow() (*entity.State, uint64, *Follower) {
	d.feed.mu.Lock()
	defer d.feed.mu.Unlock()
	m := d.now.Load()
	return m.state, m.revision, &Follower{&d.feed, d.feed.gone + uint64(len(d.feed.list))}
}

// Loaded is Who has made a revision of what changed while the store was away. It may skip
// numbers, and has no Acts.
const Loaded = "store"

// Next waits for the next revision.
func (f *Follower) Next(ctx context.Context) (*entity.Revision, error) {
	for {
		r, more, err := f.poll()
		if r != nil || err != nil {
			return r, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-more:
		}
	}
}

func (f *Follower) poll() (*entity.Revision, <-chan struct{}, error) {
	f.feed.mu.Lock()
	defer f.feed.mu.Unlock()
	if f.next < f.feed.gone {
		return nil, nil, ErrBehind
	}
	if i := f.next - f.feed.gone; i < uint64(len(f.feed.list)) {
		f.next++
		return f.feed.list[i], nil, nil
	}
	if f.feed.closed {
		return nil, nil, ErrClosed
	}
	if f.feed.more == nil {
		f.feed.more = make(chan struct{})
	}
	return nil, f.feed.more, nil
}
