package circuitbreaker

import (
	"crypto/sha256"
	"encoding/hex"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/meter"
)

// A breaker has a series in /metrics from the first time that it opens, so that there are
// no more of them than have ever been of interest.

// OfTarget is what the breaker of a target's address is for; those of routes and services are
// for an id.
func OfTarget(target, address string) string { return target + " " + address }

// SeriesOf names the series of a breaker.
func SeriesOf(plugin, what string) meter.Key {
	if len(what) > len(plugin) { // no id: a series has no room for it
		sum := sha256.Sum256([]byte(what))
		what = hex.EncodeToString(sum[:])[:len(plugin)]
	}
	return meter.Key{Kind: meter.OfBreaker, IDs: [3]string{plugin, what}}
}

// counts notes that the breaker has opened.
func (i *instance) counts(what string) {
	if i.env.Meter == nil {
		return
	}
	var s meter.Series
	if b := s.In(i.env.Meter, SeriesOf(i.id, what)); b != nil {
		b.Trips.Add(1)
	}
}

func prefixOf(plugin, per string) string { return "circuit-breaker:" + plugin + ":" + per }

// States are all that a breaker may be in.
var States = [...]string{closed: "closed", open: "open", halfOpen: "half-open"}

// StateOf is the one that it is in. One that has been open for long enough is half-open:
// the next request is let through.
func StateOf(d *zone.Dict, plugin, per, what string) string {
	now := event.UnixNano() / 1e6
	var room [stateSize]byte
	v, err := d.Get(prefixOf(plugin, per)+":"+what, now, room[:0])
	if err != nil || len(v.Str) != stateSize {
		return States[closed]
	}
	s := state(v.Str)
	n := s.get(wordState)
	if n == open && s.until() <= now {
		n = halfOpen
	}
	return States[min(n, halfOpen)]
}
