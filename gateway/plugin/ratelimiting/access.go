package ratelimiting

import (
	"errors"
	"sync"

	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/plugin"
)

// instance is one configuration.
type instance struct {
	config
	limits  *limits
	prefix  string // of keys
	counter counter
	env     *plugin.Env
	seldom  plugin.Seldom
}

// ask is one request's question.
type ask struct {
	limits *limits
	now    int64
	key    []byte
	verdict
}

var asks = sync.Pool{New: func() any { return new(ask) }}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	a := asks.Get().(*ask)
	defer asks.Put(a)
	a.limits, a.now = i.limits, event.UnixNano()/1000
	a.key = i.AppendKey(append(a.key[:0], i.prefix...), x)
	if err := i.counter.count(a); err != nil {
		return i.failed(x, err)
	}
	worst := a.worst()
	if !i.HideHeaders {
		i.headers(x, a, worst)
	}
	if a.allowed {
		return plugin.Next
	}
	if !i.HideHeaders {
		x.R.Out.Add("Retry-After", x.R.Int(a.after[worst]))
	}
	return x.Answer(i.ErrorCode, i.ErrorMessage)
}

// worst is the window that lets least through, of several the longest.
func (a *ask) worst() int {
	worst := 0
	for k := range a.limits.windows {
		if a.remaining[k] < a.remaining[worst] || a.remaining[k] == a.remaining[worst] && !a.allowed && a.after[k] >= a.after[worst] ||
			a.remaining[k] == a.remaining[worst] && a.allowed {
			worst = k
		}
	}
	return worst
}

func (i *instance) headers(x *plugin.Context, a *ask, worst int) {
	r := x.R
	for k := range i.limits.windows {
		w := &i.limits.windows[k]
		r.Out.Add(limitNames[w.unit], r.Int(int64(w.limit)))
		r.Out.Add(remainingNames[w.unit], r.Int(a.remaining[k]))
	}
	r.Out.Add("RateLimit-Limit", r.Int(int64(i.limits.windows[worst].limit)))
	r.Out.Add("RateLimit-Remaining", r.Int(a.remaining[worst]))
	r.Out.Add("RateLimit-Reset", r.Int(a.reset[worst]))
}

var limitNames, remainingNames = headerNames("X-RateLimit-Limit-"), headerNames("X-RateLimit-Remaining-")

func headerNames(prefix string) (out [units]string) {
	for u := range out {
		out[u] = prefix + names[u]
	}
	return out
}

// failed is what becomes of a request that could not be counted, as the configuration
// says for each of the two reasons.
func (i *instance) failed(x *plugin.Context, err error) plugin.Result {
	full := errors.Is(err, zone.ErrNoMemory)
	pass := i.FaultTolerant
	if full {
		pass = i.MemoryFull == "allow"
	}
	if missed, ok := i.seldom.Now(); ok {
		what := "refused"
		if pass {
			what = "let through uncounted"
		}
		i.env.Log.Error(nil, "gateway: rate-limiting %s: a request is %s (%d more since the last such line): %v", i.id, what, missed, err)
	}
	switch {
	case pass:
		return plugin.Next
	case full:
		return x.Answer(503, "Service unavailable")
	}
	return x.Answer(500, "An unexpected error occurred")
}

// Close implements plugin.Closer.
func (i *instance) Close() { i.counter.close() }
