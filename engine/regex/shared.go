package regex

import "sync"

// sharedMax is how many patterns of the configuration are remembered. More than that are compiled each on its own.
const sharedMax = 1024

type key struct {
	pattern  string
	caseless bool
}

// sharing remembers compiled patterns while the configuration is read: the same `\.php$` is often there many times.
type sharing struct {
	mu  sync.Mutex
	all map[key]*Regex
}

var shared sharing

func (s *sharing) get(k key) *Regex {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[k]
}

func (s *sharing) put(k key, re *Regex) *Regex {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.all[k]; old != nil {
		return old
	}
	if s.all == nil {
		s.all = make(map[key]*Regex)
	}
	if len(s.all) < sharedMax {
		s.all[k] = re
	}
	return re
}
