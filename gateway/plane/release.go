package plane

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/lists"
	"moongate/gateway/live"
	"moongate/gateway/meter"
	"moongate/gateway/release"
)

// Release is a release at work.
type Release struct {
	entity.Release
	// Series are where the counts of its variants are, Live those of this second.
	Series [2]meter.Series
	Live   [2]live.Spot

	rule  *release.Release
	share release.Share
	lists []*lists.List
}

// Decide says which version a request gets. Of the releases of a service the oldest that
// has something to say counts; nil when there is none. One that has ended by going back
// keeps to its baseline if that is not simply where requests go anyway: all targets, the
// candidate's among them. The youngest of these counts.
func (p *Plan) Decide(req *release.Request) (*Release, release.Decision) {
	var ended *Release
	for _, r := range p.releases {
		switch r.State {
		case "running", "paused":
			return r, r.rule.Decide(req, r.share)
		case "promoted":
			return r, release.Decision{Variant: release.Candidate, Why: release.Everyone}
		case "aborted", "rolled_back":
			if r.Goal(release.Baseline) != (entity.Variant{}) {
				ended = r
			}
		}
	}
	return ended, release.Decision{Variant: release.Baseline}
}

// Goal is where a variant's requests go. Where the candidate is a version and the baseline
// is not named, that is all but the candidate's targets.
func (r *Release) Goal(which release.Variant) entity.Variant {
	switch {
	case which == release.Candidate:
		return r.Candidate
	case r.Candidate.Version != "" && r.Baseline == (entity.Variant{}):
		return entity.Variant{Version: AllBut + r.Candidate.Version}
	}
	return r.Baseline
}

// Explain says a decision that Plan.Decide has made, in words.
func (r *Release) Explain(req *release.Request, d release.Decision) string {
	if r.State == "promoted" {
		return "candidate: the release is promoted"
	}
	if r.State == "aborted" || r.State == "rolled_back" {
		text := "baseline: it is " + r.State
		if r.Reason != "" {
			text += ": " + r.Reason
		}
		return text
	}
	return r.rule.Explain(req, r.share, d)
}

// Ask is what the release says for a request, whatever its state and its service.
func (r *Release) Ask(req *release.Request) release.Decision { return r.rule.Decide(req, r.share) }

// Share is how many of those get the candidate whom no list names.
func (r *Release) Share() release.Share { return r.share }

// Releases are those for the plan's service and upstream, oldest first.
func (p *Plan) Releases() []*Release { return p.releases }

// Release finds a release, or gives nil.
func (p *Plane) Release(e *entity.Release) *Release {
	list := p.releases.Get(releaseKey(e))
	if list == nil {
		return nil
	}
	i := slices.IndexFunc(*list, func(r *Release) bool { return r.ID == e.ID })
	if i < 0 {
		return nil
	}
	return (*list)[i]
}

// Of is where the requests of a variant go: nil, nil for where they go anyway.
func (p *Plane) Of(v *entity.Variant, plan *Plan) (s *Service, g *upstream.Group, err error) {
	switch {
	case v.Version != "":
		if plan.Upstream == nil {
			return nil, nil, fmt.Errorf("version %q: the service has no upstream whose targets could have versions", v.Version)
		}
		if g = plan.Upstream.Version(v.Version); g == nil && strings.HasPrefix(v.Version, AllBut) {
			return nil, nil, nil // there are no others
		} else if g == nil {
			return nil, nil, fmt.Errorf("no target of upstream %q has version %q", plan.Upstream.Name, v.Version)
		}
		return nil, g, nil
	case v.Upstream != nil:
		name := p.upstreamNames.Get(v.Upstream.ID)
		if name == nil {
			return nil, nil, fmt.Errorf("no upstream has the id %s", v.Upstream.ID)
		}
		return nil, p.upstreams.Get(*name).Group, nil
	case v.Service != nil:
		if s = p.Service(v.Service.ID); s == nil {
			return nil, nil, fmt.Errorf("no service has the id %s", v.Service.ID)
		}
	}
	return s, nil, nil
}

// Upstream finds an upstream by its id, or gives nil.
func (p *Plane) Upstream(id string) *Upstream {
	name := p.upstreamNames.Get(id)
	if name == nil {
		return nil
	}
	return p.upstreams.Get(*name)
}

// releasesOf are those for a service, or for its upstream, oldest first.
func (p *Plane) releasesOf(s *Service, u *Upstream) (list []*Release) {
	for _, key := range []string{serviceKey(s), upstreamKey(u)} {
		if found := p.releases.Get(key); key != "" && found != nil {
			list = append(list, *found...)
		}
	}
	slices.SortStableFunc(list, func(a, b *Release) int {
		switch {
		case a.CreatedAt < b.CreatedAt:
			return -1
		case a.CreatedAt > b.CreatedAt:
			return 1
		}
		return 0
	})
	return list
}

