package plane

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"

	"moongate/core/errlog"
	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/route"
	"moongate/gateway/trie"
)

// Keeper makes planes. One goroutine calls Load, Apply and Resolved; Now is for all.
type Keeper struct {
	// Plugins are the kinds of plugins, in running order.
	Plugins []*plugin.Plugin
	Env     *plugin.Env
	Log     *errlog.Log

	now   atomic.Pointer[Plane]
	model *entity.Model
	state *entity.State
	names map[string][]netip.Addr
	next  Plane           // in the making
	moved map[string]bool // upstreams whose targets have changed, by id
	order map[string]int
}

// NewKeeper begins with a plane that knows nothing.
func NewKeeper(plugins []*plugin.Plugin, env *plugin.Env, log *errlog.Log) *Keeper {
	k := &Keeper{Plugins: plugins, Env: env, Log: log, model: entity.NewModel(entity.Outside{}),
		names: map[string][]netip.Addr{}, moved: map[string]bool{}, order: map[string]int{}}
	for i, p := range plugins {
		k.order[p.Name] = i
	}
	k.state = entity.New(k.model)
	k.now.Store(&Plane{})
	return k
}

// Now is the plane that requests go by.
func (k *Keeper) Now() *Plane { return k.now.Load() }

// Load makes a state the plane, whatever was there before. What has not changed stays as
// it is.
func (k *Keeper) Load(s *entity.State, revision uint64) {
	var changes []entity.Change
	for _, kind := range k.model.Kinds() {
		for d := range k.state.All(kind.Name) {
			if s.Get(kind.Name, d.ID) == nil {
				changes = append(changes, entity.Change{Kind: d.Kind, ID: d.ID, Old: d.Raw})
			}
		}
		for d := range s.All(kind.Name) {
			old := k.state.Get(kind.Name, d.ID)
			if old == nil {
				changes = append(changes, entity.Change{Kind: d.Kind, ID: d.ID, New: d.Raw})
			} else if string(old.Raw) != string(d.Raw) {
				changes = append(changes, entity.Change{Kind: d.Kind, ID: d.ID, Old: old.Raw, New: d.Raw})
			}
		}
	}
	k.take(s, changes, revision)
}

// Apply makes a revision's changes.
func (k *Keeper) Apply(changes []entity.Change, revision uint64) error {
	s, err := k.state.Replay(changes)
	if err != nil {
		return err
	}
	k.take(s, changes, revision)
	return nil
}

// take makes the next plane and swaps it in. A document that this program can't make
// anything of is left out, and logged: the rest counts.
func (k *Keeper) take(s *entity.State, changes []entity.Change, revision uint64) {
	k.next = *k.Now()
	k.next.Revision = revision
	k.state = s
	for i := range changes {
		c := &changes[i]
		if err := k.change(c); err != nil {
			k.Log.Error(nil, "gateway: %s %s: %s", c.Kind, c.ID, err)
		}
	}
	k.finish()
}

// finish swaps in the plane that has been made.
func (k *Keeper) finish() {
	for id := range k.moved {
		k.retarget(id)
	}
	clear(k.moved)
	next := k.next
	k.now.Store(&next)
}

func (k *Keeper) change(c *entity.Change) error {
	switch c.Kind {
	case "routes":
		return k.route(c)
	case "services":
		return k.service(c)
	case "upstreams":
		return k.upstream(c)
	case "targets":
		return k.target(c)
	case "plugins":
		return k.plugin(c)
	case "certificates", "ca_certificates":
		return k.material(c)
	case "acls":
		return k.acl(c)
	}
	return k.identity(c)
}

func decode[T any](c *entity.Change) (*T, error) {
	return decodeRaw[T](c, c.New)
}

func decodeRaw[T any](c *entity.Change, raw []byte) (*T, error) {
	if raw == nil {
		return nil, nil
	}
	return entity.Decode[T](&entity.Document{Kind: c.Kind, ID: c.ID, Raw: raw})
}

func (k *Keeper) route(c *entity.Change) error {
	e, err := decode[entity.Route](c)
	if err != nil {
		return err
	}
	p := &k.next
	if p.Routes == nil {
		if p.Routes, err = route.New(); err != nil {
			return err
		}
	}
	if e == nil {
		p.Routes = p.Routes.Remove(c.ID)
		return nil
	}
	rule, err := (&Route{Route: *e}).ruled()
	if err != nil {
		return err
	}
	t, err := p.Routes.Replace(rule)
	if err != nil {
		return err
	}
	p.Routes = t
	return nil
}

func (k *Keeper) service(c *entity.Change) error {
	e, err := decode[entity.Service](c)
	if err != nil {
		return err
	}
	p := &k.next
	p.generation++
	old := p.services.Get(c.ID)
	if e == nil {
		p.services = p.services.Set(c.ID, nil)
		if old != nil {
			closePool(old.Group)
		}
		return nil
	}
	s, err := newService(e, old, k.authorities())
	if err != nil {
		return err
	}
	if old != nil && old.Group != s.Group {
		closePool(old.Group)
	}
	end := s.endpoint()
	s.Group.Replace(k.servers([]endpoint{end}))
	p.services = p.services.Set(c.ID, s)
	return nil
}

