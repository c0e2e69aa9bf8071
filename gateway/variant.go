package gateway

import (
	"encoding/json"
	"sync"
	"time"

	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/engine/upstream"
	"moongate/gateway/meter"
	"moongate/gateway/plane"
	"moongate/gateway/release"
)

// decide chooses once.
func (x *exchange) decide() {
	if x.goal == nil && x.plan != nil && x.plan.Service != nil {
		x.goal, x.whom = x.choose()
	}
}

// choose asks the releases of the route's service which version the request gets. It
// gives the plan and the peers by which it goes on.
func (x *exchange) choose() (*plane.Plan, *upstream.Group) {
	plan, g := x.plan, x.plan.Peers()
	r, d := plan.Decide(x.releaseRequest())
	if r == nil {
		return plan, g
	}
	if x.chosenBy.variant {
		d = release.Decision{Variant: x.chosenBy.which}
	}
	x.release, x.decision = r, d
	v := r.Goal(d.Variant)
	x.Variant = d.Variant.String()
	other, peers, err := x.plane.Of(&v, x.plan)
	switch {
	case err != nil:
		x.R.Logf(errlog.Error, "release \"%s\": %s: the request goes where it would without", r.Name, err)
		x.release, x.Variant = nil, ""
	case other != nil:
		plan = x.plane.With(plan, other)
		g = plan.Peers()
	case peers != nil:
		g = peers
	}
	return plan, g
}

// releaseRequest is the request as releases look at it.
func (x *exchange) releaseRequest() *release.Request {
	q := &x.asked
	*q = release.Request{Client: x.query.Client.Addr().Unmap(), Address: x.R.RemoteAddrText(), Values: x.query.Values}
	if c := x.Consumer; c != nil {
		if q.User = c.CustomID; q.User == "" {
			q.User = c.Username
		}
	}
	if x.Claims != nil {
		q.Claims = x.Claims
	}
	return q
}

// tally is what a worker has counted of releases since its last report.
type tally struct {
	mu sync.Mutex
	by map[string]*pair // by the release's id
}

// pair is the counts of baseline and candidate.
type pair [2]release.Counts

// count takes a request that has ended.
func (t *tally) count(id string, v release.Variant, took time.Duration, failed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.by[id]
	if p == nil {
		if t.by == nil {
			t.by = map[string]*pair{}
		}
		p = new(pair)
		t.by[id] = p
	}
	p[v].Add(took, failed)
}

// take gives what was counted and begins anew.
func (t *tally) take() map[string]*pair {
	t.mu.Lock()
	defer t.mu.Unlock()
	by := t.by
	t.by = nil
	return by
}

// reportEvery is how often a worker tells what it has counted.
const reportEvery = time.Second

// countVariant is for the end of a request: errors are answers of 500 and above, as
// services give them and as the gateway gives them for services that give none.
func (x *exchange) countVariant() {
	if r := x.release; r != nil {
		g := httpd.RequestMainConf[mainConf](x.R, Module).worker
		v, took, status := x.decision.Variant, x.R.TimeSpent(), x.R.Out.Status
		g.tally.count(r.ID, v, took, status >= 500)
		if b := r.Series[v].In(g.meter, meter.Key{Kind: meter.OfRelease, IDs: [3]string{r.ID, v.String()}}); b != nil {
			b.Code(status, false)
			b.Total.Add(meter.UpstreamBounds, took)
		}
	}
}

// report sends what was counted. It is lost when nobody listens: the guard judges what it
// hears of.
func (g *worker) report() {
	if by := g.tally.take(); by != nil {
		if b, err := json.Marshal(by); err == nil {
			g.tell(counted, b, nil)
		}
	}
}
