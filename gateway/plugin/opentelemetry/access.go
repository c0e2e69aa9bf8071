package opentelemetry

import (
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"sync"

	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// trace is a request's part of a trace. It comes from a pool and ends with the request.
type trace struct {
	plugin.Trace
	parent  parent
	carried carried
	out     [8]byte // the span that the service is told of
	logged  logged
	steps   [mostSteps]plugin.Step
	end     func() // free, bound once
}

// mostSteps is how many phases of plugins a trace shows.
const mostSteps = 64

var (
	slot   = httpd.NewSlot[trace]()
	traces sync.Pool
)

func newTrace() *trace {
	t, _ := traces.Get().(*trace)
	if t == nil {
		t = new(trace)
		t.end = t.free
	}
	return t
}

func (t *trace) free() {
	clear(t.Steps)
	t.Trace, t.parent, t.carried, t.logged = plugin.Trace{}, parent{}, carried{}, logged{}
	traces.Put(t)
}

// logged is the trace's id as log records have it, by the format that it is in: Kong's.
type logged struct{ format, id string }

// MarshalJSON implements json.Marshaler.
func (l *logged) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{l.format: l.id})
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	r := x.R
	t := newTrace()
	r.AtEnd(t.end)
	slot.Put(r, t)
	t.carried.read(r.In.List)
	i.ask(&t.carried, &t.parent)
	i.begin(t)
	x.Trace = &t.Trace
	for _, name := range i.clear {
		r.In.Del(name)
	}
	told := ""
	for _, f := range i.inject {
		if f == nil {
			f = i.same(&t.parent)
		}
		if told != f.name { // it may be what another one stands for
			f.write(r, t)
		}
		told = f.name
	}
	if told == "" {
		told = i.standard.name
	}
	t.logged = logged{told, plugin.Hex(r, t.ID[:])}
	x.LogValue("trace_id", &t.logged)
	return plugin.Next
}

// ask looks for what the client has told, in the formats that count.
func (i *instance) ask(c *carried, p *parent) {
	for _, f := range i.extract {
		if f.read(c, p) {
			p.format = f
			if f.name == "b3" && c.b3 != "" {
				p.format = single
			}
			return
		}
		*p = parent{}
	}
}

// same is the format in which the client has told, or else the standard one.
func (i *instance) same(p *parent) *format {
	if p.format != nil {
		return p.format
	}
	return i.standard
}

// begin gives ids, and decides whether the request is recorded.
func (i *instance) begin(t *trace) {
	p := &t.parent
	if t.HasParent = p.trace != [16]byte{}; t.HasParent {
		t.ID, t.Parent, t.ParentSampled = p.trace, p.span, p.known && p.sampled
	} else {
		binary.BigEndian.PutUint64(t.ID[:], rand.Uint64())
		binary.BigEndian.PutUint64(t.ID[8:], rand.Uint64()|1)
	}
	binary.BigEndian.PutUint64(t.Span[:], rand.Uint64()|1) // zeros are no id
	binary.BigEndian.PutUint64(t.out[:], rand.Uint64()|1)
	t.Sampled = i.decide(p, &t.ID)
	if t.Sampled && i.queue != nil {
		t.Steps = t.steps[:0]
	}
}

// decide tells whether a trace is recorded.
func (i *instance) decide(p *parent, id *[16]byte) bool {
	switch {
	case p.known && !p.sampled:
		return false
	case p.debug, p.known && i.parentBased:
		return true
	}
	// The same traces for everybody who asks for this share or a greater one: what counts
	// of an id are its last bytes (TraceIdRatioBased).
	return binary.BigEndian.Uint64(id[8:])>>1 < i.share
}

// Header implements plugin.Header.
func (i *instance) Header(x *plugin.Context) {
	if i.header != "" && x.Trace != nil {
		x.R.Out.Set(i.header, plugin.Hex(x.R, x.Trace.ID[:]))
	}
}