func serviceKey(s *Service) string {
	if s == nil {
		return ""
	}
	return "service " + s.ID
}

func upstreamKey(u *Upstream) string {
	if u == nil {
		return ""
	}
	return "upstream " + u.ID
}

func releaseKey(e *entity.Release) string {
	switch {
	case e.Service != nil:
		return "service " + e.Service.ID
	case e.Upstream != nil:
		return "upstream " + e.Upstream.ID
	}
	return ""
}

// release takes a change of a release.
func (k *Keeper) release(c *entity.Change) error {
	was, err := decodeRaw[entity.Release](c, c.Old)
	if err != nil {
		return err
	}
	now, err := decode[entity.Release](c)
	if err != nil {
		return err
	}
	p := &k.next
	p.generation++
	// The new one is made first: lists that both use are kept.
	var r *Release
	if now != nil {
		r, err = k.newRelease(now)
	}
	if was != nil {
		k.listRelease(was, func(list []*Release) []*Release {
			return slices.DeleteFunc(list, func(old *Release) bool {
				if old.ID != c.ID {
					return false
				}
				k.give(old.lists)
				return true
			})
		})
	}
	if r != nil {
		k.listRelease(now, func(list []*Release) []*Release { return append(list, r) })
	}
	return err
}

func (k *Keeper) give(list []*lists.List) {
	for _, l := range list {
		k.Lists.Give(l)
	}
}

func (k *Keeper) listRelease(e *entity.Release, f func([]*Release) []*Release) {
	k.next.releases = k.next.releases.Update(releaseKey(e), func(old *[]*Release) *[]*Release {
		var list []*Release
		if old != nil {
			list = slices.Clone(*old)
		}
		if list = f(list); len(list) == 0 {
			return nil
		}
		return &list
	})
}

// newRelease turns what is written into what can decide.
func (k *Keeper) newRelease(e *entity.Release) (r *Release, err error) {
	r = &Release{Release: *e}
	defer func() {
		if err != nil {
			k.give(r.lists)
			r = nil
		}
	}()
	if r.share, err = release.Percent(e.Percentage); err != nil {
		return r, err
	}
	for i := range e.Match.Lists {
		if k.Lists == nil {
			return r, errors.New("there is nobody to read lists")
		}
		l, err := k.Lists.Take(&e.Match.Lists[i])
		if err != nil {
			return r, fmt.Errorf("list %d: %w", i+1, err)
		}
		r.lists = append(r.lists, l)
	}
	spec := release.Spec{Salt: e.Salt, Always: clauses(&e.Match, r.lists)}
	if spec.Salt == "" {
		spec.Salt = e.ID
	}
	if key := keyOf(e.Sticky); key != "" {
		spec.Sticky = []string{key}
	}
	r.rule, err = release.New(&spec)
	return r, err
}

// keyOf is an identity in the words of package release.
func keyOf(i entity.Identity) string {
	switch i.From {
	case "consumer":
		return "user"
	case "jwt_claim":
		return "claim:" + i.Name
	case "", "address":
		return i.From
	}
	return i.From + ":" + i.Name
}

// clauses are who gets the candidate whatever the share: any of the conditions, or all of
// them in one clause.
func clauses(m *entity.Match, lists []*lists.List) (list []release.Clause) {
	var all []release.Condition
	add := func(c release.Condition) { all = append(all, c) }
	if len(m.Addresses) > 0 {
		add(release.Condition{Of: "address", Networks: m.Addresses})
	}
	if len(m.Users) > 0 {
		add(release.Condition{Of: keyOf(m.User), In: m.Users})
	}
	for _, part := range []struct {
		kind string
		by   map[string][]string
	}{{"header:", m.Headers}, {"cookie:", m.Cookies}, {"query:", m.Queries}, {"claim:", m.Claims}} {
		for name, values := range part.by {
			add(release.Condition{Of: part.kind + name, In: values, Fold: part.kind == "header:"})
		}
	}
	if len(m.Clients) > 0 {
		add(release.Condition{Of: "class", In: m.Clients})
	}
	if len(m.Versions) > 0 {
		add(release.Condition{Of: keyOf(m.VersionFrom), Versions: m.Versions})
	}
	for _, l := range lists {
		of := "address"
		if l.Of == "users" {
			of = keyOf(m.User)
		}
		add(release.Condition{Of: of, Set: l})
	}
	if len(all) == 0 {
		return nil
	}
	if m.Mode == "all" {
		return []release.Clause{all}
	}
	for _, c := range all {
		list = append(list, release.Clause{c})
	}
	return list
}
