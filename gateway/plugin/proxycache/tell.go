package proxycache

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"moongate/gateway/plugin"
)

// Tell implements plugin.Tells: it looks as Access does, and leaves all as it is. The
// states are those of X-Cache-Status.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	var cc control
	if i.Control {
		cc = readControl(q.Headers)
	}
	if i.lost {
		return plugin.Told{State: "Bypass", Why: "nginx.conf has no cache zone \"" + i.Disk.Zone + "\""}
	}
	if why := i.unwanted(q, &cc); why != "" {
		return plugin.Told{State: "Bypass", Why: why}
	}
	asks := question{route: q.Route, service: q.Service, variant: q.Variant, method: q.Method, scheme: q.Scheme, host: q.Host, target: q.Path, args: q.Query, headers: q.Headers}
	if q.Consumer != nil {
		asks.who = q.Consumer.ID
	}
	d := i.digestOf(&asks)
	v := &visitor{i: i, key: string(i.store.mainKey(nil, i.id, &d))}
	defer v.freeRooms()
	told, now := plugin.Told{Key: hex.EncodeToString(d[:])}, clock()
	switch v.look(q.Headers, &cc, now) {
	case hit:
		told.State, told.Status, told.Why = "Hit", v.found.status, i.age(&v.found, now)
		return told
	case stale:
		told.State, told.Why = "Refresh", i.age(&v.found, now)+"; the client does not take that"
		return told
	}
	told.State, told.Why = "Miss", v.lacks()
	switch {
	case i.Control && cc.onlyIfCached:
		told.Status, told.Why = 504, told.Why+", and the client wants an answer that is"
	case i.Collapse > 0 && i.store.locked(i.id, d, now):
		told.Why += fmt.Sprintf("; another request has asked for it, this one waits up to %d ms for its answer", i.Collapse)
	}
	return told
}

// unwanted is why wanted says no, in words.
func (i *instance) unwanted(q *plugin.Question, cc *control) string {
	switch {
	case !slices.Contains(i.Methods, q.Method):
		return "the method is " + q.Method + ", answers are kept of " + strings.Join(i.Methods, ", ")
	case q.HasHeader("Upgrade"):
		return "the client asks for another protocol"
	case !i.Control:
		return ""
	case cc.noStore, cc.noCache:
		return "Cache-Control of the client says so"
	case q.HasHeader("Authorization"):
		return "the request has Authorization"
	}
	return ""
}

// lacks is why look has found nothing.
func (v *visitor) lacks() string {
	if v.base == [idSize]byte{} {
		return "no answer is kept"
	}
	var names []string
	for k := range v.names {
		names = append(names, strings.Clone(v.names[k].Name))
	}
	return "no answer is kept for these values of " + strings.Join(names, ", ")
}

// locked tells whether somebody asks the service for an answer that others may wait for.
func (s *Store) locked(owner string, d digest, now int64) bool {
	var room [8]byte
	v, err := s.Cache.Get(string(key(nil, 'l', owner, d[:])), now, room[:0])
	return err == nil && string(v.Str) == string(lockMark)
}

// age is how old a kept answer is.
func (i *instance) age(e *entry, now int64) string {
	left := e.fresh(now)
	if !i.Control { // what the configuration says now counts
		left = i.TTL*1000 - e.age(now)
	}
	text := "its answer is " + span(e.age(now)) + " old, "
	if left < 0 {
		return text + "stale for " + span(-left)
	}
	return text + "fresh for " + span(left) + " more"
}

func span(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}
