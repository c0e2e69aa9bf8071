package route

import (
	"errors"
	"net/netip"
	"testing"
)

// asked is a request's values for tests.
type asked struct{ headers, queries, cookies map[string][]string }

func nth(all []string, i int) (string, bool) {
	if i < len(all) {
		return all[i], true
	}
	return "", false
}

func (a *asked) Header(name string, i int) (string, bool) { return nth(a.headers[name], i) }
func (a *asked) Query(name string, i int) (string, bool)  { return nth(a.queries[name], i) }
func (a *asked) Cookie(name string, i int) (string, bool) { return nth(a.cookies[name], i) }

func get(host, path string) *Request {
	name, port := SplitHost(host, "http")
	return &Request{Host: name, Port: port, Path: Normalize(path), Method: "GET", Scheme: "http",
		Client: netip.MustParseAddrPort("192.0.2.1:1234"), Values: &asked{}}
}

func (r *Request) with(change func(*Request)) *Request {
	change(r)
	return r
}

func header(name string, values ...string) func(*Request) {
	return func(r *Request) { r.Values = &asked{headers: map[string][]string{name: values}} }
}

func table(t testing.TB, rules ...*Rule) *Table {
	t.Helper()
	tab, err := New(rules...)
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

// found is the id of the rule that wins, "" for none. Explain must agree.
func found(t testing.TB, tab *Table, req *Request) string {
	t.Helper()
	var res Result
	id := ""
	if tab.Find(req, &res) {
		id = res.Rule.ID
	}
	told := ""
	if w := tab.Explain(req, 5).Winner(); w != nil {
		told = w.ID
	}
	if id != told {
		t.Errorf("Find gives %q, Explain %q for %+v", id, told, req)
	}
	return id
}

type values = map[string][]string

// Each case: two rules that both match, and which one wins. "a" is the first; both orders of adding are tried.
func TestPrecedence(t *testing.T) {
	req := get("www.example.com:8080", "/api/users/7").with(func(r *Request) {
		r.Scheme, r.SNI = "https", "www.example.com"
		r.Values = &asked{headers: values{"x-a": {"1"}, "x-b": {"2"}}, queries: values{"q": {"1"}}, cookies: values{"c": {"1"}}}
	})
	hosts := []string{"www.example.com"}
	paths := []string{"/api"}
	for _, c := range []struct {
		name string
		a, b Rule // a wins
	}{
		{"priority before all", Rule{Paths: []string{"/"}, Priority: 1}, Rule{Hosts: hosts, Paths: paths, Methods: []string{"GET"}}},
		{"negative priority after all", Rule{Paths: []string{"/"}}, Rule{Hosts: hosts, Paths: paths, Priority: -1}},
		{"more kinds", Rule{Paths: []string{"/"}, Methods: []string{"get"}}, Rule{Hosts: hosts}},
		{"host before header", Rule{Hosts: hosts}, Rule{Headers: values{"X-A": {"1"}, "X-B": {"2"}}}},
		{"header before path", Rule{Headers: values{"X-A": {"1"}}}, Rule{Paths: []string{"/api/users"}}},
		{"path before method", Rule{Paths: paths}, Rule{Methods: []string{"GET"}}},
		{"method before sni", Rule{Methods: []string{"GET"}}, Rule{SNIs: hosts}},
		{"sni before source", Rule{SNIs: hosts}, Rule{Sources: []Source{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}}}},
		{"query before cookie", Rule{Queries: values{"q": {"1"}}}, Rule{Cookies: values{"c": {"1"}}}},
		{"plain host before wildcard", Rule{Hosts: hosts, Paths: paths}, Rule{Hosts: []string{"*.example.com"}, Paths: []string{"/api/users"}}},
		{"plain host before wildcard with port", Rule{Hosts: hosts, Paths: paths}, Rule{Hosts: []string{"*.example.com:8080"}, Paths: paths}},
		{"wildcard with port before that without", Rule{Hosts: []string{"www.example.*:8080"}}, Rule{Hosts: []string{"*.example.com"}}},
		{"plain host with port before that without", Rule{Hosts: []string{"www.example.com:8080", "b.org"}}, Rule{Hosts: hosts, CreatedAt: -1}},
		{"the port of another host does not count", Rule{Hosts: hosts}, Rule{Hosts: []string{"www.example.com", "b.org:8080"}}},
		{"one wildcard spoils plain hosts", Rule{Hosts: hosts}, Rule{Hosts: []string{"www.example.com", "*.org"}}},
		{"regex before plain", Rule{Paths: []string{"~/a"}}, Rule{Paths: []string{"/api/users/7"}}},
		{"regex before more headers", Rule{Paths: []string{"~/a"}, Headers: values{"X-A": {"1"}}},
			Rule{Paths: paths, Headers: values{"X-A": {"1"}, "X-B": {"2"}}}},
		{"more headers", Rule{Paths: []string{"/"}, Headers: values{"X-A": {"1"}, "X-B": {"2"}}}, Rule{Paths: paths, Headers: values{"X-A": {"1"}}}},
		{"regex priority", Rule{Paths: []string{"~/a"}, RegexPriority: 2}, Rule{Paths: []string{"~/api/users"}, RegexPriority: 1}},
		{"regex priority only for regexes", Rule{Paths: []string{"/api/"}}, Rule{Paths: []string{"/api"}, RegexPriority: 9}},
		{"longer path", Rule{Paths: []string{"/api/users"}, CreatedAt: 2}, Rule{Paths: paths, CreatedAt: 1}},
		{"a rule counts once for each path", Rule{Paths: []string{"/api/u"}}, Rule{Paths: []string{"/api", "/something/else/longer"}}},
		{"older", Rule{ID: "z", Paths: paths, CreatedAt: 1}, Rule{ID: "y", Paths: paths, CreatedAt: 2}},
		{"smaller id", Rule{Paths: paths}, Rule{Paths: paths}},
		{"headers do not outweigh kinds", Rule{Hosts: hosts, Paths: paths}, Rule{Headers: values{"X-A": {"1"}, "X-B": {"2"}}}},
	} {
		if c.a.ID == "" {
			c.a.ID, c.b.ID = "a", "b"
		}
		for _, tab := range []*Table{table(t, &c.a, &c.b), table(t, &c.b, &c.a)} {
			if got := found(t, tab, req); got != c.a.ID {
				t.Errorf("%s: %s wins", c.name, got)
			}
		}
		if got := found(t, table(t, &c.b), req); got != c.b.ID {
			t.Errorf("%s: the other rule doesn't match at all", c.name)
		}
	}
}

