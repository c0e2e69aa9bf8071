package admin

import (
	"cmp"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// What is no entity is a revision too, and is left alone by a dry run.
func TestActs(t *testing.T) {
	w := newWorld(t)
	w.h.Health, w.h.Caches = deeds{}, deeds{}
	w.must(201, "POST", "/upstreams", `{"name":"u"}`)
	w.must(201, "POST", "/upstreams/u/targets", `{"target":"10.0.0.1:80"}`)
	plugin := w.must(201, "POST", "/plugins", `{"name":"rate-limiting","config":{"minute":1}}`)["id"].(string)
	target := w.must(200, "GET", "/upstreams/u/targets/10.0.0.1:80", "")["id"].(string)
	for _, c := range []struct {
		method, path string
		status       int
		acts         string
	}{
		{"PUT", "/upstreams/u/targets/10.0.0.1:80/unhealthy", 204, `[{"id":"TARGET","kind":"targets","name":"unhealthy"}]`},
		{"POST", "/upstreams/u/targets/10.0.0.1:80/healthy", 204, `[{"id":"TARGET","kind":"targets","name":"healthy"}]`},
		{"PUT", "/upstreams/u/targets/" + target + "/10.0.0.1:80/healthy", 204, `[{"id":"TARGET","kind":"targets","name":"healthy","of":"10.0.0.1:80"}]`},
		{"PUT", "/upstreams/u/targets/10.0.0.1:80/9.9.9.9:1/healthy", 404, ""},
		{"PUT", "/upstreams/u/targets/10.0.0.1:80/bad/healthy", 400, ""},
		{"DELETE", "/proxy-cache", 204, `[{"kind":"plugins","name":"purge"}]`},
		{"DELETE", "/plugins/" + plugin + "/caches/kept", 204, `[{"id":"PLUGIN","kind":"plugins","name":"purge","of":"kept"}]`},
		{"DELETE", "/plugins/" + plugin + "/caches/other", 404, ""},
		{"DELETE", "/plugins/nobody/caches/kept", 404, ""},
		{"DELETE", "/plugins/" + plugin + "/caches", 204, `[{"id":"PLUGIN","kind":"plugins","name":"purge"}]`},
		{"DELETE", "/plugins/nobody/caches", 404, ""},
	} {
		_, before := w.d.Now()
		dry := w.must(cmp.Or(map[int]int{204: 200}[c.status], c.status), c.method, c.path+"?dry_run=1", "")
		if _, at := w.d.Now(); at != before {
			t.Fatalf("%s %s: a dry run was kept", c.method, c.path)
		}
		w.must(c.status, c.method, c.path, "", "X-Reason", "because")
		last := w.must(200, "GET", "/audit?size=1", "")["data"].([]any)[0].(map[string]any)
		if c.acts == "" {
			if last["revision"] != float64(before) {
				t.Errorf("%s %s: what was refused was kept: %v", c.method, c.path, last)
			}
			continue
		}
		acts, _ := json.Marshal(last["acts"])
		dryActs, _ := json.Marshal(dry["acts"])
		want := strings.NewReplacer("TARGET", target, "PLUGIN", plugin).Replace(c.acts)
		if string(acts) != want || string(dryActs) != want || last["who"] != "the-admin" || last["why"] != "because" || last["from"] != "192.0.2.1" || last["time"] == nil || len(last["changes"].([]any)) != 0 {
			t.Errorf("%s %s: %v, want %s", c.method, c.path, last, want)
		}
	}
	// Another node may have what this one has not.
	w.h.Node.Shared = true
	w.must(204, "DELETE", "/plugins/"+plugin+"/caches/other", "")
	w.must(404, "DELETE", "/plugins/nobody/caches/kept", "")
	w.store.Down(errors.New("away"))
	w.must(503, "DELETE", "/proxy-cache", "")
}

// deeds is a data plane: one answer is kept, one target has one address.
type deeds struct{}

func (deeds) Targets(string) map[string]TargetHealth { return nil }
func (deeds) Check(_, _, address string) error {
	switch address {
	case "9.9.9.9:1":
		return ErrNoAddress
	case "bad":
		return errors.New("no")
	}
	return nil
}
func (deeds) Show(_, key string) any {
	if key == "kept" {
		return key
	}
	return nil
}

// targetsHealth is a data plane with one target.
type targetsHealth struct{}

func (targetsHealth) Check(_, _, _ string) error { return nil }
func (targetsHealth) Targets(string) map[string]TargetHealth {
	return map[string]TargetHealth{tid: {State: "HEALTHY", Addresses: []AddressHealth{{"1.2.3.4", 8000, "HEALTHY", 100}}}}
}

func TestHealth(t *testing.T) {
	w := newWorld(t)
	w.h.Health = targetsHealth{}
	w.must(200, "PUT", "/upstreams/"+uid, `{"name":"up","healthchecks":{"passive":{"unhealthy":{"tcp_failures":1}}}}`)
	w.must(200, "PUT", "/upstreams/up/targets/"+tid, `{"target":"1.2.3.4:8000"}`)
	one := w.must(200, "GET", "/upstreams/up/health", "")["data"].([]any)[0].(map[string]any)
	if one["health"] != "HEALTHY" || one["data"].(map[string]any)["weight"].(map[string]any)["available"] != 100.0 {
		t.Errorf("%v", one)
	}
	if all := w.must(200, "GET", "/upstreams/up/health?balancer_health=1", "")["data"].(map[string]any); all["health"] != "HEALTHY" {
		t.Errorf("%v", all)
	}
}
