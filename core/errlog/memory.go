package errlog

import (
	"bytes"
	"fmt"
	"sync"
)

// Memory is a ring of lines for somebody with a debugger, who finds it by its
// first bytes: "MEMLOG SIZE FILE:LINE". Writing to it costs no system call.
type Memory struct {
	mu      sync.Mutex
	ring    []byte
	head    int // bytes of the heading, never overwritten
	written int
}

func newMemory(size int, file string, line int) *Memory {
	m := &Memory{ring: bytes.Repeat([]byte{' '}, size)}
	m.head = copy(m.ring, fmt.Sprintf("MEMLOG %d %s:%d\n", size, file, line))
	return m
}

func (m *Memory) writeLine(_ Level, line []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	room := m.ring[m.head:]
	at := m.written % len(room)
	m.written += len(line)
	n := copy(room[at:], line)
	copy(room, line[n:])
}

func (m *Memory) close() {}