func TestMatch(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		req  *Request
		want bool
	}{
		{Rule{Hosts: []string{"Example.com"}}, get("EXAMPLE.com.", "/"), true},
		{Rule{Hosts: []string{"example.com:80"}}, get("example.com", "/"), true},
		{Rule{Hosts: []string{"example.com:80"}}, get("example.com:81", "/"), false},
		{Rule{Hosts: []string{"example.com"}}, get("example.com:81", "/"), true},
		{Rule{Hosts: []string{"*.example.com"}}, get("a.b.example.com", "/"), true},
		{Rule{Hosts: []string{"*.example.com"}}, get("example.com", "/"), false},
		{Rule{Hosts: []string{"*.example.com"}}, get(".example.com", "/"), false},
		{Rule{Hosts: []string{"*.example.com:81"}}, get("a.example.com", "/"), false},
		{Rule{Hosts: []string{"example.*"}}, get("example.co.uk", "/"), true},
		{Rule{Hosts: []string{"example.*"}}, get("www.example.com", "/"), false},
		{Rule{Hosts: []string{"example.*"}}, get("example.", "/"), false},
		{Rule{Hosts: []string{"[::1]:80"}}, get("[::1]", "/"), true},
		{Rule{Hosts: []string{"::1"}}, get("[::1]:9", "/"), true},
		{Rule{Paths: []string{"/api"}}, get("h", "/apix"), true},
		{Rule{Paths: []string{"/api"}}, get("h", "/ap"), false},
		{Rule{Paths: []string{"/a//b/../%63"}}, get("h", "/a/c/d"), true},
		{Rule{Paths: []string{"/a%2fb"}}, get("h", "/a%2Fb"), true},
		{Rule{Paths: []string{"/a%2fb"}}, get("h", "/a/b"), false},
		{Rule{Paths: []string{`~/v\d+/x$`}}, get("h", "/v12/x"), true},
		{Rule{Paths: []string{`~/v\d+/x$`}}, get("h", "/v12/xy"), false},
		{Rule{Paths: []string{`~/v\d+`}}, get("h", "/a/v12"), false},
		{Rule{Paths: []string{`~/a|/b`}}, get("h", "/b"), true},
		{Rule{Paths: []string{`~/a|/b`}}, get("h", "/c/b"), false},
		{Rule{Paths: []string{`~/colou?r`}}, get("h", "/color"), true},
		{Rule{Paths: []string{`~(?i)/API`}}, get("h", "/api"), true},
		{Rule{Paths: []string{`~/a\.b`}}, get("h", "/a.b"), true},
		{Rule{Paths: []string{`~/a\.b`}}, get("h", "/axb"), false},
		{Rule{Methods: []string{"post", "PURGE"}}, get("h", "/").with(func(r *Request) { r.Method = "PURGE" }), true},
		{Rule{Methods: []string{"POST"}}, get("h", "/"), false},
		{Rule{Headers: values{"X-Env": {"Prod", "dev"}}}, get("h", "/").with(header("x-env", "other", "PROD")), true},
		{Rule{Headers: values{"X-Env": {"prod"}}}, get("h", "/").with(header("x-env", "production")), false},
		{Rule{Headers: values{"X-Env": {"prod"}}}, get("h", "/"), false},
		{Rule{Headers: values{"X-Env": {"~*^pr"}}}, get("h", "/").with(header("x-env", "a", "PROD")), true},
		{Rule{Headers: values{"X-Env": {"~*^pr", "x"}}}, get("h", "/").with(header("x-env", "prod")), false},
		{Rule{Headers: values{"Host": {"other"}, "X-Env": {"1"}}}, get("h", "/").with(header("x-env", "1")), true},
		{Rule{Queries: values{"v": {"a"}}}, get("h", "/").with(func(r *Request) { r.Values = &asked{queries: values{"v": {"a"}}} }), true},
		{Rule{Queries: values{"v": {"a"}}}, get("h", "/").with(func(r *Request) { r.Values = &asked{queries: values{"v": {"A"}}} }), false},
		{Rule{Cookies: values{"v": {"~*"}}}, get("h", "/").with(func(r *Request) { r.Values = &asked{cookies: values{"v": {""}}} }), true},
		{Rule{Cookies: values{"v": {"~*"}}}, get("h", "/"), false},
		{Rule{Cookies: values{"v": {"a"}}}, get("h", "/").with(func(r *Request) { r.Values = nil }), false},
		{Rule{Sources: []Source{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}}}, get("h", "/"), true},
		{Rule{Sources: []Source{{Prefix: netip.MustParsePrefix("::ffff:192.0.2.0/120")}}}, get("h", "/"), true},
		{Rule{Sources: []Source{{Prefix: netip.MustParsePrefix("192.0.2.0/24")}}}, get("h", "/").with(func(r *Request) {
			r.Client = netip.MustParseAddrPort("[::ffff:192.0.2.9]:1")
		}), true},
		{Rule{Sources: []Source{{Port: 1}}}, get("h", "/"), false},
		{Rule{Sources: []Source{{Port: 1}, {Port: 1234}}}, get("h", "/"), true},
		{Rule{Sources: []Source{{netip.MustParsePrefix("192.0.2.0/24"), 1}}}, get("h", "/"), false},
		{Rule{SNIs: []string{"A.example."}}, get("h", "/").with(func(r *Request) { r.Scheme, r.SNI = "https", "a.Example" }), true},
		{Rule{SNIs: []string{"a.example"}}, get("h", "/").with(func(r *Request) { r.Scheme, r.SNI = "https", "b.example" }), false},
		{Rule{SNIs: []string{"a.example"}}, get("h", "/"), true},
	} {
		c.rule.ID = "r"
		if got := found(t, table(t, &c.rule), c.req) != ""; got != c.want {
			t.Errorf("%+v %+v: %v", c.rule, c.req, got)
		}
	}
}

