package firewall

import (
	"io"
	"runtime/debug"
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
	mu sync.Mutex
	by map[string]*engine
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
	if e.uses--; e.uses > 0 {
		return
	}
	delete(s.by, e.program)
	if c, ok := e.waf.(io.Closer); ok {
		_ = c.Close() // it forgets patterns that only this one has; there is no other end to it
	}
}

// idle is how long an engine is kept for which only questions are asked.
const idle = time.Minute

func (s *shelf) giveLater(e *engine) { time.AfterFunc(idle, func() { s.give(e) }) }

// make makes the WAF, which takes a fifth of a second with the core rules. Requests go by
// the configuration before until it is done.
func (e *engine) make() error {
	event.Block()
	e.once.Do(func() {
		e.forces, e.sumsUp = forces(e.program), sumsUp(e.program)
		e.waf, e.err = coraza.NewWAF(coraza.NewWAFConfig().WithRootFS(coreruleset.FS).WithDirectives(e.program))
		// Making it leaves twice its size behind.
		debug.FreeOSMemory()
	})
	return e.err
}
