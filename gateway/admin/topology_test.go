package admin

import (
	"encoding/json"
	"reflect"
	"testing"
)

// sick says that all targets are unhealthy.
type sick struct{ *world }

func (s sick) Targets(upstream string) map[string]TargetHealth {
	out := map[string]TargetHealth{}
	for d := range s.d.State().Children("targets", "upstream", upstream) {
		out[d.ID] = TargetHealth{State: "UNHEALTHY"}
	}
	return out
}

func (s sick) Check(string, string, string) error { return nil }

func TestTopology(t *testing.T) {
	w := newWorld(t)
	read := func() (top Topology) {
		t.Helper()
		rec := w.send(Viewer, "GET", "/topology", "")
		if err := json.Unmarshal(rec.Body.Bytes(), &top); err != nil || rec.Code != 200 {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
		return top
	}
	if top := read(); top.Hosts == nil || top.Routes == nil || top.Services == nil || top.Upstreams == nil {
		t.Errorf("%+v", top)
	}
	w.must(201, "POST", "/upstreams", `{"name":"Pool"}`)
	w.must(201, "POST", "/upstreams/Pool/targets", `{"target":"10.0.0.2:80"}`)
	w.must(201, "POST", "/upstreams/Pool/targets", `{"target":"10.0.0.1:80","weight":0}`)
	w.must(201, "POST", "/services", `{"name":"shop","host":"pool"}`)
	w.must(201, "POST", "/services", `{"host":"other.test"}`)
	w.must(201, "POST", "/services/shop/routes", `{"name":"a","paths":["/a"],"hosts":["x.test","y.test"],"methods":["GET"]}`)
	w.must(201, "POST", "/routes", `{"name":"b","paths":["/b"]}`)
	w.must(201, "POST", "/routes", `{"name":"c","hosts":["x.test"]}`)
	top := read()
	routes := map[string]TopologyRoute{}
	for _, r := range top.Routes {
		routes[r.Name] = r
	}
	hosts := map[string]int{}
	for _, h := range top.Hosts {
		hosts[h.Host] = len(h.Routes)
	}
	if want := map[string]int{"*": 1, "x.test": 2, "y.test": 1}; !reflect.DeepEqual(hosts, want) || top.Hosts[0].Routes[0] != routes["b"].ID {
		t.Errorf("%+v", top.Hosts)
	}
	up := top.Upstreams[0]
	for _, s := range top.Services {
		if shop := s.Name == "shop"; shop != (s.Upstream == up.ID) || shop != (routes["a"].Service != nil && *routes["a"].Service == s.ID) {
			t.Errorf("%+v", s)
		}
	}
	if len(up.Targets) != 2 || up.Targets[0].Target != "10.0.0.1:80" || !up.Targets[0].Draining || up.Targets[1].Draining || up.Targets[1].Health != checksOff || up.Targets[1].Weight != 100 {
		t.Errorf("%+v", up)
	}
	w.h.Health = sick{w}
	if top = read(); top.Upstreams[0].Targets[0].Health != "UNHEALTHY" {
		t.Errorf("%+v", top.Upstreams)
	}
	for range maxAskers {
		w.h.askers <- struct{}{}
	}
	w.must(503, "GET", "/topology", "")
}
