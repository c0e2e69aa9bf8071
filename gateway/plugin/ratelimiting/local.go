package ratelimiting

import (
	"moongate/edge/wire/http1"
	"moongate/engine/zone"
)

// counter is where requests are counted.
type counter interface {
	// count fills in a's verdict for a's key.
	count(a *ask) error
	close()
}

// local counts in memory that all workers of the node share. Each request is one step
// that nobody comes between, however many windows there are.
type local struct{ dict *zone.Dict }

func (c local) count(a *ask) error {
	return c.dict.Update(http1.View(a.key), a.limits.size(), a.limits.ttl, a.now/1000, a)
}

func (c local) close() {}

// Change implements zone.Change.
func (a *ask) Change(mem []byte) { a.limits.take(mem, a.now, &a.verdict) }
