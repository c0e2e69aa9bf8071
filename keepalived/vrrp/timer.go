package vrrp

import "time"

// A timer runs once, at its time. It is set again and stopped without cost.
type timer struct {
	at  time.Time
	pos int // in the heap, counted from 1; 0: it does not run
	run func(now time.Time)
}

func (t *timer) running() bool { return t.pos > 0 }

// timers is a heap: the first is the next.
type timers []*timer

func (h *timers) set(t *timer, at time.Time) {
	t.at = at
	if t.pos == 0 {
		*h = append(*h, t)
		t.pos = len(*h)
	}
	h.up(t.pos - 1)
	h.down(t.pos - 1)
}

func (h *timers) stop(t *timer) {
	if t.pos == 0 {
		return
	}
	i, last := t.pos-1, len(*h)-1
	h.swap(i, last)
	(*h)[last] = nil
	*h = (*h)[:last]
	t.pos = 0
	if i < last {
		h.up(i)
		h.down(i)
	}
}

func (h timers) swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].pos, h[j].pos = i+1, j+1
}

func (h timers) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !h[i].at.Before(h[parent].at) {
			return
		}
		h.swap(i, parent)
		i = parent
	}
}

func (h timers) down(i int) {
	for {
		least := i
		for c := 2*i + 1; c <= 2*i+2 && c < len(h); c++ {
			if h[c].at.Before(h[least].at) {
				least = c
			}
		}
		if least == i {
			return
		}
		h.swap(i, least)
		i = least
	}
}