func closePool(g *upstream.Group) {
	if g.Pool != nil {
		g.Pool.Close()
	}
}

func (k *Keeper) authorities() material {
	return material{
		certificate: func(id string) *entity.Certificate { return find[entity.Certificate](k.state, "certificates", id) },
		authority: func(id string) *entity.CACertificate {
			return find[entity.CACertificate](k.state, "ca_certificates", id)
		},
	}
}

func find[T any](s *entity.State, kind, id string) *T {
	d := s.Get(kind, id)
	if d == nil {
		return nil
	}
	v, err := entity.Decode[T](d)
	if err != nil {
		return nil
	}
	return v
}

// material makes services anew that use a certificate which has changed.
func (k *Keeper) material(c *entity.Change) error {
	for d := range k.state.All("services") {
		s := k.next.services.Get(d.ID)
		uses := s != nil && (s.ClientCertificate != nil && s.ClientCertificate.ID == c.ID || slices.Contains(s.CACertificates, c.ID))
		if uses {
			if err := k.service(&entity.Change{Kind: "services", ID: d.ID, New: d.Raw}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (k *Keeper) upstream(c *entity.Change) error {
	now, err := decode[entity.Upstream](c)
	if err != nil {
		return err
	}
	was, err := decodeRaw[entity.Upstream](c, c.Old)
	if err != nil {
		return err
	}
	p := &k.next
	p.generation++
	var old *Upstream
	if was != nil {
		name := strings.ToLower(was.Name)
		if old = p.upstreams.Get(name); now == nil || strings.ToLower(now.Name) != name {
			p.upstreams = p.upstreams.Set(name, nil)
		}
	}
	if now == nil {
		if old != nil {
			old.close()
		}
		return nil
	}
	u, err := newUpstream(now, old)
	if err != nil {
		return err
	}
	if old != nil && old.Group != u.Group {
		old.close()
	}
	p.upstreams = p.upstreams.Set(strings.ToLower(u.Name), u)
	k.moved[u.ID] = true
	return nil
}

func (u *Upstream) close() {
	closePool(u.Group)
	for _, g := range u.versions {
		closePool(g)
	}
}

func (k *Keeper) target(c *entity.Change) error {
	for _, raw := range [][]byte{c.Old, c.New} {
		t, err := decodeRaw[entity.Target](c, raw)
		if err != nil {
			return err
		}
		if t != nil && t.Upstream != nil {
			k.moved[t.Upstream.ID] = true
		}
	}
	return nil
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
			all = append(all, end)
		}
	}
	u.Group.Replace(k.servers(all))
	versions, err := u.split(all, k.servers)
	if err != nil {
		k.Log.Error(nil, "gateway: upstream %s: %s", u.Name, err)
		return
	}
	if len(versions)+len(u.versions) > 0 {
		now := *u // requests go by the other one
		now.versions = versions
		k.next.upstreams = k.next.upstreams.Set(strings.ToLower(u.Name), &now)
		k.next.generation++
	}
}

// split makes a group for each version that targets name.
func (u *Upstream) split(all []endpoint, servers func([]endpoint) []upstream.Server) (map[string]*upstream.Group, error) {
	by := map[string][]endpoint{}
	for _, e := range all {
		if e.version != "" {
			by[e.version] = append(by[e.version], e)
		}
	}
	versions := map[string]*upstream.Group{}
	for v, list := range by {
		g := u.versions[v]
		if g == nil {
			var err error
			if g, err = newGroup(u.Name+" "+v, u.balancer()); err != nil {
				return nil, err
			}
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
		addrs := k.names[e.host]
		if a, err := netip.ParseAddr(e.host); err == nil {
			addrs = []netip.Addr{a}
		}
		if len(addrs) > 0 {
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

func (k *Keeper) plugin(c *entity.Change) error {
	e, err := decode[entity.Plugin](c)
	if err != nil {
		return err
	}
	p := &k.next
	p.generation++
	old := p.plugins.byID.Get(c.ID)
	var i *Instance
	if e != nil && e.Enabled {
		i, err = k.instance(e)
	}
	p.plugins = p.plugins.put(c.ID, i)
	if old != nil {
		if closer, ok := old.Use.(plugin.Closer); ok {
			closer.Close()
		}
	}
	return err
}

func (k *Keeper) instance(e *entity.Plugin) (*Instance, error) {
	order, ok := k.order[e.Name]
	if !ok {
		return nil, fmt.Errorf("there is no plugin %q", e.Name)
	}
	c := plugin.Config{ID: e.ID, Plugin: e.Name, Raw: e.Config}
	for _, r := range []struct {
		ref *entity.Ref
		to  *string
	}{{e.Route, &c.Route}, {e.Service, &c.Service}, {e.Consumer, &c.Consumer}} {
		if r.ref != nil {
			*r.to = r.ref.ID
		}
	}
	use, err := k.Plugins[order].New(k.Env, &c)
	if err != nil {
		return nil, err
	}
	return newInstance(c, order, use, e.Protocols), nil
}

func setBy[T any](m *trie.Map[T], key string, v *T) {
	if key != "" {
		*m = m.Set(key, v)
	}
}
