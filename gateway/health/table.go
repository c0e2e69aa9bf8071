package health

import (
	"strings"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
)

// Table is the records of all addresses, shared by the processes of this node.
type Table struct {
	dict *zone.Dict
}

// NewTable keeps records in a dict that is for nothing else.
func NewTable(d *zone.Dict) *Table { return &Table{d} }

// Key names the record of an address: of the upstream with that id, the target as written,
// and its address with the port.
func Key(upstream, target, address string) string { return upstream + " " + target + " " + address }

// Blank tells that all is well: no record says anything. It costs one read.
func (t *Table) Blank() bool { return t.dict.Blank() }

// Healthy tells what a record says.
func (t *Table) Healthy(key string) bool {
	if t.Blank() {
		return true
	}
	var room [recordSize]byte
	v, err := t.dict.Get(key, now(), room[:0])
	return err != nil || v.Type != zone.String || len(v.Str) != recordSize || v.Str[0] == 0
}

// State is what an address is after something has been counted or said.
type State struct {
	Healthy bool
	Turned  bool // this has just made it so
}

// Count takes an event in.
func (t *Table) Count(key string, e Event, l *Limits) (State, error) {
	if e == Nothing || e == Success && t.Blank() {
		return State{Healthy: true}, nil
	}
	c := change{event: e, limits: l}
	err := t.dict.Update(key, recordSize, 0, now(), &c)
	return c.State, err
}

// Set overrules what was counted.
func (t *Table) Set(key string, healthy bool) (State, error) {
	c := change{set: true, State: State{Healthy: healthy}}
	err := t.dict.Update(key, recordSize, 0, now(), &c)
	return c.State, err
}

// Forget drops the record of an address that is no more.
func (t *Table) Forget(key string) {
	if !t.Blank() {
		t.dict.Delete(key, now())
	}
}

// Sweep drops the records of targets that do not stay: those that were deleted while nobody
// was there to forget them.
func (t *Table) Sweep(stays func(upstream, target string) bool) {
	if t.Blank() {
		return
	}
	for _, key := range t.dict.Keys(0, now()) {
		upstream, rest, _ := strings.Cut(key, " ")
		if target, _, ok := strings.Cut(rest, " "); !ok || !stays(upstream, target) {
			t.dict.Delete(key, now())
		}
	}
}

// change is a step that nobody comes between (zone.Change).
type change struct {
	event  Event
	limits *Limits
	set    bool
	State
}

// Change implements zone.Change.
func (c *change) Change(mem []byte) {
	r := record(mem)
	if c.set {
		c.Turned = (r[0] == 0) != c.Healthy
		r.set(c.Healthy)
		return
	}
	c.Turned = r.count(c.event, c.limits)
	c.Healthy = r[0] == 0
}

func now() int64 { return event.UnixNano() / 1e6 }
