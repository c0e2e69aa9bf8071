package circuitbreaker

import (
	"moongate/edge/sys/event"
	"moongate/engine/zone"
)

// shared are the breakers of one configuration, in memory that all workers have.
type shared struct {
	dict   *zone.Dict
	rule   rule
	prefix string // of keys
}

// forget is how long nobody asks until a breaker is as if it had never been.
func (b *shared) forget() int64 { return 2 * (b.rule.open + b.rule.window) }

// step is one change of a breaker that nobody comes between (zone.Change).
type step struct {
	rule   *rule
	now    int64
	what   verb
	probe  bool
	failed bool
	slow   bool

	leave  leave
	turned bool
	open   bool
}

type verb uint8

const (
	asks verb = iota
	ends
	givesBack
)

// Change implements zone.Change.
func (c *step) Change(mem []byte) {
	s := state(mem)
	switch c.what {
	case asks:
		c.leave = s.ask(c.rule, c.now)
	case ends:
		c.turned = s.end(c.rule, c.now, c.probe, c.failed, c.slow)
		c.open = s.get(wordState) == open
	case givesBack:
		s.back()
	}
}

func (b *shared) do(key string, c *step) error {
	c.rule, c.now = &b.rule, event.UnixNano()/1e6
	return b.dict.Update(key, stateSize, b.forget(), c.now, c)
}

// mark notes that some target's breaker is not closed; marked asks for that. It is a hint
// that lives as long as what it is about.
func (b *shared) mark() {
	b.dict.Set(b.prefix, zone.Value{Type: zone.Bool, Bool: true}, b.forget(), event.UnixNano()/1e6)
}

func (b *shared) marked() bool {
	v, err := b.dict.Get(b.prefix, event.UnixNano()/1e6, nil)
	return err == nil && v.Type == zone.Bool
}
