package certs

import (
	"container/list"
	"sync"
	"time"
)

// Zone is the little that certs asks of shared memory: bytes by key, and one
// lock that all workers share. A shared zone satisfies it; Memory does for one
// process.
type Zone interface {
	Load(key []byte) (value []byte, ok bool) // a copy
	Store(key, value []byte, until time.Time) error
	Delete(key []byte)
	Lock()
	Unlock()
}

// Memory is a Zone of this process: ssl_session_cache builtin, and tests. It
// holds at most max values; the one not used for longest goes first.
type Memory struct {
	outer sync.Mutex
	mu    sync.Mutex
	max   int
	byKey map[string]*list.Element
	order *list.List // front = used last
}

type memoryEntry struct {
	key   string
	value []byte
	until time.Time
}

// NewMemory makes an empty zone for max values.
func NewMemory(max int) *Memory {
	return &Memory{max: max, byKey: map[string]*list.Element{}, order: list.New()}
}

func (m *Memory) Lock()   { m.outer.Lock() }
func (m *Memory) Unlock() { m.outer.Unlock() }

func (m *Memory) Load(key []byte) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byKey[string(key)]
	if e == nil {
		return nil, false
	}
	v := e.Value.(*memoryEntry)
	if !v.until.IsZero() && time.Now().After(v.until) {
		m.drop(e)
		return nil, false
	}
	m.order.MoveToFront(e)
	return append([]byte(nil), v.value...), true
}

func (m *Memory) Store(key, value []byte, until time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byKey[string(key)]; e != nil {
		m.drop(e)
	}
	for m.max > 0 && m.order.Len() >= m.max {
		m.drop(m.order.Back())
	}
	v := &memoryEntry{key: string(key), value: append([]byte(nil), value...), until: until}
	m.byKey[v.key] = m.order.PushFront(v)
	return nil
}

func (m *Memory) Delete(key []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byKey[string(key)]; e != nil {
		m.drop(e)
	}
}

func (m *Memory) drop(e *list.Element) {
	m.order.Remove(e)
	delete(m.byKey, e.Value.(*memoryEntry).key)
}

var _ Zone = (*Memory)(nil)
