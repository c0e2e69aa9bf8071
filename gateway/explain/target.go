package explain

import (
	"fmt"
	"strings"

	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/hash"
	"moongate/engine/upstream/balance/roundrobin"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
)

// service tells what is asked for, and as whom.
func (w *walk) service() {
	svc := w.goal.Service
	target := plugin.EscapePath(nil, w.m.Upstream(svc.Path, w.route.StripPath, w.route.PathHandling == "v1"))
	if w.a.query != "" {
		target += "?" + w.a.query
	}
	w.out.Service = &Service{Name: Name{svc.ID, svc.Name}, URL: svc.Protocol + "://" + svc.Authority + target, Host: svc.Authority}
	switch {
	case w.route.PreserveHost:
		w.out.Service.Host = w.a.host
	case w.up != nil:
		w.out.Service.Host = "" // the target's own
	}
	if w.up != nil {
		version := strings.Replace(w.version, plane.AllBut, "not ", 1)
		w.out.Upstream = &Upstream{Name: Name{w.up.ID, w.up.Name}, Algorithm: w.up.Algorithm, Version: version}
	}
}

// takes tells whether a target of a version is in the group of another one's name, and if
// not why.
func takes(group, version string) (why string, ok bool) {
	switch but, others := strings.CutPrefix(group, plane.AllBut); {
	case others && version == but:
		return "it is of version " + but + ", which the release keeps for others", false
	case others || group == "" || group == version:
		return "", true
	}
	return "the release wants version " + group, false
}

// targets tells who may get the request, how likely that is, and why others can't.
func (w *walk) targets() {
	var all, in []plane.Spot
	if w.up == nil {
		all = []plane.Spot{w.goal.Service.Spot(w.names)}
	} else {
		all = plane.Spots(w.state, w.names, &w.up.Upstream)
		if w.up.Algorithm == "consistent-hashing" {
			w.out.Upstream.Key = w.a.hashKey(w.up, w.who, &w.m)
		}
	}
	for i := range all {
		t, why := &all[i], ""
		ok := true
		if w.up != nil {
			why, ok = takes(w.version, t.Version)
		}
		switch {
		case !ok:
		case t.Weight == 0:
			why = "its weight is 0"
		case len(t.Addrs) == 0:
			why = "no address is known for its name"
		default:
			in = append(in, *t)
		}
		w.out.Targets = append(w.out.Targets, Target{Target: t.Target.Target, Version: t.Version, Weight: t.Weight, LeftOut: why, Addresses: []Address{}})
	}
	if w.up == nil {
		w.out.Targets[0].Target = w.goal.Service.Authority
	}
	if g, err := w.gather(in); err != nil {
		w.end(500, err.Error())
	} else {
		w.share(g)
	}
}

// gathered is a group that was made for an explanation.
type gathered struct {
	news              uint64
	upstream, version string
	group             *upstream.Group
}

// gather makes a group of targets, judged by what is known of them now. The last one is
// kept: hashing puts many points on its circle.
func (w *walk) gather(list []plane.Spot) (*upstream.Group, error) {
	if w.up == nil {
		return plane.Gather(list, roundrobin.Balancer{}, nil, nil)
	}
	want := gathered{news: w.news, upstream: w.up.ID, version: w.version}
	w.e.gathering.Lock()
	defer w.e.gathering.Unlock()
	last := w.e.last
	if want.group = last.group; want == last {
		plane.WatchOf(last.group).Judge()
		return last.group, nil
	}
	var b upstream.Balancer = roundrobin.Balancer{}
	if w.up.Algorithm == "consistent-hashing" {
		b = &hash.Consistent{Key: func(key any) string { return key.(string) }}
	}
	var err error
	w.e.last = gathered{} // not two at once
	if want.group, err = plane.Gather(list, b, &w.up.Upstream, w.e.Health); err == nil {
		w.e.last = want
	}
	return want.group, err
}

