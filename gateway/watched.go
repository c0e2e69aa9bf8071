package gateway

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/health"
	"moongate/gateway/live"
	"moongate/gateway/plane"
)

// How many of a kind a tick has at most: the busiest.
const (
	mostRoutes  = 50
	mostTargets = 200
)

// known is what counts are about: the state's names. What has been decoded is kept for as
// long as its document is the same.
type known struct {
	state *entity.State
	names map[string][]netip.Addr
	// What is decoded: names of routes and services, releases, upstreams with their targets.
	named    map[*entity.Document]string
	graded   []admin.LiveRelease
	pools    []pool
	poolDocs map[*entity.Document]*pool
}

// pool is an upstream with its targets.
type pool struct {
	id, name string
	used     bool // its targets' health is looked at
	doc      *entity.Document
	targets  []*entity.Document
	spots    []plane.Spot
}

// at looks what the state and the addresses of names are now.
func (k *known) at(w *watch) {
	var names map[string][]netip.Addr
	same := true
	w.feed.Publish(func() []byte {
		if same = maps.EqualFunc(w.names.known, k.names, slices.Equal); !same {
			names = maps.Clone(w.names.known) // it changes in place
		}
		return nil
	})
	if !same {
		k.names, k.poolDocs = names, nil
	}
	s := w.desired.State()
	if s == k.state && same {
		return
	}
	k.state = s
	k.named = map[*entity.Document]string{}
	k.grade()
	k.gather()
}

func (k *known) grade() {
	k.graded = nil
	for d := range k.state.All("releases") {
		if e, err := entity.Decode[entity.Release](d); err == nil {
			k.graded = append(k.graded, admin.LiveRelease{ID: e.ID, Name: cmp.Or(e.Name, e.ID)})
		}
	}
}

func (k *known) gather() {
	old := k.poolDocs
	k.pools, k.poolDocs = nil, map[*entity.Document]*pool{}
	for d := range k.state.All("upstreams") {
		var targets []*entity.Document
		for t := range k.state.Children("targets", "upstream", d.ID) {
			targets = append(targets, t)
		}
		p := old[d]
		if p == nil || !slices.Equal(p.targets, targets) {
			e, err := entity.Decode[entity.Upstream](d)
			if err != nil {
				continue
			}
			p = &pool{id: d.ID, name: e.Name, used: health.InUse(&e.Healthchecks), doc: d, targets: targets, spots: plane.Spots(k.state, k.names, e)}
		}
		k.poolDocs[d] = p
		k.pools = append(k.pools, *p)
	}
}

// name is what a route or a service is called; false when it is no more.
func (k *known) name(kind, id string) (string, bool) {
	d := k.state.Get(kind, id)
	if d == nil {
		return "", false
	}
	name, ok := k.named[d]
	if !ok {
		name = id
		if e, err := entity.Decode[struct{ Name, Host string }](d); err == nil {
			name = cmp.Or(e.Name, e.Host, id)
		}
		k.named[d] = name
	}
	return name, true
}

// routes are the busiest routes and services.
func (k *known) routes(series map[live.Key]*live.Sum, rate perSecond) (routes, services []admin.LiveRoute) {
	byRoute, byService := map[string]*live.Sum{}, map[string]*live.Sum{}
	for key, sum := range series {
		if key.Kind == live.OfRoute && sum.Requests > 0 {
			merge(byRoute, key.ID, sum)
			if key.Of != "" {
				merge(byService, key.Of, sum)
			}
		}
	}
	return k.busiest("routes", byRoute, rate), k.busiest("services", byService, rate)
}

func merge(by map[string]*live.Sum, id string, sum *live.Sum) {
	if by[id] == nil {
		by[id] = new(live.Sum)
	}
	by[id].Merge(sum)
}

func (k *known) busiest(kind string, by map[string]*live.Sum, rate perSecond) []admin.LiveRoute {
	ids := slices.SortedFunc(maps.Keys(by), func(a, b string) int {
		return cmp.Or(cmp.Compare(by[b].Requests, by[a].Requests), cmp.Compare(a, b))
	})
	list := []admin.LiveRoute{}
	for _, id := range ids {
		if len(list) == mostRoutes {
			break
		}
		if name, ok := k.name(kind, id); ok {
			sum := by[id]
			list = append(list, admin.LiveRoute{ID: id, Name: name, RequestsPerSecond: rate.of(sum.Requests), P95: rounded(sum.Took.Percentile(95)), Errors: rate.of(sum.Failed)})
		}
	}
	return list
}

var variants = [...]string{"baseline", "candidate"}

// releases are all that there are, each with both variants.
func (k *known) releases(series map[live.Key]*live.Sum, rate perSecond) []admin.LiveRelease {
	list := []admin.LiveRelease{}
	for _, r := range k.graded {
		r.Variants = nil
		sums, all := [len(variants)]live.Sum{}, uint64(0)
		for i, name := range variants {
			if sum := series[live.Key{Kind: live.OfVariant, ID: r.ID, Of: name}]; sum != nil {
				sums[i] = *sum
			}
			all += sums[i].Requests
		}
		for i, name := range variants {
			s := &sums[i]
			r.Variants = append(r.Variants, admin.LiveVariant{Name: name, RequestsPerSecond: rate.of(s.Requests), P50: rounded(s.Took.Percentile(50)), P95: rounded(s.Took.Percentile(95)),
				Errors: rate.of(s.Failed), Share: rounded(float64(s.Requests) / float64(max(1, all)))})
		}
		list = append(list, r)
	}
	return list
}

// targets are those that matter: first those that are not well, then the busiest.
func (k *known) targets(series map[live.Key]*live.Sum, rate perSecond, table *health.Table) []admin.LiveTarget {
	list := []admin.LiveTarget{}
	for i := range k.pools {
		p := &k.pools[i]
		for j := range p.spots {
			spot := &p.spots[j]
			t := admin.LiveTarget{ID: spot.ID, Upstream: p.name, Target: spot.Target.Target, Health: wellness(table, p.id, p.used, spot), Weight: spot.Weight, Draining: spot.Weight == 0}
			if sum := series[live.Key{Kind: live.OfTarget, ID: p.id, Of: t.Target}]; sum != nil {
				t.Connections, t.RequestsPerSecond, t.P95, t.Errors = sum.Connections, rate.of(sum.Requests), rounded(sum.Took.Percentile(95)), rate.of(sum.Failed)
			}
			list = append(list, t)
		}
	}
	if len(list) > mostTargets {
		slices.SortStableFunc(list, func(a, b admin.LiveTarget) int {
			return cmp.Or(cmp.Compare(ill(b), ill(a)), cmp.Compare(b.RequestsPerSecond, a.RequestsPerSecond))
		})
		list = list[:mostTargets]
	}
	slices.SortStableFunc(list, func(a, b admin.LiveTarget) int {
		return cmp.Or(cmp.Compare(a.Upstream, b.Upstream), cmp.Compare(a.Target, b.Target))
	})
	return list
}

func ill(t admin.LiveTarget) int {
	if t.Health == "UNHEALTHY" || t.Health == "DNS_ERROR" {
		return 1
	}
	return 0
}
