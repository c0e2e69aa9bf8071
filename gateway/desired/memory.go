package desired

import (
	"context"
	"encoding/json"
	"slices"
	"sync"

	"moongate/gateway/entity"
	"moongate/gateway/store"
)

// Memory is a store that forgets all when the process ends: for tests, and for
// trying things out. Several Desired may share one as nodes do.
type Memory struct {
	Keep int // how many revisions; all if 0

	mu   sync.Mutex
	docs map[place]json.RawMessage
	list []entity.Revision
	down error
	more chan struct{}
}

// NewMemory makes an empty one.
func NewMemory() *Memory {
	return &Memory{docs: map[place]json.RawMessage{}, more: make(chan struct{})}
}

// Down makes all calls fail with err, until it is called with nil.
func (m *Memory) Down(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
	m.wake()
}

func (m *Memory) wake() {
	close(m.more)
	m.more = make(chan struct{})
}

func (m *Memory) last() uint64 {
	if len(m.list) == 0 {
		return 0
	}
	return m.list[len(m.list)-1].Number
}

func (m *Memory) Load(context.Context) (*store.Snapshot, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return nil, m.down
	}
	snap := &store.Snapshot{Number: m.last()}
	for p, raw := range m.docs {
		snap.Documents = append(snap.Documents, &entity.Document{Kind: p.kind, ID: p.id, Raw: raw})
	}
	return snap, nil
}

func (m *Memory) Write(_ context.Context, r entity.Revision, expected uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return m.down
	}
	if expected != m.last() {
		return store.ErrConflict
	}
	r.Number = expected + 1
	for _, c := range r.Changes {
		if c.New == nil {
			delete(m.docs, place{c.Kind, c.ID})
		} else {
			m.docs[place{c.Kind, c.ID}] = c.New
		}
	}
	m.list = append(m.list, r)
	if m.Keep > 0 && len(m.list) > m.Keep {
		m.list = slices.Clone(m.list[len(m.list)-m.Keep:])
	}
	m.wake()
	return nil
}

func (m *Memory) Revisions(_ context.Context, before uint64, limit int) ([]entity.Revision, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return nil, m.down
	}
	var out []entity.Revision
	for _, r := range slices.Backward(m.list) {
		if len(out) < limit && (before == 0 || r.Number < before) {
			out = append(out, r)
		}
	}
	return out, nil
}

// Forget drops all revisions up to a number, as a store that compacts does.
func (m *Memory) Forget(upTo uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = slices.DeleteFunc(m.list, func(r entity.Revision) bool { return r.Number <= upTo && r.Number != m.last() })
}

func (m *Memory) Watch(ctx context.Context, after uint64, each func(entity.Revision) error) error {
	for {
		r, more, err := m.after(after)
		if err != nil {
			return err
		}
		if r == nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-more:
				continue
			}
		}
		if err := each(*r); err != nil {
			return err
		}
		after = r.Number
	}
}

func (m *Memory) after(n uint64) (*entity.Revision, <-chan struct{}, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.down != nil {
		return nil, nil, m.down
	}
	i := slices.IndexFunc(m.list, func(r entity.Revision) bool { return r.Number > n })
	if i < 0 {
		return nil, m.more, nil
	}
	if m.list[i].Number != n+1 {
		return nil, nil, store.ErrGap
	}
	r := m.list[i]
	return &r, nil, nil
}

func (m *Memory) Close() error { return nil }
