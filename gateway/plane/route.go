package plane

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/live"
	"moongate/gateway/meter"
	"moongate/gateway/route"
)

// Route is a route at work.
type Route struct {
	entity.Route
	plan atomic.Pointer[Plan]
}

// Plan is what a route's requests go through, as of one generation of the plane.
type Plan struct {
	Service *Service // nil where there is none
	Steps   []Step
	// Upstream is the one whose name is the service's host; nil: the host itself.
	Upstream *Upstream
	// Series is where the route's counts are, Live those of this second.
	Series meter.Series
	Live   live.Spot

	releases   []*Release
	alternates sync.Map // plans with other services in the place of this one, by them
	generation uint64
	settings   settingsOf
	adapted    adaptations
}

// Plan gives the route's plan.
func (p *Plane) Plan(r *Route) *Plan {
	if plan := r.plan.Load(); plan != nil && plan.generation == p.generation {
		return plan
	}
	plan := &Plan{generation: p.generation}
	service := ""
	if r.Service != nil {
		service = r.Service.ID
		if plan.Service = p.Service(service); plan.Service != nil {
			plan.Upstream = p.upstreams.Get(strings.ToLower(plan.Service.Host))
			plan.releases = p.releasesOf(plan.Service, plan.Upstream)
		}
	}
	plan.Steps = p.plugins.chain(r.ID, service)
	r.plan.Store(plan)
	return plan
}

// Peers are those of the service: its upstream's, or its host's.
func (p *Plan) Peers() *upstream.Group {
	if p.Upstream != nil {
		return p.Upstream.Group
	}
	return p.Service.Group
}

// With is the plan with another service in the place of its own, as a release or Lua
// wants it. The plugins stay those of the route.
func (p *Plane) With(plan *Plan, s *Service) *Plan {
	if a, ok := plan.alternates.Load(s); ok {
		return a.(*Plan)
	}
	a := &Plan{Service: s, Upstream: p.upstreams.Get(strings.ToLower(s.Host)), Steps: plan.Steps, generation: plan.generation}
	a.releases = p.releasesOf(s, a.Upstream)
	v, _ := plan.alternates.LoadOrStore(s, a)
	return v.(*Plan)
}

// ruled is the route as the router has it.
func (r *Route) ruled() (*route.Rule, error) {
	rule := &route.Rule{
		ID: r.ID, Hosts: r.Hosts, Paths: r.Paths, Methods: r.Methods, Headers: r.Headers, Queries: r.Queries, Cookies: r.Cookies,
		SNIs: r.SNIs, Classes: r.ClientClasses, Protocols: httpOnly(r.Protocols), RegexPriority: r.RegexPriority, Priority: r.Priority, CreatedAt: int64(r.CreatedAt), Data: r,
	}
	for _, s := range r.Sources {
		src := route.Source{Port: uint16(s.Port)}
		if s.IP != "" {
			prefix, err := parsePrefix(s.IP)
			if err != nil {
				return nil, fmt.Errorf("sources: %w", err)
			}
			src.Prefix = prefix
		}
		rule.Sources = append(rule.Sources, src)
	}
	return rule, nil
}

// httpOnly leaves what the router tells apart; gRPC is HTTP to it.
func httpOnly(protocols []string) (out []string) {
	for _, p := range protocols {
		switch p {
		case "grpc":
			p = "http"
		case "grpcs":
			p = "https"
		}
		if (p == "http" || p == "https") && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func parsePrefix(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err
}
