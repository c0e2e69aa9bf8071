package foreign

import (
	"fmt"
	"testing"

	"moongate/gateway/entity"
)

const orangeText = `{
 "divide": {"success": true, "data": {"enable": true, "selectors": [
  {"id": "s1", "name": "shop", "enable": true, "type": 1, "judge": {"type": 0, "conditions": [{"type": "Host", "operator": "=", "value": "Shop.test"}]}, "rules": [
   {"id": "r1", "name": "new", "enable": true, "judge": {"type": 1, "conditions": [{"type": "URI", "operator": "match", "value": "^/api/"}, {"type": "Header", "operator": "=", "name": "X-V", "value": "2"}]},
    "extractor": {}, "upstream_host": "", "upstream_url": "http://10.0.0.2:81"},
   {"id": "r2", "name": "old", "enable": true, "judge": {"type": 2, "conditions": [{"type": "URI", "operator": "=", "value": "/a.b"}, {"type": "URI", "operator": "match", "value": "x+"}, {"type": "URI", "operator": "match", "value": "/in"}]},
    "upstream_host": "inner.test", "upstream_url": "http://shops"},
   {"id": "r3", "name": "odd", "enable": true, "judge": {"type": 3, "expression": "v[1] or v[2]", "conditions": [{"type": "IP", "operator": "=", "value": "10.0.0.1"}]}, "upstream_url": "http://a.b"},
   {"id": "r4", "name": "off", "enable": false},
   {"id": "r5", "name": "vars", "enable": true, "judge": {"type": 0, "conditions": [{"type": "IP", "operator": "=", "value": "10.0.0.1"}]}, "upstream_url": "http://${1}"},
   {"id": "r6", "name": "not", "enable": true, "judge": {"type": 0, "conditions": [{"type": "Random", "operator": "<", "value": "10"}]}, "upstream_url": "http://a.b"},
   {"id": "r7", "name": "mixed", "enable": true, "judge": {"type": 2, "conditions": [{"type": "IP", "operator": "=", "value": "10.0.0.1"}, {"type": "Method", "operator": "=", "value": "get"}]}, "upstream_url": "http://a.b"},
   {"id": "r8", "name": "twice", "enable": true, "judge": {"type": 0, "conditions": [{"type": "Host", "operator": "=", "value": "b.test"}]}, "upstream_url": "http://a.b"}
  ]}]}},
 "redirect": {"enable": true, "selectors": [{"name": "all", "enable": true, "type": 0, "rules": [
   {"name": "moved", "enable": true, "judge": {"type": 0, "conditions": [{"type": "URI", "operator": "=", "value": "/old"}]}, "handle": {"url_tmpl": "https://new.test/", "redirect_status": "302", "trim_qs": true}}]}]},
 "waf": {"enable": true, "selectors": [{"name": "all", "enable": true, "type": 0, "rules": [
   {"name": "bots", "enable": true, "judge": {"type": 0, "conditions": [{"type": "UserAgent", "operator": "match", "value": "bot"}]}, "handle": {"perform": "deny", "code": 444}}]}]},
 "rate_limiting": {"enable": true, "selectors": [{"name": "shop", "enable": true, "type": 1, "judge": {"type": 0, "conditions": [{"type": "Host", "operator": "=", "value": "shop.test"}]}, "rules": [
   {"name": "api", "enable": true, "judge": {"type": 1, "conditions": [{"type": "Header", "operator": "=", "name": "X-V", "value": "2"}, {"type": "URI", "operator": "match", "value": "^/api/"}]}, "handle": {"period": 60, "count": 100}}]}]},
 "property_rate_limiting": {"enable": true, "selectors": [{"name": "all", "enable": true, "type": 0, "rules": [
   {"name": "ip", "enable": true, "extractor": {"extractions": [{"type": "IP"}]}, "handle": {"period": 1, "count": "5"}}]}]},
 "key_auth": {"enable": true, "selectors": [{"name": "all", "enable": true, "type": 0, "rules": [
   {"name": "keys", "enable": true, "handle": {"credentials": [{"type": 1, "key": "token", "target_value": "t1"}, {"type": "2", "key": "token", "target_value": "t2"}]}}]}]},
 "basic_auth": {"enable": true, "selectors": [{"name": "all", "enable": true, "type": 0, "rules": [
   {"name": "people", "enable": true, "handle": {"credentials": [{"username": "ann", "password": "x"}]}}]}]},
 "kvstore": {"enable": true}, "rewrite": {"enable": false}
}`

func TestOrange(t *testing.T) {
	doc, report, err := Orange([]byte(orangeText))
	if err != nil {
		t.Fatal(err)
	}
	told(t, report, "kvstore: not imported", "divide/1 shop/3 odd: not imported: its judge is an expression: v[1] or v[2]", "divide/1 shop/4 off: not imported: it is switched off",
		"divide/1 shop/6 not: not imported: the condition Random < 10 can't be said here", "divide/1 shop/7 mixed: not imported: its conditions are about different things",
		"divide/1 shop/8 twice: not imported: it has two conditions for the same thing", "divide/1 shop/2 old: shops is an upstream of Orange's nginx.conf",
		"divide/1 shop/5 vars: not imported: \"http://${1}\" is no address", "rewrite: not imported: it is switched off")
	s := load(t, doc)
	one := find[entity.Route](t, s, "routes", "new")
	if fmt.Sprint(one.Hosts, one.Paths, one.Headers) != "[shop.test] [~/(?i)api/] map[x-v:[2]]" || one.StripPath || !one.PreserveHost {
		t.Errorf("%+v", one)
	}
	two := find[entity.Route](t, s, "routes", "old")
	if fmt.Sprint(two.Paths) != `[~/a\.b$ ~/(?i).*(?:x+) ~/(?i)(?:in|.*(?:/in))]` || one.Priority <= two.Priority {
		t.Errorf("%+v", two)
	}
	moved, bots := find[entity.Route](t, s, "routes", "moved"), find[entity.Route](t, s, "routes", "bots")
	if moved.Priority <= one.Priority || fmt.Sprint(bots.Headers) != "map[user-agent:[~*bot]]" {
		t.Errorf("%+v %+v", moved, bots)
	}
	plugins := map[string]string{}
	for d := range s.All("plugins") {
		p, err := entity.Decode[entity.Plugin](d)
		if err != nil {
			t.Fatal(err)
		}
		where := "all"
		if p.Route != nil {
			where = find[entity.Route](t, s, "routes", p.Route.ID).Name
		}
		plugins[p.Name+" "+where] = string(p.Config)
	}
	for _, want := range []string{"rate-limiting new", "rate-limiting all", "key-auth all", "basic-auth all", "redirect moved", "request-termination bots", "rewrite old"} {
		if plugins[want] == "" {
			t.Errorf("%s is missing: %v", want, plugins)
		}
	}
	if n := s.Len("consumers"); n != 3 || len(plugins) != 7 {
		t.Errorf("%d consumers, %d plugins: %v", n, len(plugins), plugins)
	}
	for _, bad := range []string{"[1]", `{"divide": {"selectors": 1}}`, `{"divide": 1}`} {
		if _, _, err := Orange([]byte(bad)); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
}

func FuzzOrange(f *testing.F) {
	f.Add([]byte(orangeText))
	f.Add([]byte(`{"waf": {"enable": true, "selectors": [{}, 1, {"enable": true, "type": 0, "rules": [{"enable": true}, null]}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if doc, _, err := Orange(text); err == nil && doc == nil {
			t.Fatal("neither a document nor an error")
		}
	})
}
