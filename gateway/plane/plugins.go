package plane

import (
	"slices"

	"moongate/gateway/entity"
	"moongate/gateway/meter"
	"moongate/gateway/plugin"
	"moongate/gateway/trie"
)

// Instance is a plugin's configuration at work.
type Instance struct {
	plugin.Config
	Name  string
	Order int // its plugin's place in the running order
	on    scheme
	Use   plugin.Instance
	// Series is where the plugin's answers are counted.
	Series meter.Series

	// What Use can do; nil what it can't.
	Rewrite  plugin.Rewrite
	Access   plugin.Access
	Received plugin.Received
	Response plugin.Response
	Header   plugin.Header
	Body     plugin.Body
	Log      plugin.Log
}

// scheme says for which protocols a configuration works.
type scheme uint8

const (
	plain scheme = 1 << iota
	secure
)

func newInstance(c plugin.Config, order int, use plugin.Instance, protocols []string) *Instance {
	i := &Instance{Config: c, Name: c.Plugin, Order: order, Use: use}
	i.Rewrite, _ = use.(plugin.Rewrite)
	i.Access, _ = use.(plugin.Access)
	i.Received, _ = use.(plugin.Received)
	if p, ok := use.(plugin.Response); ok && p.Responds() {
		i.Response = p
	}
	i.Header, _ = use.(plugin.Header)
	i.Body, _ = use.(plugin.Body)
	i.Log, _ = use.(plugin.Log)
	for _, p := range protocols {
		switch p {
		case "http", "grpc":
			i.on |= plain
		case "https", "grpcs":
			i.on |= secure
		}
	}
	return i
}

// Broken tells whether the configuration is answered for with 500.
func (i *Instance) Broken() bool {
	_, is := i.Use.(broken)
	return is
}

// Works tells whether the configuration is for requests that come with, or without, TLS.
func (i *Instance) Works(tls bool) bool {
	if tls {
		return i.on&secure != 0
	}
	return i.on&plain != 0
}

// rank orders scopes by how specific they are (Kong's precedence).
func (i *Instance) rank() int {
	r := 0
	switch {
	case i.Consumer != "" && i.Route != "" && i.Service != "":
		r = 7
	case i.Consumer != "" && i.Route != "":
		r = 6
	case i.Consumer != "" && i.Service != "":
		r = 5
	case i.Route != "" && i.Service != "":
		r = 4
	case i.Consumer != "":
		r = 3
	case i.Route != "":
		r = 2
	case i.Service != "":
		r = 1
	}
	return r
}

// fits tells whether a configuration is for a route and a service, whoever asks.
func (i *Instance) fits(route, service string) bool {
	return (i.Route == "" || i.Route == route) && (i.Service == "" || i.Service == service)
}

// plugins are the instances by their narrowest scope: consumer, route, service, all.
type plugins struct {
	byID       trie.Map[Instance]
	everywhere []*Instance
	ofService  trie.Map[[]*Instance]
	ofRoute    trie.Map[[]*Instance]
	ofConsumer trie.Map[[]*Instance]
	personal   []int       // how many are for consumers, by order
	early      []*Instance // those of everywhere that have Rewrite, in running order
}

// put gives the set with a configuration, or without it if it is nil.
func (p plugins) put(id string, i *Instance) plugins {
	if old := p.byID.Get(id); old != nil {
		p.change(old, func(list []*Instance) []*Instance {
			return slices.DeleteFunc(slices.Clone(list), func(x *Instance) bool { return x.ID == id })
		}, -1)
	}
	p.byID = p.byID.Set(id, i)
	if i != nil {
		p.change(i, func(list []*Instance) []*Instance { return append(slices.Clone(list), i) }, 1)
	}
	return p
}

func (p *plugins) change(i *Instance, f func([]*Instance) []*Instance, n int) {
	in := func(list *[]*Instance) *[]*Instance {
		var was []*Instance
		if list != nil {
			was = *list
		}
		if now := f(was); len(now) > 0 {
			return &now
		}
		return nil
	}
	switch {
	case i.Consumer != "":
		p.ofConsumer = p.ofConsumer.Update(i.Consumer, in)
		p.personal = slices.Clone(p.personal)
		for len(p.personal) <= i.Order {
			p.personal = append(p.personal, 0)
		}
		p.personal[i.Order] += n
	case i.Route != "":
		p.ofRoute = p.ofRoute.Update(i.Route, in)
	case i.Service != "":
		p.ofService = p.ofService.Update(i.Service, in)
	default:
		p.everywhere = f(p.everywhere)
		p.early = nil
		for _, i := range p.everywhere {
			if i.Rewrite != nil {
				p.early = append(p.early, i)
			}
		}
		slices.SortStableFunc(p.early, func(a, b *Instance) int { return a.Order - b.Order })
	}
}

// Early are the configurations that see all requests before a route is chosen.
func (p *Plane) Early() []*Instance { return p.plugins.early }

// Step is one plugin's place in a chain.
type Step struct {
	Order    int
	Standard *Instance // for those who have no configuration of their own; may be nil
	Personal bool      // some consumer has one
}

// chain is what requests of a route to a service meet, in running order.
func (p *plugins) chain(route, service string) []Step {
	var steps []Step
	at := func(order int) *Step {
		i, found := slices.BinarySearchFunc(steps, order, func(s Step, o int) int { return s.Order - o })
		if !found {
			steps = slices.Insert(steps, i, Step{Order: order})
		}
		return &steps[i]
	}
	take := func(list *[]*Instance) {
		if list == nil {
			return
		}
		for _, i := range *list {
			if !i.fits(route, service) {
				continue
			}
			if s := at(i.Order); s.Standard == nil || s.Standard.rank() < i.rank() {
				s.Standard = i
			}
		}
	}
	take(&p.everywhere)
	take(p.ofService.Get(service))
	take(p.ofRoute.Get(route))
	for order, n := range p.personal {
		if n > 0 {
			at(order).Personal = true
		}
	}
	return steps
}

// For is the configuration of a step that counts for a request.
func (p *Plane) For(s *Step, route, service string, who *entity.Consumer) *Instance {
	best := s.Standard
	if !s.Personal || who == nil {
		return best
	}
	list := p.plugins.ofConsumer.Get(who.ID)
	if list == nil {
		return best
	}
	for _, i := range *list {
		if i.Order == s.Order && i.fits(route, service) && (best == nil || best.rank() < i.rank()) {
			best = i
		}
	}
	return best
}
