package gateway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/live"
)

const (
	keyed  = `plugins {"name":"key-auth","route":{"id":"00000000-0000-4000-8000-000000000011"},"config":{"key_names":["X-My-Key","mine"]}}`
	jwted  = `plugins {"name":"jwt","enabled":false,"config":{"uri_param_names":["Bearer-Arg"],"header_names":["x-app"]}}`
	graded = `releases {"name":"v2","service":{"id":"00000000-0000-4000-8000-000000000001"},"candidate":{"version":"2"},"sticky":{"from":"header","name":"X-Device"},"match":{"headers":{"X-Beta":["1"],"X-My-Key":["a"]}}}`
	routed = `routes {"id":"00000000-0000-4000-8000-000000000019","name":"r9","paths":["/nine"],"headers":{"X-App":["a"],"X-Tenant":["b"]}}`
)

// What may be seen is what everybody knows and what is decided by; a name that a credential
// has is never among it.
func TestNamesOf(t *testing.T) {
	n := namesOf(stateOf(t, service1, route1, routed, keyed, jwted, graded))
	for _, name := range []string{"x-tenant", "x-beta", "x-device", "user-agent"} {
		if !slices.Contains(n.Headers, name) {
			t.Errorf("%s is not shown: %v", name, n.Headers)
		}
	}
	for _, name := range []string{"x-my-key", "mine", "bearer-arg", "x-app", "authorization", "cookie", "apikey"} {
		if slices.Contains(n.Headers, name) || !slices.Contains(n.Secret, name) {
			t.Errorf("%s is shown: %v, %v", name, n.Headers, n.Secret)
		}
	}
}

// Requests are noted once somebody has asked and names are told, without what is secret.
func TestNote(t *testing.T) {
	g := engine().With(documents(t, service1, route1, keyed, graded)).Serve(t, `gateway { store bolt:data/gateway.db; admin off; }
		server { listen SOCK; location / { gateway_pass; } location /plain { } }`)
	ring, err := live.OpenRing(peeked.Load().ring)
	if err != nil {
		t.Fatal(err)
	}
	send := func(uri string, headers ...string) {
		t.Helper()
		headers = append(headers, "Connection: close")
		g.Send("GET " + uri + " HTTP/1.1\r\nHost: h.test\r\n" + strings.Join(headers, "\r\n") + "\r\n\r\n")
	}
	read := func() (list []*live.Entry) {
		ring.Last(func(e *live.Entry) bool { list = append(list, e); return true })
		return list
	}
	send("/plain")
	ring.Want(event.Now())
	send("/plain")
	if list := read(); list != nil {
		t.Fatalf("noted too early: %+v", list[0])
	}
	ring.Tell(namesOf(stateOf(t, service1, route1, keyed, graded)))
	send("/plain?a=b", "X-Other: x")
	send("http://h.test/one/a?mine=hush&q=1&access_token=hush", "Authorization: Bearer hush", "Cookie: s=hush", "x-my-key: hush", "apikey: hush", "X-Beta: 1", "User-Agent: me", "X-Custom: hush")
	list := read()
	if len(list) != 2 {
		t.Fatalf("%d requests", len(list))
	}
	if text := fmt.Sprintf("%+v", *list[0]); strings.Contains(text, "hush") {
		t.Error(text)
	}
	e := list[0]
	if e.Texts[live.TextPath] != "/one/a?mine=***&q=1&access_token=***" || e.Status != 401 || e.Who != live.Gateway || e.Texts[live.TextRoute] != "r1" || e.Texts[live.TextService] != "one" || len(e.Texts[live.TextID]) != 32 {
		t.Errorf("%+v", e)
	}
	want := []live.Header{{Name: "Host", Value: "h.test"}, {Name: "Authorization", Value: "***"}, {Name: "Cookie", Value: "***"}, {Name: "x-my-key", Value: "***"}, {Name: "apikey", Value: "***"}, {Name: "X-Beta", Value: "1"}, {Name: "User-Agent", Value: "me"}}
	if !slices.Equal(e.Headers, want) {
		t.Errorf("%v", e.Headers)
	}
	if e = list[1]; e.Texts[live.TextPath] != "/plain?a=b" || e.Texts[live.TextRoute] != "" || e.Who != live.Client || e.Status != 404 || e.Sent == 0 || len(e.Headers) != 1 {
		t.Errorf("%+v", e)
	}
	ring.Want(event.Now().Add(-time.Hour))
	send("/plain")
	if n := len(read()); n != 2 {
		t.Errorf("%d are noted though nobody wants them", n)
	}
}
