package circuitbreaker

import (
	"fmt"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	if i.Per == "target" {
		return plugin.Told{} // Left tells
	}
	what := q.Route
	if i.Per == "service" && q.Service != "" {
		what = q.Service
	}
	l := i.peek(i.prefix + ":" + what)
	t := plugin.Told{State: stateNames[l.state], Why: "the " + i.Per + "'s breaker " + l.text()}
	if l.state == closed {
		t.Why = ""
	}
	if !l.ok {
		t.Status = i.Status
	}
	return t
}

// Left implements plugin.TellsTargets.
func (i *instance) Left(target, address string) string {
	if !i.marked() {
		return ""
	}
	if l := i.peek(string(i.targetKey(nil, target, address))); !l.ok {
		return "its circuit breaker " + l.text()
	}
	return ""
}

// Alone implements plugin.TellsTargets.
func (i *instance) Alone() plugin.Told {
	return plugin.Told{Status: i.Status, Why: "the breakers of all targets are open"}
}

var stateNames = [...]string{closed: "closed", open: "open", halfOpen: "half-open"}

// text says what a breaker does with the next request.
func (l *leave) text() string {
	switch {
	case l.state == open:
		return fmt.Sprintf("is open for %s s more", seconds(l.wait))
	case l.probe:
		return "is half-open and lets this one through to see how it goes"
	case l.state == halfOpen:
		return fmt.Sprintf("is half-open and has let through enough; what became of them is waited for, at most %s s", seconds(l.wait))
	}
	return "is closed"
}

// seconds are whole ones: those of Retry-After.
func seconds(ms int64) string { return fmt.Sprint(max((ms+999)/1000, 1)) }

// peek is what a request would get to know. The breaker stays as it is: a copy is asked.
func (b *shared) peek(key string) leave {
	var room [stateSize]byte
	now := event.UnixNano() / 1e6
	v, err := b.dict.Get(key, now, room[:0])
	if err != nil || v.Type != zone.String || len(v.Str) != stateSize {
		return leave{ok: true}
	}
	return state(v.Str).ask(&b.rule, now)
}
