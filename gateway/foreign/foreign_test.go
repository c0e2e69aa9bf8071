package foreign

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"moongate/gateway"
	"moongate/gateway/declarative"
	"moongate/gateway/entity"
)

func model() *entity.Model { return entity.NewModel(gateway.Outside(gateway.Registry())) }

// load is the state that an import makes, by way of its text.
func load(t testing.TB, doc map[string]any) *entity.State {
	t.Helper()
	text, err := declarative.Format(model(), doc)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err = declarative.Parse(text); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	r, err := declarative.Replace(entity.New(model()), doc, time.Now())
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return r.State
}

func find[T any](t testing.TB, s *entity.State, kind, name string) *T {
	t.Helper()
	d := s.Find(kind, name)
	if d == nil {
		t.Fatalf("there is no %s in %s", name, kind)
	}
	v, err := entity.Decode[T](d)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// told fails unless each of the texts is in the report once, and nothing else is.
func told(t testing.TB, r *Report, want ...string) {
	t.Helper()
	for i, n := range r.Notes {
		line := n.Place + ": " + n.Text
		if i >= len(want) || !strings.Contains(line, want[i]) {
			t.Errorf("note %d is %s", i, line)
		}
	}
	if len(r.Notes) < len(want) {
		t.Errorf("%d notes, want %d", len(r.Notes), len(want))
	}
}

const nginxText = `worker_processes 2;
http {
    upstream shop { least_conn; server 10.0.0.1:81 weight=3 max_fails=2; server 10.0.0.2; keepalive 8; }
    server {
        listen 80;
        server_name a.example *.b.example ~^c;
        location /shop/ { proxy_pass http://shop/base/; proxy_set_header Host $host; }
        location = /one { proxy_pass http://10.0.0.3:82; gzip on; }
        location ~ ^/x[0-9]+ { proxy_pass http://shop; }
        location / { root html; }
        location /v { proxy_pass http://$backend; }
    }
}
`

func TestNginx(t *testing.T) {
	doc, report, err := Nginx("n.conf", []byte(nginxText))
	if err != nil {
		t.Fatal(err)
	}
	s := load(t, doc)
	if s.Len("routes") != 3 || s.Len("services") != 3 || s.Len("targets") != 2 {
		t.Errorf("%d routes, %d services, %d targets", s.Len("routes"), s.Len("services"), s.Len("targets"))
	}
	if u := find[entity.Upstream](t, s, "upstreams", "shop"); u.Algorithm != "least-connections" {
		t.Error(u.Algorithm)
	}
	r := find[entity.Route](t, s, "routes", "a.example-shop")
	if strings.Join(r.Hosts, " ") != "a.example *.b.example" || strings.Join(r.Paths, " ") != "/shop/" || !r.StripPath || !r.PreserveHost {
		t.Errorf("%+v", r)
	}
	told(t, report, "n.conf:3: server 10.0.0.1:81 weight=3 max_fails=2: max_fails=2", "n.conf:3: keepalive 8", "n.conf:1: worker_processes",
		"n.conf:6: server_name", "n.conf:5: listen", "n.conf:8: gzip", "n.conf:10: location /: it has no", "n.conf:10: root",
		"n.conf:11: proxy_pass")
}

const apisixText = `
routes:
  - id: 1
    uri: /shop/*
    methods: [GET]
    upstream_id: 1
    plugins:
      limit-count: {count: 5, time_window: 60, rejected_code: 503}
      zipkin: {}
  - {id: 2, uri: /exact, name: two, service_id: s, vars: [[arg_a, "==", "1"]]}
services:
  - {id: s, upstream: {type: chash, key: remote_addr, nodes: [{host: h, port: 81, weight: 2}]}, plugins: {key-auth: {}}}
upstreams:
  - {id: 1, type: roundrobin, nodes: {"10.0.0.1:80": 1, "10.0.0.2": 0}, checks: {}}
consumers:
  - {username: u, plugins: {key-auth: {key: k}, ldap-auth: {}}}
global_rules:
  - {id: 1, plugins: {request-id: {}}}
ssls:
  - {id: 9}
#END
`

func TestApisix(t *testing.T) {
	doc, report, err := Apisix([]byte(apisixText))
	if err != nil {
		t.Fatal(err)
	}
	s := load(t, doc)
	for kind, n := range map[string]int{"routes": 2, "services": 2, "upstreams": 2, "targets": 3, "plugins": 3, "keyauth_credentials": 1} {
		if s.Len(kind) != n {
			t.Errorf("%d %s, want %d", s.Len(kind), kind, n)
		}
	}
	if r := find[entity.Route](t, s, "routes", "route-two"); strings.Join(r.Paths, " ") != "~/exact$" {
		t.Errorf("%+v", r)
	}
	told(t, report, "routes/1 upstream: checks", "plugin limit-count: rejected_code", "plugin zipkin", "routes/2: vars", "plugin ldap-auth", "ssls/9")
}

// The same objects come out of the Admin API and out of etcd.
func TestApisixForms(t *testing.T) {
	object := `{"id":"7","uri":"/a","upstream":{"nodes":{"h:80":1}}}`
	b64 := base64.StdEncoding.EncodeToString
	for _, text := range []string{
		`{"total":1,"list":[{"key":"/apisix/routes/7","value":` + object + `}]}`,
		fmt.Sprintf(`{"header":{},"kvs":[{"key":%q,"value":%q},{"key":%q,"value":%q}]}`, b64([]byte("/apisix/routes/")), b64([]byte("init_dir")), b64([]byte("/apisix/routes/7")), b64([]byte(object))),
	} {
		doc, report, err := Apisix([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		told(t, report)
		if s := load(t, doc); s.Len("routes") != 1 || s.Len("targets") != 1 {
			t.Errorf("%s", text)
		}
	}
}

func TestKong(t *testing.T) {
	doc, report, err := Kong(model(), []byte(`
_format_version: "1.1"
_workspace: default
services:
- name: a
  url: http://h
  tls_unknown: 1
  routes: [{name: r, paths: ["/a+"]}]
  plugins: [{name: key-auth}, {name: degraphql}, {name: cors, config: {strange: 1}}]
workspaces: [{name: x}]
`))
	if err != nil {
		t.Fatal(err)
	}
	s := load(t, doc)
	if s.Len("services") != 1 || s.Len("plugins") != 2 {
		t.Errorf("%d plugins", s.Len("plugins"))
	}
	told(t, report, "/_workspace", `/services/0/plugins/1: not imported: there is no plugin "degraphql"`, "/services/0/plugins/2/config/strange", "/services/0/tls_unknown", "/workspaces")
}

func FuzzNginx(f *testing.F) {
	f.Add([]byte(nginxText))
	f.Fuzz(func(_ *testing.T, text []byte) { Nginx("x", text) })
}

func FuzzApisix(f *testing.F) {
	f.Add([]byte(apisixText))
	f.Add([]byte(`{"kvs":[{"key":"YQ==","value":"e30="}]}`))
	f.Add([]byte(`{"list":[{"key":"/apisix/routes/1","value":{}}]}`))
	f.Fuzz(func(_ *testing.T, text []byte) { Apisix(text) })
}

func FuzzKong(f *testing.F) {
	m := model()
	f.Add([]byte("_format_version: '3.0'\nservices: [{name: a, plugins: [{name: cors, config: {x: 1}}]}]"))
	f.Fuzz(func(_ *testing.T, text []byte) { Kong(m, text) })
}