func TestResult(t *testing.T) {
	tab := table(t,
		&Rule{ID: "a", Hosts: []string{"x.org", "*.example.com"}, Paths: []string{"/api/"}, Protocols: []string{"https"}},
		&Rule{ID: "b", Paths: []string{`~/users/(?<id>\d+)(/x)?`}, Protocols: []string{"http", "https"}},
		&Rule{ID: "c", Methods: []string{"GET"}})
	var res Result
	if !tab.Find(get("a.example.com", "/api/7"), &res) || res.Rule.ID != "a" || res.Host != "*.example.com" || res.Path != "/api/" ||
		res.Prefix != "/api/" || res.Rest != "7" || !res.NeedTLS || res.Captures() != 0 {
		t.Errorf("%+v", res)
	}
	if !tab.Find(get("a", "/users/12/y"), &res) || res.Rule.ID != "b" || res.Host != "" || res.Prefix != "/users/12" || res.Rest != "/y" ||
		res.NeedTLS || res.Captures() != 2 || res.Capture(0) != "/users/12" || res.Capture(1) != "12" || res.Capture(2) != "" ||
		len(res.Names()) != 1 || res.Names()[0].Name != "id" {
		t.Errorf("%+v", res)
	}
	if !tab.Find(get("a", "/users/"), &res) || res.Rule.ID != "c" || res.Prefix != "" || res.Rest != "/users/" || res.Capture(0) != "" || res.Names() != nil {
		t.Errorf("%+v", res)
	}
	if tab.Find(get("a", "/users/").with(func(r *Request) { r.Method = "PUT" }), &res) || res.Rule != nil {
		t.Errorf("%+v", res)
	}
	if !tab.Find(get("x.org", "/api/").with(func(r *Request) { r.Scheme = "https" }), &res) || res.NeedTLS {
		t.Errorf("%+v", res)
	}
}

