package explain

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"moongate/engine/zone"
	"moongate/gateway/health"
)

func newDict(t *testing.T) *zone.Dict {
	t.Helper()
	zs := zone.New()
	if _, err := zs.Declare("test", 1<<20, zone.KindDict); err != nil {
		t.Fatal(err)
	}
	if err := zs.Bind(nil); err != nil {
		t.Fatal(err)
	}
	zs.Commit(nil)
	t.Cleanup(zs.Close)
	d, err := zone.OpenDict(zs.Find("test"))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// tail is the text of an answer from the service on.
func tail(a *Answer) string {
	_, text, _ := strings.Cut("\n"+a.Text(), "\nservice")
	_, text, _ = strings.Cut(text, "\n")
	return text
}

const checked = `"healthchecks":{"threshold":20,"passive":{"unhealthy":{"http_failures":3}}}`

// Only who may be asked is said to be, and of the others is told why not.
func TestHealth(t *testing.T) {
	docs := []string{
		`upstreams {"id":"` + id(0) + `","name":"pool",` + checked + `}`,
		`targets {"target":"127.0.0.1:81","weight":300,"upstream":{"name":"pool"}}`,
		`targets {"target":"127.0.0.1:82","weight":100,"upstream":{"name":"pool"}}`,
		`targets {"target":"127.0.0.1:83","weight":0,"upstream":{"name":"pool"}}`,
		`targets {"target":"two.test:84","weight":100,"upstream":{"name":"pool"}}`,
		`targets {"target":"none.test:85","weight":100,"upstream":{"name":"pool"}}`,
		`services {"name":"shop","url":"https://pool"}`,
		`routes {"paths":["/"],"service":{"name":"shop"}}`,
	}
	s, e := world(t, docs...), explainer()
	e.Health = health.NewTable(newDict(t))
	e.Names = func() addresses {
		return addresses{"two.test": {netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("10.0.0.2")}}
	}
	const idle = `target    127.0.0.1:83, weight 0: not asked, its weight is 0
`
	const nameless = `target    none.test:85, weight 100: not asked, no address is known for its name
`
	for _, c := range []struct{ say, want string }{
		{"", `upstream  pool, round-robin
target    127.0.0.1:81, weight 300, Host 127.0.0.1:81: 50 %
target    127.0.0.1:82, weight 100, Host 127.0.0.1:82: 16.7 %
` + idle + `target    two.test:84, weight 100, Host two.test:84: 33.3 %
` + nameless},
		{"-127.0.0.1:81 127.0.0.1:81", `upstream  pool, round-robin
target    127.0.0.1:81, weight 300: not asked, it is unhealthy
target    127.0.0.1:82, weight 100, Host 127.0.0.1:82: 33.3 %
` + idle + `target    two.test:84, weight 100, Host two.test:84: 66.7 %
` + nameless},
		{"-two.test:84 10.0.0.2:84", `upstream  pool, round-robin
target    127.0.0.1:81, weight 300: not asked, it is unhealthy
target    127.0.0.1:82, weight 100, Host 127.0.0.1:82: 50 %
` + idle + `target    two.test:84, weight 100, Host two.test:84: 50 %
target    two.test:84 at 10.0.0.2:84: not asked, it is unhealthy
` + nameless},
		{"-127.0.0.1:82 127.0.0.1:82", `upstream  pool, round-robin
target    127.0.0.1:81, weight 300: not asked, it is unhealthy
target    127.0.0.1:82, weight 100: not asked, it is unhealthy
` + idle + `target    two.test:84, weight 100, Host two.test:84: 0 %
target    two.test:84 at 10.0.0.2:84: not asked, it is unhealthy
` + nameless + `answer    503, no more than 20 % of the targets' weight is healthy
`},
		{"-two.test:84 10.0.0.1:84", `upstream  pool, round-robin
target    127.0.0.1:81, weight 300: not asked, it is unhealthy
target    127.0.0.1:82, weight 100: not asked, it is unhealthy
` + idle + `target    two.test:84, weight 100: not asked, it is unhealthy
` + nameless + `answer    503, no target is healthy
`},
		{"+127.0.0.1:81 127.0.0.1:81", `upstream  pool, round-robin
target    127.0.0.1:81, weight 300, Host 127.0.0.1:81: 100 %
target    127.0.0.1:82, weight 100: not asked, it is unhealthy
` + idle + `target    two.test:84, weight 100: not asked, it is unhealthy
` + nameless},
	} {
		if c.say != "" {
			target, address, _ := strings.Cut(c.say[1:], " ")
			if _, err := e.Health.Set(health.Key(id(0), target, address), c.say[0] == '+'); err != nil {
				t.Fatal(err)
			}
		}
		a, err := e.Explain(s, 1, &Request{URL: "/"})
		if err != nil {
			t.Fatal(err)
		}
		if got := tail(a); got != c.want {
			t.Errorf("%s\n%s\nwant\n%s", c.say, got, c.want)
		}
	}
}

// The port of a target stands behind the upstream's host_header too, as in what is sent.
func TestHost(t *testing.T) {
	for _, c := range []struct{ upstream, service, target, want string }{
		{``, `"host":"pool"`, "127.0.0.1:81", "127.0.0.1:81"},
		{``, `"host":"pool"`, "127.0.0.1:80", "127.0.0.1"},
		{``, `"url":"https://pool"`, "127.0.0.1:443", "127.0.0.1"},
		{``, `"url":"https://pool"`, "127.0.0.1:80", "127.0.0.1:80"},
		{``, `"host":"pool"`, "[::1]:81", "[::1]:81"},
		{`,"host_header":"shop.test"`, `"host":"pool"`, "127.0.0.1:81", "shop.test:81"},
		{`,"host_header":"shop.test"`, `"host":"pool"`, "127.0.0.1:80", "shop.test"},
		{`,"host_header":"shop.test:90"`, `"host":"pool"`, "127.0.0.1:81", "shop.test:90"},
	} {
		s := world(t, `upstreams {"name":"pool"`+c.upstream+`}`, `targets {"target":"`+c.target+`","upstream":{"name":"pool"}}`,
			`services {"name":"shop",`+c.service+`}`, `routes {"paths":["/"],"service":{"name":"shop"}}`,
			`routes {"paths":["/kept"],"preserve_host":true,"service":{"name":"shop"}}`)
		e := explainer()
		a, err := e.Explain(s, 1, &Request{URL: "/"})
		if err != nil || len(a.Targets) != 1 || a.Targets[0].Host != c.want || a.Service.Host != "" {
			t.Errorf("%v: %+v %+v %v", c, a.Service, a.Targets, err)
		}
		for url, header := range map[string]string{"http://Asked.test:8000/kept": "", "/kept": "Asked.test:8000", "http://x.test/kept": "Asked.test:8000"} {
			q := &Request{URL: url}
			if header != "" {
				q.Headers = Headers{"host": {header}}
			}
			if a, err = e.Explain(s, 1, q); err != nil || a.Service.Host != "Asked.test:8000" || a.Targets[0].Host != "" {
				t.Errorf("%s %q: %+v %+v %v", url, header, a.Service, a.Targets, err)
			}
		}
	}
}

// A release may send requests of a service without an upstream to one: the targets' hosts
// count there.
func TestHostOfVariant(t *testing.T) {
	s := world(t, `services {"name":"shop","url":"http://shop.test:81"}`, `upstreams {"name":"pool"}`, `targets {"target":"127.0.0.1:82","upstream":{"name":"pool"}}`,
		`routes {"paths":["/"],"service":{"name":"shop"}}`, `releases {"name":"r","service":{"name":"shop"},"candidate":{"upstream":{"name":"pool"}},"percentage":100}`)
	a, err := explainer().Explain(s, 1, &Request{URL: "/"})
	if err != nil || a.Service.Host != "" || a.Upstream == nil || a.Targets[0].Host != "127.0.0.1:82" {
		t.Errorf("%+v %+v %v", a.Service, a.Targets, err)
	}
}

// A key whose target is ill goes to another one, and to no third.
func TestHashHealth(t *testing.T) {
	docs := []string{`upstreams {"id":"` + id(0) + `","name":"ring","algorithm":"consistent-hashing","hash_on":"query_arg","hash_on_query_arg":"k",` + checked + `}`}
	for i := range 4 {
		docs = append(docs, fmt.Sprintf(`targets {"target":"127.0.0.1:%d","upstream":{"name":"ring"}}`, 90+i))
	}
	s, e := world(t, append(docs, `services {"name":"shop","host":"ring"}`, `routes {"paths":["/"],"service":{"name":"shop"}}`)...), explainer()
	e.Health = health.NewTable(newDict(t))
	ask := func(k int) string {
		a, err := e.Explain(s, 1, &Request{URL: fmt.Sprint("/?K=", k)})
		if err != nil || a.Upstream.Key != fmt.Sprint(k) {
			t.Fatalf("%+v %v", a.Upstream, err)
		}
		chosen := ""
		for _, x := range a.Targets {
			if x.Probability == 1 {
				chosen = x.Target
			} else if x.Probability != 0 {
				t.Errorf("%+v", x)
			}
		}
		return chosen
	}
	before := map[int]string{}
	for k := range 40 {
		before[k] = ask(k)
	}
	ill := before[0]
	if _, err := e.Health.Set(health.Key(id(0), ill, ill), false); err != nil {
		t.Fatal(err)
	}
	moved := 0
	for k := range 40 {
		switch now := ask(k); {
		case now == ill, now == "":
			t.Errorf("%d goes to %q", k, now)
		case now != before[k]:
			moved++
			if before[k] != ill {
				t.Errorf("%d has moved from %s to %s", k, before[k], now)
			}
		}
	}
	if moved == 0 {
		t.Error("nobody has moved")
	}
}

func TestServiceWithoutAddress(t *testing.T) {
	s, e := world(t, `services {"name":"shop","host":"none.test"}`, `routes {"paths":["/"],"service":{"name":"shop"}}`), explainer()
	a, err := e.Explain(s, 1, &Request{URL: "/"})
	if err != nil || a.Ends != nil || a.Targets[0].Probability != 1 || len(a.Targets[0].Addresses) != 0 {
		t.Errorf("where nobody looks names up: %+v %v", a, err)
	}
	e.Names = func() addresses { return nil }
	if a, err = e.Explain(s, 1, &Request{URL: "/"}); err != nil || a.Ends == nil || a.Ends.Status != 502 || a.Targets[0].LeftOut != "no address is known for its name" {
		t.Errorf("%+v %v", a, err)
	}
}
