package plane

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"sort"
	"strings"
	"testing"

	"moongate/core/errlog"
	"moongate/engine/upstream"
	"moongate/gateway/entity"
	"moongate/gateway/lists"
	"moongate/gateway/plugin"
	"moongate/gateway/release"
	"moongate/gateway/route"
)

// noted is a plugin's instance that tells when it is closed.
type noted struct {
	id     string
	closed *[]string
}

func (n noted) Close() { *n.closed = append(*n.closed, n.id) }

// world is a keeper with the state that it is told of.
type world struct {
	*Keeper
	t      *testing.T
	state  *entity.State
	n      uint64
	closed []string
}

func newWorld(t *testing.T) *world {
	w := &world{t: t, state: entity.New(entity.NewModel(entity.Outside{}))}
	kind := func(name string) *plugin.Plugin {
		return &plugin.Plugin{Name: name, New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
			return noted{c.ID, &w.closed}, nil
		}}
	}
	w.Keeper = NewKeeper([]*plugin.Plugin{kind("first"), kind("second")}, nil, new(errlog.Log))
	return w
}

// id is a document's id made of a short name.
func id(name string) string {
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", []byte(name)[:min(len(name), 6)])
}

// put writes documents: kind, short name, JSON without the id. An empty text deletes.
func (w *world) put(docs ...[3]string) {
	w.t.Helper()
	var changes []entity.Change
	for _, d := range docs {
		c := entity.Change{Kind: d[0], ID: id(d[1])}
		if d[2] != "" {
			c.New = json.RawMessage(fmt.Sprintf(`{"id":%q,%s`, c.ID, strings.TrimPrefix(d[2], "{")))
		}
		changes = append(changes, c)
	}
	var err error
	if w.state, err = w.state.Replay(changes); err != nil {
		w.t.Fatal(err)
	}
	w.n++
	if err := w.Apply(changes, w.n); err != nil {
		w.t.Fatal(err)
	}
}

func ref(field, name string) string { return fmt.Sprintf(`"%s":{"id":"%s"}`, field, id(name)) }

func peers(g *upstream.Group) string {
	var list []string
	for _, p := range g.Peers.List {
		list = append(list, fmt.Sprintf("%s*%d", p.Name, p.Weight))
	}
	sort.Strings(list)
	return strings.Join(list, " ")
}

func (w *world) route(name string) *Route {
	w.t.Helper()
	r := w.Now().Routes.Rule(id(name))
	if r == nil {
		w.t.Fatalf("no route %s", name)
	}
	return r.Data.(*Route)
}

// A configuration that nobody can make anything of refuses requests, unless its plugin only
// watches.
func TestBrokenPlugins(t *testing.T) {
	w := newWorld(t)
	fails := func(*plugin.Env, *plugin.Config) (plugin.Instance, error) { return nil, errors.New("no") }
	w.Keeper = NewKeeper([]*plugin.Plugin{{Name: "guard", New: fails}, {Name: "watch", New: fails, Observes: true}}, nil, new(errlog.Log))
	w.put([3]string{"services", "s", `{"name":"s","host":"127.0.0.1","port":80,"protocol":"http"}`},
		[3]string{"routes", "r", `{"paths":["/"],"protocols":["http"],` + ref("service", "s") + `}`})
	for name, want := range map[string]bool{"guard": true, "watch": false, "nobody": true} {
		w.put([3]string{"plugins", "p", `{"name":"` + name + `","enabled":true,"config":{},"protocols":["http"],` + ref("route", "r") + `}`})
		refused := false
		p := w.Now()
		for _, s := range p.Plan(w.route("r")).Steps {
			if i := p.For(&s, id("r"), id("s"), nil); i != nil && i.Access != nil {
				refused = refused || i.Access.Access(nil) == 500
			}
		}
		if refused != want {
			t.Errorf("%s: refused %v", name, refused)
		}
		w.put([3]string{"plugins", "p", ""})
		if steps := w.Now().Plan(w.route("r")).Steps; len(steps) != 0 {
			t.Errorf("%s: %d steps are left", name, len(steps))
		}
	}
}

