package plane

import (
	"errors"
	"fmt"
	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/route"
	"slices"
	"strings"
)

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
	p.nameService(old, e)
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
			p.upstreamNames = p.upstreamNames.Set(c.ID, nil)
		}
	}
	if now == nil {
		if old != nil {
			old.close()
		}
		return nil
	}
	u, err := newUpstream(now, old, k.Health, &k.tally)
	if err != nil {
		return err
	}
	if old != nil && old.Group != u.Group {
		old.close()
	}
	name := strings.ToLower(u.Name)
	p.upstreams = p.upstreams.Set(name, u)
	p.upstreamNames = p.upstreamNames.Set(u.ID, &name)
	k.moved[u.ID] = true
	return nil
}

func (u *Upstream) close() {
	u.watch.leave()
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
		if i, err = k.instance(e); err != nil {
			err = fmt.Errorf("%s: %w", e.Name, err)
		}
	}
	p.plugins = p.plugins.put(c.ID, i)
	delete(k.asking, c.ID)
	if i != nil {
		if _, asks := i.Use.(plugin.Asks); asks {
			k.asking[c.ID] = i
		}
	}
	if old != nil {
		if closer, ok := old.Use.(plugin.Closer); ok {
			closer.Close()
		}
	}
	return err
}

// broken stands for a configuration that this program can't make anything of: nobody knows
// whom it would have let in.
type broken struct{}

// Access implements plugin.Access.
func (broken) Access(x *plugin.Context) plugin.Result { return 500 }

// instance makes a configuration work. With an error it is one that answers for it, or nil.
func (k *Keeper) instance(e *entity.Plugin) (*Instance, error) {
	order, known := k.order[e.Name]
	c := plugin.Config{ID: e.ID, Plugin: e.Name, Raw: e.Config}
	for _, r := range []struct {
		ref *entity.Ref
		to  *string
	}{{e.Route, &c.Route}, {e.Service, &c.Service}, {e.Consumer, &c.Consumer}} {
		if r.ref != nil {
			*r.to = r.ref.ID
		}
	}
	if !known {
		// Behind all others: they may still refuse what need not be answered with 500.
		return newInstance(c, len(k.Plugins), broken{}, e.Protocols), errors.New("there is no such plugin, its requests are answered with 500")
	}
	use, err := k.Plugins[order].New(k.Env, &c)
	switch {
	case err == nil:
		return newInstance(c, order, use, e.Protocols), nil
	case k.Plugins[order].Observes:
		return nil, fmt.Errorf("%w: requests go on without it", err)
	}
	return newInstance(c, order, broken{}, e.Protocols), fmt.Errorf("%w: its requests are answered with 500", err)
}
