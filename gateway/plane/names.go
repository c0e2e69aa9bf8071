package plane

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"moongate/engine/upstream"
	"moongate/gateway/entity"
)

// Names are the host names in a state that have to be looked up: those of targets, and of
// services that mean no upstream.
func Names(s *entity.State) (list []string) {
	seen := map[string]bool{"": true}
	add := func(host string) {
		if _, err := netip.ParseAddr(host); err != nil && !seen[host] {
			seen[host] = true
			list = append(list, host)
		}
	}
	for d := range s.All("targets") {
		if t, err := entity.Decode[entity.Target](d); err == nil {
			host, _ := splitHostPort(t.Target)
			add(host)
		}
	}
	upstreams := map[string]bool{}
	for d := range s.All("upstreams") {
		if u, err := entity.Decode[entity.Upstream](d); err == nil {
			upstreams[strings.ToLower(u.Name)] = true
		}
	}
	for d := range s.All("services") {
		e, err := entity.Decode[entity.Service](d)
		if err != nil || upstreams[strings.ToLower(e.Host)] {
			continue
		}
		add((&Service{Service: *e}).endpoint().host)
	}
	return list
}

// retarget gives the groups of an upstream the servers that it has now.
func (k *Keeper) retarget(id string) {
	e := find[entity.Upstream](k.state, "upstreams", id)
	if e == nil {
		return
	}
	u := k.next.upstreams.Get(strings.ToLower(e.Name))
	if u == nil {
		return
	}
	var all []endpoint
	for d := range k.state.Children("targets", "upstream", id) {
		t, err := entity.Decode[entity.Target](d)
		if err != nil {
			k.Log.Error(nil, "gateway: %s", err)
			continue
		}
		if end := targetEndpoint(t); end.weight > 0 {
			end.header = headerOf(e, end.host)
			all = append(all, end)
		}
	}
	u.Group.Replace(k.servers(all))
	versions, err := u.split(all, k.servers)
	if err != nil {
		k.Log.Error(nil, "gateway: upstream %s: %s", u.Name, err)
		return
	}
	groups := []*upstream.Group{u.Group}
	for _, g := range versions {
		groups = append(groups, g)
	}
	u.watch.rule(e, groups)
	if len(versions)+len(u.versions) > 0 {
		now := *u // requests go by the other one
		now.versions = versions
		k.next.upstreams = k.next.upstreams.Set(strings.ToLower(u.Name), &now)
		k.next.generation++
	}
}

// AllBut begins the name of a group of all targets but those of one version: where the
// requests go that a release by version does not give the candidate.
const AllBut = "\x00"

// split makes a group for each version that targets name, and one of all others.
func (u *Upstream) split(all []endpoint, servers func([]endpoint) []upstream.Server) (map[string]*upstream.Group, error) {
	by, others := map[string][]endpoint{}, map[string][]endpoint{}
	for _, e := range all {
		if e.version != "" {
			by[e.version] = append(by[e.version], e)
		}
	}
	for v := range by {
		if rest := slices.DeleteFunc(slices.Clone(all), func(e endpoint) bool { return e.version == v }); len(rest) > 0 {
			others[AllBut+v] = rest
		}
	}
	maps.Copy(by, others)
	versions := map[string]*upstream.Group{}
	for v, list := range by {
		g := u.versions[v]
		if g == nil {
			var err error
			if g, err = newGroup(u.Name+" "+v, u.balancer()); err != nil {
				return nil, err
			}
			g.Owner = u.watch
		}
		g.Replace(servers(list))
		versions[v] = g
	}
	for v, g := range u.versions {
		if versions[v] == nil {
			closePool(g)
		}
	}
	return versions, nil
}

// servers finds the addresses of endpoints. Those whose names are not known (yet) are
// left out.
func (k *Keeper) servers(list []endpoint) (out []upstream.Server) {
	for i := range list {
		e := &list[i]
		if addrs := addresses(k.names, e.host); len(addrs) > 0 {
			out = append(out, e.server(addrs))
		}
	}
	return out
}

// Resolved takes the addresses of host names, as far as they have changed.
func (k *Keeper) Resolved(names map[string][]netip.Addr) {
	for name, addrs := range names {
		k.names[name] = addrs
	}
	k.next = *k.Now()
	for d := range k.state.All("services") {
		if s := k.next.services.Get(d.ID); s != nil {
			if end := s.endpoint(); names[end.host] != nil {
				s.Group.Replace(k.servers([]endpoint{end}))
			}
		}
	}
	for d := range k.state.All("targets") {
		t, err := entity.Decode[entity.Target](d)
		if err != nil || t.Upstream == nil {
			continue
		}
		if end := targetEndpoint(t); names[end.host] != nil {
			k.moved[t.Upstream.ID] = true
		}
	}
	k.finish()
}
