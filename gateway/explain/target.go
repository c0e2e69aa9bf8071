package explain

import (
	"net/url"
	"strings"

	"moongate/engine/upstream"
	"moongate/engine/upstream/balance/hash"
	"moongate/gateway/entity"
	"moongate/gateway/plane"
	"moongate/gateway/route"
)

// send tells where the request goes: releases first, then service, upstream, targets.
func (e *Explainer) send(out *Answer, s *entity.State, p *plane.Plane, plan *plane.Plan, r *plane.Route, a *asked, who *entity.Consumer, m *route.Result) {
	req := a.release(who)
	chosen, decision := plan.Decide(req)
	group, version := plan.Peers(), ""
	up := plan.Upstream
	for _, x := range plan.Releases() {
		t := told(x, x == chosen)
		switch {
		case x == chosen:
			t.Variant, t.Why = decision.Variant.String(), x.Explain(req, decision)
		case x.State == "aborted" || x.State == "rolled_back":
			t.Why = "it is " + x.State
			if x.Reason != "" {
				t.Why += ": " + x.Reason
			}
		default:
			t.Why = "an older release decides"
		}
		out.Releases = append(out.Releases, *t)
	}
	if chosen != nil {
		out.Variant = decision.Variant.String()
		v := chosen.Goal(decision.Variant)
		other, peers, err := p.Of(&v, plan)
		switch {
		case err != nil:
			last := &out.Releases[len(out.Releases)-1]
			for i := range out.Releases {
				if out.Releases[i].ID == chosen.ID {
					last = &out.Releases[i]
				}
			}
			last.Why += "; but " + err.Error() + ": the request goes where it would without"
			out.Variant = ""
		case other != nil:
			plan = p.With(plan, other)
			group, up = plan.Peers(), plan.Upstream
		case peers != nil:
			group, version = peers, v.Version
			if v.Upstream != nil {
				up = p.Upstream(v.Upstream.ID)
			}
		}
	}
	e.service(out, plan, r, a, m)
	if up == nil {
		out.Targets = append(out.Targets, Target{Target: plan.Service.Authority, Weight: 100, Probability: 1})
		return
	}
	out.Upstream = &Upstream{Name: Name{up.ID, up.Name}, Algorithm: up.Algorithm, Version: strings.Replace(version, plane.AllBut, "not ", 1)}
	targets(out, s, up, group, version, a.hashKey(up, who, m))
}

// service tells what is asked for, and where.
func (e *Explainer) service(out *Answer, plan *plane.Plan, r *plane.Route, a *asked, m *route.Result) {
	svc := plan.Service
	u := url.URL{Scheme: svc.Protocol, Host: svc.Authority, Path: m.Upstream(svc.Path, r.StripPath, r.PathHandling == "v1"), RawQuery: a.query}
	out.Service = &Service{Name: Name{svc.ID, svc.Name}, URL: u.String(), Host: svc.Authority}
	switch {
	case r.PreserveHost:
		out.Service.Host = a.Host
		if h, ok := a.Header("host", 0); ok {
			out.Service.Host = h
		}
	case plan.Upstream != nil && plan.Upstream.HostHeader != "":
		out.Service.Host = plan.Upstream.HostHeader
	case plan.Upstream != nil:
		out.Service.Host = "" // the target's own
	}
}

// takes tells whether a target of a version is in the group of another one's name.
func takes(group, version string) bool {
	if but, ok := strings.CutPrefix(group, plane.AllBut); ok {
		return version != but
	}
	return group == "" || version == group
}

// targets tells who may get the request, and how likely it is.
func targets(out *Answer, s *entity.State, up *plane.Upstream, g *upstream.Group, version, key string) {
	total := 0
	for d := range s.Children("targets", "upstream", up.ID) {
		t, err := entity.Decode[entity.Target](d)
		if err != nil || !takes(version, t.Version) {
			continue
		}
		out.Targets = append(out.Targets, Target{Target: t.Target, Version: t.Version, Weight: t.Weight})
		total += t.Weight
	}
	if total == 0 {
		out.Ends = &Ends{503, "no target has a weight"}
		return
	}
	chosen := ""
	if up.Algorithm == "consistent-hashing" {
		if out.Upstream.Key = key; key != "" {
			chosen = hashed(g, key)
		}
	}
	for i := range out.Targets {
		t := &out.Targets[i]
		switch {
		case chosen == "":
			t.Probability = float64(t.Weight) / float64(total)
		case t.Target == chosen:
			t.Probability = 1
		}
	}
}

// hashed is the target that a key belongs to; "" when no target has an address.
func hashed(g *upstream.Group, key string) string {
	b := &hash.Consistent{Key: func(any) string { return key }}
	c := &upstream.Choice{Group: g}
	if b.Open(g) != nil || !b.Begin(c) || b.Pick(c) != upstream.Picked || c.Peer == nil {
		return ""
	}
	return c.Peer.Server
}

// hashKey is what consistent hashing goes by (plane.Upstream has the same of real requests).
func (a *asked) hashKey(u *plane.Upstream, who *entity.Consumer, m *route.Result) string {
	of := func(on, header, arg, capture string) (key string) {
		switch on {
		case "ip":
			return a.Client.Addr().String()
		case "header":
			key, _ = a.Header(strings.ToLower(header), 0)
		case "cookie":
			key, _ = a.Cookie(u.HashOnCookie, 0)
		case "path":
			return a.Path
		case "query_arg":
			key, _ = a.Query(arg, 0)
		case "consumer":
			if who != nil {
				return who.ID
			}
		case "uri_capture":
			for _, n := range m.Names() {
				if n.Name == capture {
					return m.Capture(n.Group)
				}
			}
		}
		return key
	}
	if key := of(u.HashOn, u.HashOnHeader, u.HashOnQueryArg, u.HashOnURICapture); key != "" {
		return key
	}
	return of(u.HashFallback, u.HashFallbackHeader, u.HashFallbackQueryArg, u.HashFallbackURICapture)
}