// Of several configurations of a plugin the one with the most specific scope counts.
func TestPrecedence(t *testing.T) {
	w := newWorld(t)
	w.put([3]string{"services", "s", `{"name":"s","host":"127.0.0.1","port":80,"protocol":"http"}`},
		[3]string{"routes", "r", `{"paths":["/"],"protocols":["http"],` + ref("service", "s") + `}`},
		[3]string{"consumers", "c", `{"username":"c"}`})
	scopes := []string{"route service consumer", "route consumer", "service consumer", "route service", "consumer", "route", "service", ""}
	for i := len(scopes) - 1; i >= 0; i-- {
		doc := `{"name":"first","enabled":true,"config":{},"protocols":["http"]`
		for _, s := range strings.Fields(scopes[i]) {
			doc += "," + ref(s, s[:1])
		}
		w.put([3]string{"plugins", fmt.Sprint("p", i), doc + "}"})
		p := w.Now()
		plan := p.Plan(w.route("r"))
		if len(plan.Steps) != 1 {
			t.Fatalf("%d steps", len(plan.Steps))
		}
		who := p.Consumer(id("c"))
		if got := p.For(&plan.Steps[0], id("r"), id("s"), who); got.ID != id(fmt.Sprint("p", i)) {
			t.Errorf("%q does not count for its consumer, %s does", scopes[i], got.ID)
		}
		if got := p.For(&plan.Steps[0], id("r"), id("s"), nil); got == nil || got.Consumer != "" {
			t.Errorf("%q: nobody gets %v", scopes[i], got)
		}
	}
	w.put([3]string{"plugins", "p0", ""}, [3]string{"plugins", "p1", ""})
	p := w.Now()
	plan := p.Plan(w.route("r"))
	if got := p.For(&plan.Steps[0], id("r"), id("s"), p.Consumer(id("c"))); got.ID != id("p2") {
		t.Errorf("after two have gone %s counts", got.ID)
	}
	if strings.Join(w.closed, " ") != id("p0")+" "+id("p1") {
		t.Errorf("closed: %v", w.closed)
	}
}

// Targets come and go in place: who has chosen a group keeps it.
func TestTargets(t *testing.T) {
	w := newWorld(t)
	target := func(name, at string, weight int, version string) [3]string {
		return [3]string{"targets", name, fmt.Sprintf(`{"target":%q,"weight":%d,"version":%q,%s}`, at, weight, version, ref("upstream", "u"))}
	}
	w.put([3]string{"services", "s", `{"name":"s","host":"Pool","port":80,"protocol":"http"}`},
		[3]string{"routes", "r", `{"paths":["/"],"protocols":["http"],` + ref("service", "s") + `}`})
	if plan := w.Now().Plan(w.route("r")); plan.Upstream != nil || peers(plan.Peers()) != "" {
		t.Error("an upstream is there before it is made")
	}
	w.put([3]string{"upstreams", "u", `{"name":"pool","algorithm":"round-robin"}`}, target("t1", "127.0.0.1:81", 10, "v1"))
	g := w.Now().Plan(w.route("r")).Peers()
	if got := peers(g); got != "127.0.0.1:81*10" {
		t.Error(got)
	}
	g.Peers.List[0].Conns = 7
	w.put(target("t2", "[::1]:82", 30, "v2"), target("t3", "127.0.0.3:83", 0, ""), target("t4", "later.test:84", 5, ""))
	w.put(target("t1", "127.0.0.1:81", 20, "v1"))
	if got := peers(g); got != "127.0.0.1:81*20 [::1]:82*30" || g.Peers.List[0].Conns != 7 {
		t.Error(got, g.Peers.List[0].Conns)
	}
	if names := Names(w.state); strings.Join(names, " ") != "later.test" {
		t.Error(names)
	}
	w.Resolved(map[string][]netip.Addr{"later.test": {netip.MustParseAddr("127.0.0.4")}})
	if got := peers(g); got != "127.0.0.1:81*20 127.0.0.4:84*5 [::1]:82*30" {
		t.Error(got)
	}
	plan := w.Now().Plan(w.route("r"))
	if got := peers(plan.Upstream.Version("v2")); got != "[::1]:82*30" || plan.Upstream.Version("v9") != nil {
		t.Error(got)
	}
	// Where a release by version does not name its baseline, the candidate's targets are left out.
	r := &Release{Release: entity.Release{Candidate: entity.Variant{Version: "v2"}}}
	rest := r.Goal(release.Baseline)
	if _, g, err := w.Now().Of(&rest, plan); err != nil || peers(g) != "127.0.0.1:81*20 127.0.0.4:84*5" {
		t.Error(g, err)
	}
	w.put([3]string{"upstreams", "u", `{"name":"pool","algorithm":"least-connections"}`})
	if now := w.Now().Plan(w.route("r")).Peers(); now == g || peers(now) != peers(g) {
		t.Error("another algorithm is another group with the same peers")
	}
	for _, name := range []string{"t1", "t2", "t3", "t4"} {
		w.put([3]string{"targets", name, ""})
	}
	w.put([3]string{"upstreams", "u", ""})
	if plan := w.Now().Plan(w.route("r")); plan.Upstream != nil {
		t.Error("the upstream is still there")
	}
}

