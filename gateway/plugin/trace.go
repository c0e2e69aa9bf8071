package plugin

import (
	"encoding/hex"
	"time"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Trace is the trace that a request is a part of, where a plugin has said so.
type Trace struct {
	ID            [16]byte
	Span          [8]byte // the request's
	Parent        [8]byte // of what the client has told; zeros without
	HasParent     bool
	ParentSampled bool
	Sampled       bool
	// Steps are what plugins have done for a request that is sampled, as many as there is
	// room for.
	Steps []Step
}

// Step is one phase of one plugin.
type Step struct {
	Plugin, Phase string
	Began, Ended  int64 // nanoseconds since 1970
}

// Begin is when a step begins; 0 for requests whose steps nobody wants to know.
func (x *Context) Begin() int64 {
	if x.Trace == nil || !x.Trace.Sampled {
		return 0
	}
	return time.Now().UnixNano()
}

// Ran takes a step that has begun at began. It is called for each, and does nothing for
// those that nobody wants to know.
func (x *Context) Ran(plugin, phase string, began int64) {
	if t := x.Trace; began != 0 && t != nil && len(t.Steps) < cap(t.Steps) {
		t.Steps = append(t.Steps, Step{plugin, phase, began, time.Now().UnixNano()})
	}
}

// Hex is an id of a trace or span as texts have it.
func Hex(r *httpd.Request, id []byte) string {
	return http1.View(hex.AppendEncode(r.Alloc(2 * len(id))[:0], id))
}
