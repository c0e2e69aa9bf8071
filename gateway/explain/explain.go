package explain

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/gateway/entity"
	"moongate/gateway/health"
	"moongate/gateway/lists"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
	"moongate/gateway/route"
)

// Explainer keeps the plane that requests are explained by.
type Explainer struct {
	// Names, if set, gives the addresses of host names; nobody changes what it gives. Without
	// it each name is held to have one.
	Names func() map[string][]netip.Addr
	// Health is what is known of targets; nil: all are well.
	Health *health.Table

	plugins []*plugin.Plugin
	mu      sync.Mutex
	keeper  *plane.Keeper
	state   *entity.State // that keeper has
	names   addresses
	news    uint64 // how often one of them has become another one

	// Groups are gathered one at a time: that of many targets may take much memory.
	gathering sync.Mutex
	last      gathered
}

type addresses = map[string][]netip.Addr

// strangers is how many routes are told whose host or path doesn't fit.
const strangers = 10

// New makes an Explainer. It reads lists through b; without it a release that has one can't
// be explained. Plugins that tell what they would do are asked; those that go by memory only
// where there is an env.
func New(plugins []*plugin.Plugin, b *lists.Book, env *plugin.Env) *Explainer {
	e := &Explainer{}
	for _, p := range plugins {
		if p.Tells == 0 || p.Tells == plugin.ByMemory && env == nil {
			p = &plugin.Plugin{Name: p.Name, New: func(*plugin.Env, *plugin.Config) (plugin.Instance, error) { return struct{}{}, nil }}
		}
		e.plugins = append(e.plugins, p)
	}
	if env == nil {
		env = new(plugin.Env) // it has no worker, which is how plugins tell that they only tell
	}
	e.keeper = plane.NewKeeper(e.plugins, env, new(errlog.Log))
	e.keeper.Lists = b
	return e
}

// known is what there is at one moment.
type known struct {
	state *entity.State
	names addresses
	p     *plane.Plane
	news  uint64
}

// known makes a plane of a state.
func (e *Explainer) known(s *entity.State, revision uint64) known {
	event.UpdateTime() // where no loop runs, nobody has read the clock for long
	var names addresses
	if e.Names != nil {
		names = e.Names()
	} else {
		names = nobodys(s)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != s {
		e.news++
		e.keeper.Load(s, revision)
		e.state = s
	}
	if !maps.EqualFunc(names, e.names, slices.Equal) {
		e.news++
		e.names = names
		e.keeper.Resolved(names)
	}
	return known{s, names, e.keeper.Now(), e.news}
}

// nobodys gives each name an address that is none: nobody has looked for it.
func nobodys(s *entity.State) addresses {
	names := addresses{}
	for _, name := range plane.Names(s) {
		names[name] = []netip.Addr{netip.IPv4Unspecified()}
	}
	return names
}

func consumer(p *plane.Plane, q *Request) (*entity.Consumer, error) {
	if q.Consumer == "" {
		return nil, nil
	}
	if c := p.ConsumerNamed(q.Consumer); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("consumer: there is no %q", q.Consumer)
}

// walk is one request on its way through the gateway.
type walk struct {
	known
	e   *Explainer
	out *Answer
	a   *asked
	who *entity.Consumer

	m     route.Result
	class *plane.Class
	route *plane.Route
	plan  *plane.Plan // the route's

	goal    *plane.Plan     // by which the request goes on
	up      *plane.Upstream // whose targets it goes to; nil: the service's host itself
	version string          // of these targets

	chooses plugin.TellsTargets // who leaves targets out
	chooser string              // its name
}

// Explain follows a request through the gateway, as its state says.
func (e *Explainer) Explain(s *entity.State, revision uint64, q *Request) (*Answer, error) {
	a, err := q.read()
	if err != nil {
		return nil, err
	}
	w := &walk{e: e, known: e.known(s, revision), a: a}
	if w.who, err = consumer(w.p, q); err != nil {
		return nil, err
	}
	w.out = &Answer{Request: a.text(), Revision: revision, Tried: []Try{}, Plugins: []Plugin{}, Releases: []Release{}, Targets: []Target{}}
	w.find()
	return w.out, nil
}

func (w *walk) end(status int, why string) { w.out.Ends = &Ends{Status: status, Why: why} }

// classify finds the class of the client. who is nil before a plugin can have found it out.
func (w *walk) classify(who *entity.Consumer) *plane.Class {
	c := w.p.Class(w.a.release(who), who)
	w.a.Class = ""
	if c != nil {
		w.a.Class = c.Name
	}
	return c
}

// find looks for the route: by what the request says, and again if who asks makes it one
// of another class.
func (w *walk) find() {
	w.class = w.classify(nil)
	if w.who != nil && w.p.PersonalClasses() && w.p.Routes.Find(&w.a.Request, &w.m) {
		w.class = w.classify(w.who)
	}
	if c := w.class; c != nil {
		w.out.Class = &Class{Name{c.ID, c.Name}, c.Why(w.a.release(w.who), w.who)}
	}
	trace := w.p.Routes.Explain(&w.a.Request, strangers)
	w.out.Skipped = trace.Skipped
	for _, t := range trace.Tried {
		try := Try{Route: routeName(t.Rule), Path: t.Path}
		if f := t.Failed; f != nil {
			try.Failed = &Failed{f.Kind, f.Name, f.Expected, f.Actual, f.String()}
		}
		w.out.Tried = append(w.out.Tried, try)
	}
	if !w.p.Routes.Find(&w.a.Request, &w.m) {
		w.end(404, "no route matched")
		return
	}
	name := routeName(w.m.Rule)
	w.out.Route = &name
	w.route = w.m.Rule.Data.(*plane.Route)
	if w.m.NeedTLS {
		w.end(w.route.HTTPSRedirectStatusCode, "the route wants https")
		return
	}
	w.plan = w.p.Plan(w.route)
	w.pass()
}

func routeName(r *route.Rule) Name { return Name{r.ID, r.Data.(*plane.Route).Name} }

// pass goes through the plugins to the service. What the release says comes first: answers
// of versions are kept apart.
func (w *walk) pass() {
	s := w.plan.Service
	if s != nil {
		w.decide()
	}
	w.chain()
	switch {
	case w.out.Ends != nil:
	case s == nil:
		w.end(503, "the route has no service")
	case !s.Enabled:
		w.end(404, "service "+s.Name+" is not enabled")
	default:
		w.service()
		w.targets()
	}
}
