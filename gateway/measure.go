package gateway

import (
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/live"
	"moongate/gateway/plane"
)

// measured is a handler of the log phase in all locations of a configuration with a
// gateway{}, so that the dashboard sees also what does not go through the gateway.
func measured(r *httpd.Request) httpd.Result {
	g := httpd.RequestMainConf[mainConf](r, Module).worker
	if g == nil || !r.IsMain() {
		return httpd.Declined
	}
	x := slot.Get(r)
	took := r.TimeSpent()
	who := blame(r, x)
	g.live.Count(&live.Request{Status: r.LoggedStatus(), In: r.Received, Out: r.Sent, Who: who, Took: took})
	if g.ring.Wanted() {
		g.note(r, x, who, took)
	}
	if x != nil && g.live.Watched() {
		x.measure(g, who, took)
	}
	return httpd.Declined
}

// blame says who has caused an error.
func blame(r *httpd.Request, x *exchange) live.Who {
	status := r.LoggedStatus()
	if status < 400 {
		return live.Nobody
	}
	tried, answered := asked(r)
	switch {
	case status == 499:
		return live.Client
	case tried && status >= 500:
		return live.Upstream
	case answered:
		return live.Client // the service says so
	case x == nil && status < 500:
		return live.Client
	}
	return live.Gateway
}

// asked tells whether a service was asked, and whether it has answered.
func asked(r *httpd.Request) (tried, answered bool) {
	u := upstreamhttp.Of(r)
	if u == nil || len(u.States) == 0 {
		return false, false
	}
	return true, u.States[len(u.States)-1].HeaderTime >= 0
}

// measure counts a request for its route, its release and the targets that were tried.
func (x *exchange) measure(g *worker, who live.Who, took time.Duration) {
	if x.plan == nil {
		return
	}
	service := ""
	if s := x.plan.Service; s != nil {
		service = s.ID
	}
	if c := g.live.In(&x.plan.Live, live.Key{Kind: live.OfRoute, ID: x.route.ID, Of: service}); c != nil {
		c.Add(took, who > live.Client)
	}
	if r := x.release; r != nil {
		v := x.decision.Variant
		if c := g.live.In(&r.Live[v], live.Key{Kind: live.OfVariant, ID: r.ID, Of: v.String()}); c != nil {
			c.Add(took, x.R.LoggedStatus() >= 500)
		}
	}
	if w := plane.WatchOf(x.target.Group); w != nil {
		x.measureTries(g, w)
	}
}

// measureTries counts each try of a target. One that the client cut off has not failed.
func (x *exchange) measureTries(g *worker, w *plane.Watch) {
	u := upstreamhttp.Of(x.R)
	if u == nil {
		return
	}
	for i := range u.States {
		s := &u.States[i]
		if s.Server == "" || s.Stale {
			continue
		}
		took := s.HeaderTime
		if took < 0 {
			took = s.ResponseTime
		}
		if c := g.live.In(w.Live(s.Server), live.Key{Kind: live.OfTarget, ID: w.ID, Of: s.Server}); c != nil {
			c.Add(took, s.Status >= 500 || s.HeaderTime < 0 && s.Status != 499)
		}
	}
}

// gauge notes once a second how many connections targets have, while somebody looks.
func (g *worker) gauge() {
	if g.live.Watched() {
		by := map[live.Key]int{}
		g.keeper.Now().Connections(by)
		g.live.Connections(by)
	}
}
