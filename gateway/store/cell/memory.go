package cell

import (
	"context"
	"slices"
	"sync"

	"moongate/gateway/store"
)

// Memory is a value that is forgotten with the process: for tests and for trying things out.
type Memory struct {
	mu      sync.Mutex
	value   []byte
	version uint64
	down    error
	news    store.Bell
}

var _ store.Cell = (*Memory)(nil)

// Down makes all calls fail with err, until it is called with nil.
func (m *Memory) Down(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.down = err
}

// Read implements store.Cell.
func (m *Memory) Read(context.Context) ([]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.value), m.version, m.down
}

// Write implements store.Cell.
func (m *Memory) Write(_ context.Context, value []byte, version uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.down != nil:
		return m.down
	case version != m.version:
		return store.ErrConflict
	}
	m.value, m.version = slices.Clone(value), version+1
	m.news.Ring()
	return nil
}

// Watch implements store.Cell.
func (m *Memory) Watch(ctx context.Context, each func()) {
	for ctx.Err() == nil {
		news := m.news.Next()
		each()
		select {
		case <-ctx.Done():
		case <-news:
		}
	}
}
