package admin

import (
	"cmp"
	"slices"
	"strings"

	"moongate/gateway/entity"
)

// Topology is how entities hang together, for a picture of it.
type Topology struct {
	Hosts     []TopologyHost     `json:"hosts"`
	Routes    []TopologyRoute    `json:"routes"`
	Services  []TopologyService  `json:"services"`
	Upstreams []TopologyUpstream `json:"upstreams"`
}

// TopologyHost is a host that clients ask for, "*" for any, with the ids of its routes.
type TopologyHost struct {
	Host   string   `json:"host"`
	Routes []string `json:"routes"`
}

// TopologyRoute is a route; Service is an id.
type TopologyRoute struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Hosts   []string `json:"hosts"`
	Paths   []string `json:"paths"`
	Methods []string `json:"methods"`
	Service *string  `json:"service"`
}

// TopologyService is a service. Upstream is the id of the one that its host is the name of.
type TopologyService struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Host     string `json:"host"`
	Upstream string `json:"upstream,omitempty"`
}

// TopologyUpstream is an upstream with its targets.
type TopologyUpstream struct {
	ID      string           `json:"id"`
	Name    string           `json:"name"`
	Targets []TopologyTarget `json:"targets"`
}

// TopologyTarget is one target. Health has Kong's words; one of weight 0 is drained.
type TopologyTarget struct {
	ID       string `json:"id"`
	Target   string `json:"target"`
	Weight   int    `json:"weight"`
	Health   string `json:"health"`
	Draining bool   `json:"draining"`
}

// topology is GET /topology.
func (c *call) topology() *reply {
	leave, free := enter(c.askers) // it reads all there is
	if !free {
		return busy()
	}
	defer leave()
	s := c.Desired.State()
	t := Topology{Hosts: []TopologyHost{}, Routes: []TopologyRoute{}, Services: []TopologyService{}, Upstreams: []TopologyUpstream{}}
	t.addRoutes(s)
	known := map[string]string{} // ids of upstreams by name, in lower case
	for d := range s.All("upstreams") {
		if e, err := entity.Decode[entity.Upstream](d); err == nil {
			known[strings.ToLower(e.Name)] = e.ID
			t.Upstreams = append(t.Upstreams, TopologyUpstream{ID: e.ID, Name: e.Name, Targets: c.topologyTargets(s, e.ID)})
		}
	}
	for d := range s.All("services") {
		if e, err := entity.Decode[entity.Service](d); err == nil {
			t.Services = append(t.Services, TopologyService{ID: e.ID, Name: cmp.Or(e.Name, e.Host), Host: e.Host, Upstream: known[strings.ToLower(e.Host)]})
		}
	}
	return ok(t)
}

func (t *Topology) addRoutes(s *entity.State) {
	hosts := map[string][]string{}
	for d := range s.All("routes") {
		e, err := entity.Decode[entity.Route](d)
		if err != nil {
			continue
		}
		r := TopologyRoute{ID: e.ID, Name: cmp.Or(e.Name, e.ID), Hosts: words(e.Hosts), Paths: words(e.Paths), Methods: words(e.Methods)}
		if e.Service != nil {
			r.Service = &e.Service.ID
		}
		t.Routes = append(t.Routes, r)
		if len(e.Hosts) == 0 {
			hosts["*"] = append(hosts["*"], e.ID)
		}
		for _, h := range e.Hosts {
			hosts[h] = append(hosts[h], e.ID)
		}
	}
	for h, routes := range hosts {
		t.Hosts = append(t.Hosts, TopologyHost{h, routes})
	}
	slices.SortFunc(t.Hosts, func(a, b TopologyHost) int { return cmp.Compare(a.Host, b.Host) })
}

// words is a list that is never null.
func words(list []string) []string { return append([]string{}, list...) }

func (c *call) topologyTargets(s *entity.State, upstream string) []TopologyTarget {
	list := []TopologyTarget{}
	var known map[string]TargetHealth
	if c.Health != nil {
		known = c.Health.Targets(upstream)
	}
	for d := range s.Children("targets", "upstream", upstream) {
		if e, err := entity.Decode[entity.Target](d); err == nil {
			list = append(list, TopologyTarget{ID: e.ID, Target: e.Target, Weight: e.Weight, Health: cmp.Or(known[e.ID].State, checksOff), Draining: e.Weight == 0})
		}
	}
	slices.SortFunc(list, func(a, b TopologyTarget) int { return cmp.Compare(a.Target, b.Target) })
	return list
}
