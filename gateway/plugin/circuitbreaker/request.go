package circuitbreaker

import (
	"sync"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
)

// held is what a request has been let through by, until its end.
type held struct {
	key    []byte
	probe  bool
	probes []probe // per target: those that it may find out about
	wait   int64
	end    func() // put back, bound once
}

type probe struct{ target, address string }

var (
	slot = httpd.NewSlot[held]()
	pool sync.Pool
)

func hold(r *httpd.Request) *held {
	h, _ := pool.Get().(*held)
	if h == nil {
		h = new(held)
		h.end = func() { pool.Put(h) }
	}
	clear(h.probes)
	h.probe, h.probes, h.wait = false, h.probes[:0], 0
	slot.Put(r, h)
	r.AtEnd(h.end)
	return h
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	h := hold(x.R)
	if i.Per == "target" {
		x.Choosing = i
		return plugin.Next
	}
	h.key = append(append(h.key[:0], i.prefix...), ':')
	switch {
	case i.Per == "service" && x.Service != nil:
		h.key = append(h.key, x.Service.ID...)
	default:
		h.key = append(h.key, x.Route.ID...)
	}
	c := step{what: asks}
	if err := i.do(http1.View(h.key), &c); err != nil {
		i.failed(err)
		return plugin.Next
	}
	if !c.leave.ok {
		h.key = h.key[:0]
		return i.refuse(x, c.leave.wait)
	}
	h.probe = c.leave.probe
	return plugin.Next
}

// refuse answers in place of what is broken.
func (i *instance) refuse(x *plugin.Context, wait int64) plugin.Result {
	if i.RetryAfter {
		x.R.Out.Add("Retry-After", x.R.Int(max((wait+999)/1000, 1)))
	}
	if i.Body != "" {
		return x.AnswerWith(i.Status, i.ContentType, i.Body)
	}
	return x.Answer(i.Status, i.Message)
}

// Log implements plugin.Log: the request's end is what breakers go by.
func (i *instance) Log(x *plugin.Context) {
	h := slot.Get(x.R)
	if h == nil {
		return
	}
	u := upstreamhttp.Of(x.R)
	if i.Per == "target" {
		i.logTargets(x, h, u)
		return
	}
	if len(h.key) == 0 {
		return
	}
	c := step{what: ends, probe: h.probe}
	status := x.R.Out.Status
	switch {
	case u == nil || len(u.States) == 0 || status == 499 || x.R.ClientGone():
		// Another plugin has answered, or the client did not wait.
		if !h.probe {
			return
		}
		c.what = givesBack
	default:
		c.failed = i.isBad(status)
		c.slow = took(u.States) >= i.Slow
	}
	i.tell(http1.View(h.key), &c, i.Per+" "+x.Route.Name)
}

func (i *instance) isBad(status int) bool {
	return status < 0 || status >= len(i.bad) || i.bad[status]
}

// took is how long the service had the request, in milliseconds: up to the answer's
// header, of all tries together.
func took(list []upstreamhttp.State) (ms int64) {
	for k := range list {
		ms += spent(&list[k])
	}
	return ms
}

func spent(s *upstreamhttp.State) int64 {
	if s.HeaderTime >= 0 {
		return s.HeaderTime.Milliseconds()
	}
	return max(s.ResponseTime, 0).Milliseconds()
}

// tell takes a request's end in. Who opens or closes a breaker says so in the log.
func (i *instance) tell(key string, c *step, what string) {
	if err := i.do(key, c); err != nil {
		i.failed(err)
		return
	}
	switch {
	case c.turned && c.open:
		i.counts(key[len(i.prefix)+1:])
		i.env.Log.Error(nil, "gateway: circuit-breaker %s: %s is open for %g s", i.id, what, i.OpenFor)
	case c.turned:
		i.env.Log.Notice(nil, "gateway: circuit-breaker %s: %s is closed again", i.id, what)
	}
}

// failed is for the want of memory: requests pass, and are not counted.
func (i *instance) failed(err error) {
	if missed, ok := i.seldom.Now(); ok {
		i.env.Log.Error(nil, "gateway: circuit-breaker %s: a request is let through uncounted (%d more since the last such line): %v", i.id, missed, err)
	}
}
