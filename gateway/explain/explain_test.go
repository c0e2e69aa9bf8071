package explain

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

type kinds struct{}

func (kinds) Names() []string { return []string{"key-auth", "rate-limiting"} }
func (kinds) Schema(name string) (*schema.Schema, bool) {
	return &schema.Schema{Name: name, Shape: schema.Shape{Fields: []schema.Field{{Name: "config", Kind: schema.Any}}}}, true
}

// world is a state made of documents: kind and JSON.
func world(t *testing.T, docs ...string) *entity.State {
	t.Helper()
	s := entity.New(entity.NewModel(entity.Outside{Plugins: kinds{}}))
	var ops []entity.Op
	for i, text := range docs {
		kind, body, _ := strings.Cut(text, " ")
		var doc map[string]any
		if err := json.Unmarshal([]byte(body), &doc); err != nil {
			t.Fatal(err)
		}
		if doc["id"] == nil {
			doc["id"] = id(i)
		}
		ops = append(ops, entity.Op{Verb: entity.Create, Kind: kind, Doc: schema.Normal(doc).(map[string]any)})
	}
	r, err := s.Apply(ops, time.Unix(1_700_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.State
}

func id(i int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", i) }

func explainer() *Explainer {
	return New([]*plugin.Plugin{{Name: "key-auth"}, {Name: "rate-limiting"}}, nil, nil)
}

var shop = []string{
	`services {"name":"shop","host":"pool","path":"/v1"}`,
	`services {"name":"old","url":"http://127.0.0.1:70/"}`,
	`upstreams {"name":"pool"}`,
	`upstreams {"name":"ring","algorithm":"consistent-hashing","hash_on":"header","hash_on_header":"X-User"}`,
	`targets {"target":"127.0.0.1:81","weight":300,"upstream":{"name":"pool"},"version":"v1"}`,
	`targets {"target":"127.0.0.1:82","weight":100,"upstream":{"name":"pool"},"version":"v2"}`,
	`targets {"target":"127.0.0.1:91","upstream":{"name":"ring"}}`,
	`targets {"target":"127.0.0.1:92","upstream":{"name":"ring"}}`,
	`services {"name":"hashed","host":"ring"}`,
	`routes {"name":"admin","hosts":["admin.test"],"paths":["/shop"],"service":{"name":"old"}}`,
	`routes {"name":"beta","paths":["/shop"],"headers":{"X-Beta":["1"]},"service":{"name":"old"}}`,
	`routes {"name":"shop","paths":["/shop"],"methods":["GET"],"service":{"name":"shop"}}`,
	`routes {"name":"ring","paths":["/ring"],"service":{"name":"hashed"},"preserve_host":true}`,
	`routes {"name":"tls","paths":["/tls"],"protocols":["https"],"service":{"name":"shop"}}`,
	`routes {"name":"nowhere","paths":["/nowhere"]}`,
	`consumers {"username":"alice"}`,
	`plugins {"name":"rate-limiting"}`,
	`plugins {"name":"rate-limiting","route":{"name":"shop"},"protocols":["https"]}`,
	`plugins {"name":"key-auth","consumer":null,"service":{"name":"shop"}}`,
	`releases {"name":"v2","service":{"name":"shop"},"baseline":{"version":"v1"},"candidate":{"version":"v2"},"match":{"users":["alice"],"claims":{"role":["beta"]}}}`,
}

func TestExplain(t *testing.T) {
	s, e := world(t, shop...), explainer()
	for _, c := range []struct{ ask, want string }{
		{`{"url":"/shop/cart?x=1"}`, `
request   GET http://localhost/shop/cart?x=1 from 127.0.0.1
not       admin /shop: host is "localhost:80", expected "admin.test"
not       beta /shop: header x-beta is not there, expected "1"
route     shop /shop
plugin    key-auth (service)
plugin    rate-limiting (route): not run, it is not for http
release   v2 (running, 0 %): baseline: the share is 0 %
service   shop: http://pool/v1/cart?x=1, Host: the target's
upstream  pool, round-robin, version v1
target    127.0.0.1:81, weight 300, version v1, Host 127.0.0.1:81: 100 %
target    127.0.0.1:82, weight 100, version v2: not asked, the release wants version v1
`},
		{`{"url":"http://shop.test:8000/shop","consumer":"alice"}`, `
request   GET http://shop.test:8000/shop from 127.0.0.1
not       admin /shop: host is "shop.test:8000", expected "admin.test"
not       beta /shop: header x-beta is not there, expected "1"
route     shop /shop
plugin    key-auth (service)
plugin    rate-limiting (route): not run, it is not for http
release   v2 (running, 0 %): candidate: always, clause 1: user is "alice"
service   shop: http://pool/v1, Host: the target's
upstream  pool, round-robin, version v2
target    127.0.0.1:81, weight 300, version v1: not asked, the release wants version v2
target    127.0.0.1:82, weight 100, version v2, Host 127.0.0.1:82: 100 %
`},
		{`{"method":"POST","url":"/shop","claims":{"role":["beta"]}}`, `
request  POST http://localhost/shop from 127.0.0.1
not      admin /shop: host is "localhost:80", expected "admin.test"
not      beta /shop: header x-beta is not there, expected "1"
not      shop /shop: method is "POST", expected "GET"
not      nowhere /nowhere: path is "/shop", expected the prefix "/nowhere"
not      ring /ring: path is "/shop", expected the prefix "/ring"
not      tls /tls: path is "/shop", expected the prefix "/tls"
answer   404, no route matched
`},
		{`{"url":"/tls"}`, `
request  GET http://localhost/tls from 127.0.0.1
not      admin /shop: host is "localhost:80", expected "admin.test"
not      beta /shop: path is "/tls", expected the prefix "/shop"
not      shop /shop: path is "/tls", expected the prefix "/shop"
not      nowhere /nowhere: path is "/tls", expected the prefix "/nowhere"
not      ring /ring: path is "/tls", expected the prefix "/ring"
route    tls /tls
answer   426, the route wants https
`},
		{`{"url":"/nowhere"}`, `
request  GET http://localhost/nowhere from 127.0.0.1
not      admin /shop: host is "localhost:80", expected "admin.test"
not      beta /shop: path is "/nowhere", expected the prefix "/shop"
not      shop /shop: path is "/nowhere", expected the prefix "/shop"
route    nowhere /nowhere
plugin   rate-limiting (everywhere)
answer   503, the route has no service
`},
	} {
		q, err := Parse([]byte(c.ask))
		if err != nil {
			t.Fatal(err)
		}
		a, err := e.Explain(s, 1, q)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := a.Text(), strings.TrimPrefix(c.want, "\n"); got != want {
			t.Errorf("%s\n%s\nwant\n%s", c.ask, got, want)
		}
	}
}

// Requests with one key go to one target, and all targets get some.
func TestHash(t *testing.T) {
	s, e := world(t, shop...), explainer()
	seen := map[string]int{}
	for i := range 24 {
		a, err := e.Explain(s, 1, &Request{URL: "/ring", Host: "ring.test", Headers: Headers{"x-user": {fmt.Sprint(i % 12)}}})
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range a.Targets {
			if target.Probability == 1 {
				seen[target.Target+" "+a.Upstream.Key]++
			} else if target.Probability != 0 {
				t.Error(target)
			}
		}
		if a.Service.Host != "ring.test" {
			t.Error(a.Service.Host)
		}
	}
	if len(seen) != 12 {
		t.Errorf("12 keys have %d targets", len(seen))
	}
	a, err := e.Explain(s, 1, &Request{URL: "/ring"})
	if err != nil || a.Targets[0].Probability != 0.5 || a.Targets[1].Probability != 0.5 {
		t.Error("without a key: ", a.Targets, err)
	}
}

// The explanation is that of the state it is asked for.
func TestStateChanges(t *testing.T) {
	e := explainer()
	for i, docs := range [][]string{shop, shop[:2], shop} {
		a, err := e.Explain(world(t, docs...), 1, &Request{URL: "/shop"})
		if err != nil {
			t.Fatal(err)
		}
		if (a.Route != nil) != (i != 1) {
			t.Errorf("state %d: %v", i, a.Route)
		}
	}
}

// The guide shows what is printed.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/guide/explain.md")
	if err != nil {
		t.Fatal(err)
	}
	s := world(t, `services {"name":"shop","url":"http://127.0.0.1:8081"}`, `services {"name":"shop-v2","url":"http://127.0.0.1:8082"}`,
		`routes {"name":"beta","paths":["/shop"],"headers":{"X-Beta":["1"]},"service":{"name":"shop"}}`,
		`routes {"name":"shop","paths":["/shop"],"service":{"name":"shop"}}`, `plugins {"name":"rate-limiting"}`,
		`releases {"name":"v2","service":{"name":"shop"},"candidate":{"service":{"name":"shop-v2"}},"percentage":10,"match":{"addresses":["127.0.0.9"]}}`)
	a, err := explainer().Explain(s, 1, &Request{URL: "/shop/cart", Client: "127.0.0.9"})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(guide), "```\n"+a.Text()+"```\n") {
		t.Errorf("the guide does not show\n%s", a.Text())
	}
}

func FuzzRequest(f *testing.F) {
	for _, s := range []string{`{"url":"/a%2f?b=%zz","headers":{"Cookie":"a=b; c"},"client":"[::1]:80"}`, `{"url":"//x","host":"[::1"}`, `{"path":"*","scheme":"HTTPS"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		q, err := Parse(b)
		if err != nil {
			return
		}
		if a, err := q.read(); err == nil {
			a.text()
			a.Cookie("a", 0)
			a.Query("b", 0)
		}
	})
}

func TestExplainClass(t *testing.T) {
	s := world(t,
		`services {"name":"s","url":"http://127.0.0.1:70/"}`,
		`consumers {"username":"acme"}`,
		`client_classes {"name":"ios","match":{"headers":{"X-Client":["ios"]},"clients":["ios"]}}`,
		`client_classes {"name":"partner","priority":1,"match":{"consumers":["acme"]}}`,
		`routes {"name":"all","paths":["/"],"service":{"name":"s"}}`,
		`routes {"name":"phones","paths":["/"],"client_classes":["ios"],"service":{"name":"s"}}`,
		`routes {"name":"partners","paths":["/"],"client_classes":["partner"],"service":{"name":"s"}}`)
	e := explainer()
	for _, c := range []struct{ ask, want string }{
		{`{"url":"/"}`, `
not       phones /: client class is none, expected "ios"
not       partners /: client class is none, expected "partner"
route     all /`},
		{`{"url":"/","headers":{"X-Client":"ios"}}`, `
class     ios: header:X-Client is "ios"
route     phones /`},
		{`{"url":"/","headers":{"X-Client":"ios"},"consumer":"acme"}`, `
class     partner: the consumer is acme
not       phones /: client class is "partner", expected "ios"
route     partners /`},
	} {
		q, err := Parse([]byte(c.ask))
		if err != nil {
			t.Fatal(err)
		}
		a, err := e.Explain(s, 1, q)
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, l := range a.Lines() {
			if l.Step == "class" || l.Step == "not" || l.Step == "route" {
				lines = append(lines, fmt.Sprintf("\n%-10s%s", l.Step, l.Text))
			}
		}
		if got := strings.Join(lines, ""); got != c.want {
			t.Errorf("%s: %s\nwant %s", c.ask, got, c.want)
		}
	}
}
