package desired

import (
	"sync"
	"time"
)

// logGuard lets one line pass each second, so that a store that is away does not
// fill a disk.
type logGuard struct {
	now   func() time.Time
	write func(string)
	mu    sync.Mutex
	last  time.Time
}

func (g *logGuard) say(text string) {
	if g.write == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.now(); now.Sub(g.last) >= time.Second {
		g.last = now
		g.write(text)
	}
}
