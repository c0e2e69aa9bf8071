package track

import (
	"sync"

	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
)

// hints listens to the kernel's word on all processes of the system, on a goroutine of its
// own, and calls when one begins or ends that counts. What it says is looked after by reading
// /proc, so that a hint too many does no harm.
type hints struct {
	events *proc.Events
	call   func()

	mu   sync.Mutex
	list []*config.Process
	pids map[int]bool // that are counted now
}

// listen is nil where the kernel tells nothing.
func listen(call func()) *hints {
	events, err := proc.OpenEvents()
	if err != nil {
		return nil
	}
	h := &hints{events: events, call: call}
	go h.run()
	return h
}

// know takes what is looked for, and what was found.
func (h *hints) know(list []*config.Process, pids map[int]bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.list, h.pids = list, pids
}

func (h *hints) close() { h.events.Close() }

func (h *hints) run() {
	for {
		counts := false
		err := h.events.Next(func(e proc.Event) { counts = counts || h.counts(e) })
		if err != nil {
			return
		}
		if counts {
			h.call()
		}
	}
}

// counts tells whether an event makes a difference. A process that has another name now may
// have counted before.
func (h *hints) counts(e proc.Event) (yes bool) {
	h.mu.Lock()
	list, counted := h.list, h.pids[e.Pid]
	h.mu.Unlock()
	switch e.What {
	case proc.Missed:
		return true
	case proc.Exited:
		return counted
	}
	fits := false
	look("/proc", e.Pid, list, func(int) { fits = true })
	return fits != counted
}
