// Package concurrencylimiting is the plugin concurrency-limiting, which Kong does not
// have: no more than so many requests of a consumer, address and so on may be under way
// at the same time, in all workers of the node together. What a worker had under way ends
// with it, also when it is killed.
package concurrencylimiting

import (
	"errors"
	"slices"
	"sync"

	"moongate/edge/wire/http1"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is concurrency-limiting.
var Plugin = plugin.Plugin{
	Name: "concurrency-limiting",
	Doc:  "Limits how many requests may be under way at the same time.",
	Config: schema.Shape{
		Fields: slices.Concat([]schema.Field{
			{Name: "limit", Kind: schema.Integer, Required: true, Above: schema.Above(0), Doc: "How many may be under way."},
		}, plugin.SubjectFields(), []schema.Field{
			{Name: "error_code", Kind: schema.Integer, Required: true, Default: 429, Between: schema.Between(400, 599), Doc: "Status of the refusal."},
			{Name: "error_message", Kind: schema.String, Required: true, Default: "Too many concurrent requests", Doc: "Its message."},
			{Name: "memory_full", Kind: schema.String, Required: true, Default: "allow", OneOf: schema.Words("allow", "deny"), Doc: "What becomes of requests for whose count there is no memory."},
		}),
		Checks: plugin.SubjectChecks(),
	},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e, id: c.ID, prefix: prefixOf(c.ID)}
		return i, c.Decode(&i.config)
	},
}

type config struct {
	plugin.Subject
	Limit        uint32 `json:"limit"`
	ErrorCode    int    `json:"error_code"`
	ErrorMessage string `json:"error_message"`
	MemoryFull   string `json:"memory_full"`
}

type instance struct {
	config
	env    *plugin.Env
	id     string
	prefix string
	seldom plugin.Seldom
}

// held is one request under way.
type held struct {
	table
	key []byte
	end func() // leave, bound once
}

var pool sync.Pool

func newHeld() *held {
	h, _ := pool.Get().(*held)
	if h == nil {
		h = new(held)
		h.end = h.leave
	}
	return h
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	h := newHeld()
	h.table = table{dict: i.env.Dict, limit: i.Limit, delta: 1}
	h.key = i.AppendKey(append(h.key[:0], i.prefix...), x)
	err := h.change(http1.View(h.key))
	if err == nil && h.ok {
		x.R.AtEnd(h.end)
		return plugin.Next
	}
	pool.Put(h)
	if err == nil {
		return x.Answer(i.ErrorCode, i.ErrorMessage)
	}
	return i.failed(x, err)
}

func (h *held) leave() {
	h.delta = -1
	h.change(http1.View(h.key)) // it is there, so that no memory is needed
	pool.Put(h)
}

func (i *instance) failed(x *plugin.Context, err error) plugin.Result {
	pass := i.MemoryFull == "allow" && errors.Is(err, zone.ErrNoMemory)
	if missed, ok := i.seldom.Now(); ok {
		what := "refused"
		if pass {
			what = "let through uncounted"
		}
		i.env.Log.Error(nil, "gateway: concurrency-limiting %s: a request is %s (%d more since the last such line): %v", i.id, what, missed, err)
	}
	if pass {
		return plugin.Next
	}
	return x.Answer(503, "Service unavailable")
}