// A state that is loaded in place of another leaves nothing of it.
func TestLoad(t *testing.T) {
	w := newWorld(t)
	w.put([3]string{"routes", "r1", `{"paths":["/1"],"protocols":["http"]}`}, [3]string{"routes", "r2", `{"paths":["/2"],"protocols":["http"]}`},
		[3]string{"consumers", "c", `{"username":"u","custom_id":"x"}`}, [3]string{"keyauth_credentials", "k", `{"key":"k1",` + ref("consumer", "c") + `}`},
		[3]string{"acls", "a", `{"group":"g",` + ref("consumer", "c") + `}`})
	p := w.Now()
	if p.ConsumerNamed("x") == nil || p.ConsumerNamed("u") == nil || p.KeyAuth("k1") == nil || strings.Join(p.Groups(id("c")), "") != "g" {
		t.Error("not everybody is known")
	}
	r1 := w.route("r1")
	other := newWorld(t)
	other.put([3]string{"routes", "r1", `{"paths":["/1"],"protocols":["http"]}`})
	w.Load(other.state, 99)
	now := w.Now()
	if now.Routes.Len() != 1 || w.route("r1") != r1 || now.Revision != 99 {
		t.Error("the route that stays is another one, or others stay too")
	}
	if now.ConsumerNamed("x") != nil || now.KeyAuth("k1") != nil || now.Groups(id("c")) != nil {
		t.Error("somebody is still known")
	}
	var res route.Result
	if !p.Routes.Find(&route.Request{Path: "/2", Scheme: "http", Method: "GET"}, &res) {
		t.Error("an old plane has changed")
	}
}

