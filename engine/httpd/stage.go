package httpd

import (
	"slices"
	"sync"
	"sync/atomic"
)

// stage is what the log says a request is about. It is a number, since subrequests that
// run beside each other share that of their main request.
type stage struct{ n atomic.Uint32 }

// stages are the words, by their numbers; there are as many as the program has.
var (
	stages    atomic.Pointer[[]string]
	stagesAdd sync.Mutex
)

func (s *stage) get() string {
	if n := s.n.Load(); n != 0 {
		return (*stages.Load())[n]
	}
	return ""
}

func (s *stage) set(what string) {
	if what == "" {
		s.n.Store(0)
		return
	}
	if list := stages.Load(); list != nil {
		if n := slices.Index(*list, what); n > 0 {
			s.n.Store(uint32(n))
			return
		}
	}
	s.n.Store(addStage(what))
}

func addStage(what string) uint32 {
	stagesAdd.Lock()
	defer stagesAdd.Unlock()
	list := []string{""}
	if old := stages.Load(); old != nil {
		list = slices.Clone(*old)
	}
	n := slices.Index(list, what)
	if n < 0 {
		n, list = len(list), append(list, what)
		stages.Store(&list)
	}
	return uint32(n)
}
