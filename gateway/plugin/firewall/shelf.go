package firewall

import (
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
	"github.com/corazawaf/coraza/v3"

	"moongate/edge/sys/event"
)

// shelf is the WAFs of this process, by their programs. A configuration that is written
// anew, or that a hundred routes have, makes no other one: the new instance takes the
// engine before the old one gives it back.
type shelf struct {
	mu   sync.Mutex
	by   map[string]*engine
	idle []*engine // that giveLater keeps, the oldest first
}

var shelved = &shelf{by: map[string]*engine{}}

// engine is a WAF, which is made when it is needed for the first time.
type engine struct {
	program string
	uses    int // under the shelf's lock

	once sync.Once
	waf  coraza.WAF
	// See the functions of these names.
	forces, sumsUp bool
	err            error
}

func (s *shelf) take(program string) *engine {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.by[program]
	if e == nil {
		e = &engine{program: program}
		s.by[program] = e
	}
	e.uses++
	return e
}

// give gives an engine back. Requests that are still with it have all they need.
func (s *shelf) give(e *engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(e)
}

func (s *shelf) drop(e *engine) {
	if e.uses--; e.uses > 0 {
		return
	}
	delete(s.by, e.program)
	if c, ok := e.waf.(io.Closer); ok {
		_ = c.Close() // it forgets patterns that only this one has; there is no other end to it
	}
}

// What only questions are asked of is kept for a while, since people ask again, but not
// more than a few: a file with hundreds of configurations is judged one by one.
const (
	keepIdle = time.Minute
	mostIdle = 4
)

// giveLater gives an engine back when it has not been asked for for a while.
func (s *shelf) giveLater(e *engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.idle = append(s.idle, e); len(s.idle) > mostIdle {
		s.drop(s.idle[0])
		s.idle = s.idle[1:]
	}
	time.AfterFunc(keepIdle, func() { s.forget(e) })
}

// forget gives back one of those that are kept, if it still is.
func (s *shelf) forget(e *engine) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := slices.Index(s.idle, e); k >= 0 {
		s.drop(e)
		s.idle = slices.Delete(s.idle, k, k+1)
	}
}

// make makes the WAF, which takes a fifth of a second with the core rules. Requests go by
// the configuration before until it is done.
func (e *engine) make() error {
	event.Block()
	e.once.Do(func() {
		replaceRx()
		e.forces, e.sumsUp = forces(e.program), sumsUp(e.program)
		e.waf, e.err = coraza.NewWAF(coraza.NewWAFConfig().WithRootFS(coreruleset.FS).WithDirectives(e.program))
		// Making it leaves twice its size behind.
		debug.FreeOSMemory()
	})
	return e.err
}