// share tells how the targets of a group share the requests that are like this one.
func (w *walk) share(g *upstream.Group) {
	live := g.Live(nil)
	well := map[*upstream.Peer]bool{}
	for _, p := range live {
		well[p] = true
	}
	left := map[*upstream.Peer]string{}
	var except []*upstream.Peer
	for _, p := range g.Peers.List {
		switch {
		case !well[p]:
			left[p] = "it is unhealthy"
		case w.chooses != nil:
			if why := w.chooses.Left(p.Server, p.Name); why != "" {
				left[p] = why
				except = append(except, p)
			}
		}
	}
	w.verdict(g, len(live), len(except))
	odds := map[*upstream.Peer]float64{}
	if w.out.Ends == nil {
		odds = w.chances(g, except, left)
	}
	for _, p := range g.Peers.List {
		t := w.target(p.Server)
		if !p.Address.IP.Addr().IsUnspecified() { // or nobody has looked it up
			t.Addresses = append(t.Addresses, Address{p.Name, odds[p], left[p]})
		}
		t.Probability += odds[p]
		if w.out.Service.Host == "" {
			t.Host = p.Authority(w.goal.Service.Secure)
		}
	}
	for i := range w.out.Targets {
		if t := &w.out.Targets[i]; t.LeftOut == "" {
			t.LeftOut = together(t.Addresses)
		}
	}
}

// verdict is the gateway's own answer where nobody can be asked.
func (w *walk) verdict(g *upstream.Group, live, except int) {
	total := 0
	for i := range w.out.Targets {
		total += w.out.Targets[i].Weight
	}
	switch {
	case w.up == nil && len(g.Peers.List) == 0:
		w.end(502, "no address is known for the service's host")
	case len(w.out.Targets) == 0:
		w.end(503, "the upstream has no targets")
	case total == 0:
		w.end(503, "no target has a weight")
	case len(g.Peers.List) == 0:
		w.end(503, "no target can be asked")
	case !g.Fit() && live == 0:
		w.end(503, "no target is healthy")
	case !g.Fit():
		w.end(503, fmt.Sprintf("no more than %g %% of the targets' weight is healthy", w.up.Healthchecks.Threshold))
	case live > 0 && except == live:
		told := w.chooses.Alone()
		w.out.Ends = &Ends{told.Status, "plugin " + w.chooser + " answers: " + told.Why, w.chooser}
	}
}

// chances is how likely each peer is: by its weight, or for sure where a key decides.
func (w *walk) chances(g *upstream.Group, except []*upstream.Peer, left map[*upstream.Peer]string) map[*upstream.Peer]float64 {
	server, total := "", int64(0)
	if u := w.out.Upstream; u != nil && u.Key != "" {
		c := &upstream.Choice{Group: g, Request: u.Key}
		if g.Balancer.Begin(c) {
			c.Leave(except)
			if g.Balancer.Pick(c) == upstream.Picked {
				server = c.Peer.Server
				g.Balancer.Free(c, upstream.Good)
			}
		}
	}
	for _, p := range g.Peers.List {
		if left[p] == "" && (server == "" || p.Server == server) {
			total += p.Weight
		}
	}
	odds := map[*upstream.Peer]float64{}
	for _, p := range g.Peers.List {
		if left[p] == "" && (server == "" || p.Server == server) {
			odds[p] = float64(p.Weight) / float64(total)
		}
	}
	return odds
}

// target finds what is told of a server.
func (w *walk) target(server string) *Target {
	for i := range w.out.Targets {
		if t := &w.out.Targets[i]; w.up == nil || t.Target == server && t.LeftOut == "" {
			return t
		}
	}
	return &Target{}
}

// together is why none of a target's addresses is asked, "" if one is.
func together(list []Address) string {
	why := ""
	for i, a := range list {
		switch {
		case a.LeftOut == "":
			return ""
		case i == 0 || why == a.LeftOut:
			why = a.LeftOut
		default:
			why = "none of its addresses can be"
		}
	}
	return why
}