// A release decides for its service, in its state and share.
func TestReleases(t *testing.T) {
	w := newWorld(t)
	w.put([3]string{"services", "s", `{"name":"s","host":"127.0.0.1","port":80,"protocol":"http"}`},
		[3]string{"services", "n", `{"name":"n","host":"127.0.0.2","port":80,"protocol":"http"}`},
		[3]string{"routes", "r", `{"paths":["/"],"protocols":["http"],` + ref("service", "s") + `}`})
	put := func(state string, percentage int) {
		w.put([3]string{"releases", "x", fmt.Sprintf(`{"name":"x","state":%q,"percentage":%d,"candidate":{%s},"match":{"mode":"any","addresses":["10.0.0.0/8"]},%s}`,
			state, percentage, ref("service", "n"), ref("service", "s"))})
	}
	decide := func(addr string) string {
		r, d := w.Now().Plan(w.route("r")).Decide(&release.Request{Client: netip.MustParseAddr(addr)})
		if r == nil {
			return "none"
		}
		return d.Variant.String()
	}
	if got := decide("10.1.1.1"); got != "none" {
		t.Error(got)
	}
	for _, c := range []struct {
		state         string
		percentage    int
		listed, else_ string
	}{{"running", 0, "candidate", "baseline"}, {"paused", 100, "candidate", "candidate"}, {"promoted", 0, "candidate", "candidate"},
		{"rolled_back", 100, "none", "none"}, {"aborted", 100, "none", "none"}} {
		put(c.state, c.percentage)
		if a, b := decide("10.1.1.1"), decide("11.1.1.1"); a != c.listed || b != c.else_ {
			t.Errorf("%s at %d %%: %s, %s", c.state, c.percentage, a, b)
		}
	}
	// One that went back to a baseline with a name stays there, but a release that runs is heard.
	for i, state := range []string{"rolled_back", "aborted", "aborted"} {
		named := []string{`"version":"v1"`, `"version":"v1"`, ""}[i] // not named: all but the candidate's
		w.put([3]string{"releases", "x", fmt.Sprintf(`{"name":"x","state":%q,"percentage":100,"baseline":{`+named+`},"candidate":{"version":"v2"},"match":{"mode":"any"},%s}`, state, ref("service", "s"))})
		if got := decide("10.1.1.1"); got != "baseline" {
			t.Errorf("%s with a baseline: %s", state, got)
		}
		w.put([3]string{"releases", "y", fmt.Sprintf(`{"name":"y","state":"running","percentage":100,"candidate":{"version":"v3"},"match":{"mode":"any"},%s}`, ref("service", "s"))})
		if r, d := w.Now().Plan(w.route("r")).Decide(&release.Request{}); r == nil || r.Name != "y" || d.Variant != release.Candidate {
			t.Errorf("%s with a baseline, and another: %v %v", state, r, d)
		}
		w.put([3]string{"releases", "y", ""})
	}
	p := w.Now()
	plan := p.Plan(w.route("r"))
	s, g, err := p.Of(&entity.Variant{Service: &entity.Ref{ID: id("n")}}, plan)
	with := p.With(plan, s)
	if err != nil || g != nil || p.With(plan, s) != with || peers(with.Peers()) != "127.0.0.2:80*100" {
		t.Error(s, g, err)
	}
	if _, _, err := p.Of(&entity.Variant{Version: "v1"}, plan); err == nil {
		t.Error("a version of a service without an upstream is found")
	}
	w.put([3]string{"releases", "x", ""})
	if got := decide("10.1.1.1"); got != "none" {
		t.Error(got)
	}
}

// The classes of clients that a release may name are those that are told apart.
func TestClients(t *testing.T) {
	if got, want := strings.Join(entity.Clients, " "), strings.Join(release.ClassNames(), " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// A list is read once, however often its release changes, and is given back with it.
func TestListsOfReleases(t *testing.T) {
	w := newWorld(t)
	w.Lists = new(lists.Book)
	put := func(percentage int, key string) *lists.List {
		w.put([3]string{"releases", "x", fmt.Sprintf(`{"name":"x","state":"running","percentage":%d,"candidate":{"version":"v"},"match":{"mode":"any","lists":[
			{"of":"addresses","redis":{"address":"127.0.0.1:1","key":%q,"type":"string","timeout":1}}]},%s}`, percentage, key, ref("service", "s"))})
		return (*w.Now().releases.Get("service " + id("s")))[0].lists[0]
	}
	first := put(1, "a")
	if put(2, "a") != first {
		t.Error("another percentage is another list")
	}
	second := put(2, "b")
	if second == first {
		t.Error("another key is the same list")
	}
	if again := put(2, "a"); again == first {
		t.Error("a list that nobody used was kept")
	}
	w.put([3]string{"releases", "x", ""})
	e := first.List
	if l, err := w.Lists.Take(&e); err != nil || l == first || l == second {
		t.Error("the list is left when its release has gone", err)
	}
}

// Fifty changes a second cost next to nothing, however many routes there are.
func BenchmarkChange(b *testing.B) {
	w := newWorld(new(testing.T))
	for i := range 10000 {
		w.put([3]string{"routes", fmt.Sprintf("%06d", i), fmt.Sprintf(`{"paths":["/%d"],"protocols":["http"]}`, i)})
	}
	for i := 0; b.Loop(); i++ {
		w.put([3]string{"routes", fmt.Sprintf("%06d", i%10000), fmt.Sprintf(`{"paths":["/%d"],"protocols":["http"],"tags":["%d"]}`, i%10000, i)})
	}
}