// The captures of a regex that wins are kept when another regex is tried after it and fails or loses.
func TestCapturesOfTheWinner(t *testing.T) {
	tab := table(t,
		&Rule{ID: "deep", Paths: []string{`~/a/b/(\w)`}, RegexPriority: 1},
		&Rule{ID: "miss", Paths: []string{`~/a/(\d+)`}, RegexPriority: 3},
		&Rule{ID: "low", Paths: []string{`~/(\w+)/b`}},
		&Rule{ID: "high", Paths: []string{`~(/a)/(b)/(c)`}, RegexPriority: 2})
	var res Result
	if !tab.Find(get("h", "/a/b/c"), &res) || res.Rule.ID != "high" || res.Capture(2) != "b" || res.Captures() != 3 {
		t.Errorf("%+v", res)
	}
	tab = tab.Remove("high")
	if !tab.Find(get("h", "/a/b/c"), &res) || res.Rule.ID != "deep" || res.Capture(1) != "c" || res.Captures() != 1 {
		t.Errorf("%+v", res)
	}
}

func TestRegexLimit(t *testing.T) {
	tab := table(t, &Rule{ID: "bad", Paths: []string{`~/(a+)+$`}}, &Rule{ID: "good", Paths: []string{"/"}})
	var res Result
	if !tab.Find(get("h", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"), &res) || res.Rule.ID != "good" || res.Err == nil {
		t.Errorf("%+v", res)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{Rule{}, "route : no id"},
		{Rule{ID: "r"}, "route r: needs at least one of hosts, paths, methods, headers, queries, cookies, client classes, sources, snis"},
		{Rule{ID: "r", Headers: values{"Host": {"a"}}}, "route r: needs at least one of hosts, paths, methods, headers, queries, cookies, client classes, sources, snis"},
		{Rule{ID: "r", Hosts: []string{"*"}}, `route r: host "*": not a name, *.name or name.*`},
		{Rule{ID: "r", Hosts: []string{"*.a.*"}}, `route r: host "*.a.*": not a name, *.name or name.*`},
		{Rule{ID: "r", Hosts: []string{"a:x"}}, `route r: host "a:x": not a name, *.name or name.*`},
		{Rule{ID: "r", Hosts: []string{""}}, `route r: host "": not a name, *.name or name.*`},
		{Rule{ID: "r", Paths: []string{"api"}}, `route r: path "api": begins neither with / nor with ~`},
		{Rule{ID: "r", Headers: values{"A": {}}}, `route r: header "A": no value`},
		{Rule{ID: "r", Sources: []Source{{}}}, "route r: a source has neither address nor port"},
	} {
		if _, err := New(&c.rule); err == nil || err.Error() != c.want {
			t.Errorf("%+v: %v", c.rule, err)
		}
	}
	for want, r := range map[string]*Rule{
		"/id":             {},
		"":                {ID: "r"},
		"/hosts/1":        {ID: "r", Hosts: []string{"a", "a*b"}},
		"/paths/2":        {ID: "r", Paths: []string{"/", "/", "~/a)(b"}},
		"/sources/1":      {ID: "r", Sources: []Source{{Port: 1}, {}}},
		"/cookies/a~1b~0": {ID: "r", Cookies: values{"a/b~": {"~*("}}},
	} {
		var f *Fault
		if err := Check(r); !errors.As(err, &f) || f.Pointer != want || errors.Unwrap(f) == nil {
			t.Errorf("%+v: %v, want it at %s", r, err, want)
		}
	}
	tab := table(t, &Rule{ID: "r", Paths: []string{"/"}})
	if _, err := tab.Add(&Rule{ID: "r", Paths: []string{"/"}}); err == nil {
		t.Error("an id is taken twice")
	}
}
