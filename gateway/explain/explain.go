package explain

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"

	"moongate/core/errlog"
	"moongate/gateway/entity"
	"moongate/gateway/lists"
	"moongate/gateway/plane"
	"moongate/gateway/plugin"
	"moongate/gateway/release"
	"moongate/gateway/route"
)

// Explainer keeps the plane that requests are explained by.
type Explainer struct {
	// Names, if set, gives the addresses of host names; nobody changes what it gives.
	Names func() map[string][]netip.Addr

	plugins []*plugin.Plugin
	mu      sync.Mutex
	keeper  *plane.Keeper
	state   *entity.State // that keeper has
	names   map[string][]netip.Addr
}

// strangers is how many routes are told whose host or path doesn't fit.
const strangers = 10

// New makes an Explainer. It reads lists through b; without it a release that has one can't be explained.
func New(plugins []*plugin.Plugin, b *lists.Book) *Explainer {
	e := &Explainer{}
	for _, p := range plugins {
		e.plugins = append(e.plugins, &plugin.Plugin{Name: p.Name, New: func(*plugin.Env, *plugin.Config) (plugin.Instance, error) { return struct{}{}, nil }})
	}
	e.keeper = plane.NewKeeper(e.plugins, nil, new(errlog.Log))
	e.keeper.Lists = b
	return e
}

// plane is that of a state.
func (e *Explainer) plane(s *entity.State, revision uint64) *plane.Plane {
	var names map[string][]netip.Addr
	if e.Names != nil {
		names = e.Names()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state != s {
		e.keeper.Load(s, revision)
		e.state = s
	}
	if !maps.EqualFunc(names, e.names, slices.Equal) {
		e.names = names
		e.keeper.Resolved(names)
	}
	return e.keeper.Now()
}

// Release says which version a release would give a request, whatever its route.
func (e *Explainer) Release(s *entity.State, revision uint64, name string, q *Request) (*Release, error) {
	d := s.Find("releases", name)
	if d == nil {
		return nil, ErrNoRelease
	}
	a, err := q.read()
	if err != nil {
		return nil, err
	}
	doc, err := entity.Decode[entity.Release](d)
	if err != nil {
		return nil, err
	}
	p := e.plane(s, revision)
	r := p.Release(doc)
	if r == nil {
		return nil, fmt.Errorf("release %s is of no use to this program", name)
	}
	who, err := consumer(p, q)
	if err != nil {
		return nil, err
	}
	req := a.release(who)
	decision := r.Ask(req)
	out := told(r, true)
	if r.State == "promoted" {
		decision.Variant = release.Candidate
	}
	out.Variant, out.Why = decision.Variant.String(), r.Explain(req, decision)
	if r.State == "aborted" || r.State == "rolled_back" {
		out.Decides = false
		out.Why += "; but the release is " + r.State
	}
	return out, nil
}

// ErrNoRelease says that there is no release of that name.
var ErrNoRelease = errors.New("no such release")

func consumer(p *plane.Plane, q *Request) (*entity.Consumer, error) {
	if q.Consumer == "" {
		return nil, nil
	}
	if c := p.ConsumerNamed(q.Consumer); c != nil {
		return c, nil
	}
	return nil, fmt.Errorf("consumer: there is no %q", q.Consumer)
}

// release is the request as releases look at it.
func (a *asked) release(who *entity.Consumer) *release.Request {
	q := &release.Request{Client: a.Client.Addr(), Values: a}
	if who != nil {
		if q.User = who.CustomID; q.User == "" {
			q.User = who.Username
		}
	}
	if a.claims != nil {
		q.Claims = a.claims
	}
	return q
}

// Explain follows a request through the gateway, as its state says.
func (e *Explainer) Explain(s *entity.State, revision uint64, q *Request) (*Answer, error) {
	a, err := q.read()
	if err != nil {
		return nil, err
	}
	p := e.plane(s, revision)
	who, err := consumer(p, q)
	if err != nil {
		return nil, err
	}
	out := &Answer{Request: a.text(), Revision: revision, Tried: []Try{}, Plugins: []Plugin{}, Releases: []Release{}, Targets: []Target{}}
	trace := p.Routes.Explain(&a.Request, strangers)
	out.Skipped = trace.Skipped
	for _, t := range trace.Tried {
		try := Try{Route: routeName(t.Rule), Path: t.Path}
		if f := t.Failed; f != nil {
			try.Failed = &Failed{f.Kind, f.Name, f.Expected, f.Actual, f.String()}
		}
		out.Tried = append(out.Tried, try)
	}
	var m route.Result
	if !p.Routes.Find(&a.Request, &m) {
		out.Ends = &Ends{404, "no route matched"}
		return out, nil
	}
	name := routeName(m.Rule)
	out.Route = &name
	r := m.Rule.Data.(*plane.Route)
	if m.NeedTLS {
		out.Ends = &Ends{r.HTTPSRedirectStatusCode, "the route wants https"}
		return out, nil
	}
	plan := p.Plan(r)
	e.chain(out, p, plan, r, who, a.Scheme == "https")
	if plan.Service == nil {
		out.Ends = &Ends{503, "the route has no service"}
		return out, nil
	}
	if !plan.Service.Enabled {
		out.Ends = &Ends{404, "service " + plan.Service.Name + " is not enabled"}
		return out, nil
	}
	e.send(out, s, p, plan, r, a, who, &m)
	return out, nil
}

func routeName(r *route.Rule) Name { return Name{r.ID, r.Data.(*plane.Route).Name} }

func (a *asked) text() string {
	host := a.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if a.Scheme == "http" && a.Port != 80 || a.Scheme == "https" && a.Port != 443 {
		host = fmt.Sprintf("%s:%d", host, a.Port)
	}
	u := url.URL{Scheme: a.Scheme, Host: host, Path: a.Path, RawQuery: a.query}
	return fmt.Sprintf("%s %s from %s", a.Method, &u, a.Client.Addr())
}

// chain tells the plugins that the request meets.
func (e *Explainer) chain(out *Answer, p *plane.Plane, plan *plane.Plan, r *plane.Route, who *entity.Consumer, tls bool) {
	service := ""
	if plan.Service != nil {
		service = plan.Service.ID
	}
	for i := range plan.Steps {
		step := &plan.Steps[i]
		u := p.For(step, r.ID, service, who)
		if u == nil {
			out.Plugins = append(out.Plugins, Plugin{Name: e.plugins[step.Order].Name, Scope: "consumer", For: "some consumers"})
			continue
		}
		x := Plugin{ID: u.ID, Name: u.Name, Scope: scope(u)}
		if !u.Works(tls) {
			x.Skips = "it is not for " + map[bool]string{true: "https", false: "http"}[tls]
		}
		out.Plugins = append(out.Plugins, x)
	}
}

func scope(u *plane.Instance) string {
	var of []string
	for _, s := range []struct{ id, name string }{{u.Route, "route"}, {u.Service, "service"}, {u.Consumer, "consumer"}} {
		if s.id != "" {
			of = append(of, s.name)
		}
	}
	if of == nil {
		return "everywhere"
	}
	return strings.Join(of, " and ")
}

func told(r *plane.Release, decides bool) *Release {
	return &Release{Name: Name{r.ID, r.Release.Name}, State: r.State, Share: r.Share().String(), Decides: decides}
}
