package gateway

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/httpdtest"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/entity"
)

// engine has a module in place of the proxy that tells where a request would go.
var engine = sync.OnceValue(func() *httpdtest.Engine {
	return httpdtest.New(With(Passer{
		Conf: func(*httpd.Location) *upstreamhttp.Conf { return &upstreamhttp.Conf{} },
		Pass: func(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
			var peers []string
			if t.Group == nil {
				return r.SendText(200, "text/plain", fmt.Sprintf("%s host=%s to=%s:%d addrs=%d", t.URI, t.Host, t.Name, t.Port, len(t.Addrs)))
			}
			for _, s := range t.Group.Servers {
				peers = append(peers, fmt.Sprintf("%s*%d", s.Name, s.Weight))
			}
			sort.Strings(peers)
			lines := strings.ReplaceAll(string(t.Lines), "\r\n", "|")
			return r.SendText(200, "text/plain", fmt.Sprintf("%s host=%s tls=%v group=%s peers=%s tries=%d %s", t.URI, t.Host, t.Secure, t.Group.Name, strings.Join(peers, ","), t.Conf.NextTries, lines))
		},
	}), assigning, peeking)
})

const gatewayConf = `gateway { store bolt:data/gateway.db; admin off; } server { listen SOCK; location / { gateway_pass; } }`

// documents makes the file of the last good state of documents, each "kind {json}", by
// the same rules as the Admin API.
func documents(t testing.TB, docs ...string) map[string]string {
	t.Helper()
	model := entity.NewModel(Outside(Registry()))
	var ops []entity.Op
	for _, d := range docs {
		kind, text, _ := strings.Cut(d, " ")
		var doc map[string]any
		dec := json.NewDecoder(strings.NewReader(text))
		dec.UseNumber()
		if err := dec.Decode(&doc); err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		ops = append(ops, entity.Op{Verb: entity.Create, Kind: kind, Doc: doc})
	}
	res, err := entity.New(model).Apply(ops, time.Unix(1e9, 0))
	if err != nil {
		t.Fatal(err)
	}
	b, err := snapshot(res.State, 7, nil)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"data/gateway.state": string(b)}
}

const (
	service1 = `services {"id":"00000000-0000-4000-8000-000000000001","name":"one","url":"http://one.test:8080/base","retries":3}`
	service2 = `services {"id":"00000000-0000-4000-8000-000000000002","name":"two","host":"group","protocol":"https","port":443}`
	route1   = `routes {"id":"00000000-0000-4000-8000-000000000011","name":"r1","paths":["/one"],"service":{"id":"00000000-0000-4000-8000-000000000001"}}`
	route2   = `routes {"id":"00000000-0000-4000-8000-000000000012","name":"r2","hosts":["two.test"],"strip_path":false,"preserve_host":true,"service":{"id":"00000000-0000-4000-8000-000000000002"}}`
	route3   = `routes {"id":"00000000-0000-4000-8000-000000000013","name":"r3","paths":["/lonely"]}`
	route4   = `routes {"id":"00000000-0000-4000-8000-000000000014","name":"r4","paths":["/safe"],"protocols":["https"]}`
	group    = `upstreams {"id":"00000000-0000-4000-8000-000000000021","name":"group"}`
	target1  = `targets {"id":"00000000-0000-4000-8000-000000000031","target":"127.0.0.1:81","weight":10,"upstream":{"id":"00000000-0000-4000-8000-000000000021"}}`
	target2  = `targets {"id":"00000000-0000-4000-8000-000000000032","target":"127.0.0.2:82","weight":30,"upstream":{"id":"00000000-0000-4000-8000-000000000021"}}`
	target3  = `targets {"id":"00000000-0000-4000-8000-000000000033","target":"127.0.0.3:83","weight":0,"upstream":{"id":"00000000-0000-4000-8000-000000000021"}}`
)

// What a worker knows at its start is the last good state.
func TestForward(t *testing.T) {
	g := engine().With(documents(t, service1, service2, route1, route2, route3, route4, group, target1, target2, target3)).Serve(t, gatewayConf)
	for _, c := range []struct{ uri, host, status, body string }{
		{"/one/a%20b?x=1", "", "200", "/base/a%20b?x=1 host=one.test:8080 tls=false group=one.test peers= tries=4 X-Forwarded-For: unix:|X-Forwarded-Proto: http|X-Forwarded-Host: h.test|X-Forwarded-Port: 0|X-Forwarded-Path: /one/a%20b|X-Forwarded-Prefix: /one|X-Real-IP: unix:|"},
		{"/any", "two.test:81", "200", "/any host=two.test:81 tls=true group=group peers=127.0.0.1:81*10,127.0.0.2:82*30 tries=6 X-Forwarded-For: unix:|X-Forwarded-Proto: http|X-Forwarded-Host: two.test|X-Forwarded-Port: 0|X-Forwarded-Path: /any|X-Real-IP: unix:|"},
		{"/lonely", "", "503", `{"message":"no Service found with those values"}`},
		{"/nowhere", "", "404", `{"message":"no Route matched with those values"}`},
		{"/safe", "", "426", `{"message":"Please use HTTPS protocol"}`},
	} {
		host := c.host
		if host == "" {
			host = "h.test"
		}
		got := g.Send("GET " + c.uri + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
		if httpdtest.Status(got) != c.status || httpdtest.Body(got) != c.body {
			t.Errorf("%s %s: %q\n%s", c.uri, c.host, got, g.Log())
		}
	}
}
