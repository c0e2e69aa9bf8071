package metrics

import (
	"strconv"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/lvs"
	"moongate/keepalived/status"
)

// family is one family of metrics, and how it is read off a T.
type family[T any] struct {
	name, kind, help string
	of               func(*T) float64
}

var ofServer = []family[status.Server]{
	{"keepalived_lvs_quorum", gauge, "Whether the virtual server has its quorum.", func(s *status.Server) float64 { return truth(s.Quorum) }},
	{"keepalived_lvs_sorry_server", gauge, "Whether the sorry server stands in.", func(s *status.Server) float64 { return truth(s.Sorry) }},
	{"keepalived_lvs_connections_total", counter, "Connections that the virtual server has taken.", func(s *status.Server) float64 { return float64(s.Connections) }},
	{"keepalived_lvs_active_connections", gauge, "Connections that are open.", func(s *status.Server) float64 { return float64(s.Active) }},
	{"keepalived_lvs_packets_in_total", counter, "Packets from clients.", func(s *status.Server) float64 { return float64(s.PacketsIn) }},
	{"keepalived_lvs_packets_out_total", counter, "Packets to clients, where they pass here.", func(s *status.Server) float64 { return float64(s.PacketsOut) }},
	{"keepalived_lvs_bytes_in_total", counter, "Bytes from clients.", func(s *status.Server) float64 { return float64(s.BytesIn) }},
	{"keepalived_lvs_bytes_out_total", counter, "Bytes to clients, where they pass here.", func(s *status.Server) float64 { return float64(s.BytesOut) }},
}

var ofReal = []family[status.Real]{
	{"keepalived_lvs_real_up", gauge, "Whether no checker of the real server has failed.", func(r *status.Real) float64 { return truth(r.Alive) }},
	{"keepalived_lvs_real_weight", gauge, "Weight of the real server, with what checkers add.", func(r *status.Real) float64 { return float64(r.Weight) }},
	{"keepalived_lvs_real_connections_total", counter, "Connections that went to the real server.", func(r *status.Real) float64 { return float64(r.Connections) }},
	{"keepalived_lvs_real_active_connections", gauge, "Connections to the real server that are open.", func(r *status.Real) float64 { return float64(r.Active) }},
	{"keepalived_lvs_real_inactive_connections", gauge, "Connections to the real server that are ending.", func(r *status.Real) float64 { return float64(r.Inactive) }},
	{"keepalived_lvs_real_bytes_in_total", counter, "Bytes to the real server.", func(r *status.Real) float64 { return float64(r.BytesIn) }},
	{"keepalived_lvs_real_bytes_out_total", counter, "Bytes from the real server, where they pass here.", func(r *status.Real) float64 { return float64(r.BytesOut) }},
}

var ofCheck = []family[status.Check]{
	{"keepalived_checker_up", gauge, "Whether the checker is content with its real server.", func(c *status.Check) float64 { return truth(c.Up) }},
	{"keepalived_checker_ran", gauge, "Whether the checker has had a result.", func(c *status.Check) float64 { return truth(c.Ran) }},
	{"keepalived_checker_last_attempt_timestamp_seconds", gauge, "When the checker has last tried; 0 before that.", func(c *status.Check) float64 { return seconds(c.At) }},
}

func seconds(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func serversText(t *text, s *status.Status) {
	if s.Plane != "" {
		t.family("keepalived_lvs_plane", gauge, "The data plane that carries the virtual servers.")
		t.value(labels{"plane", s.Plane}, 1)
	}
	if len(s.Servers) == 0 {
		return
	}
	for _, f := range ofServer {
		t.family(f.name, f.kind, f.help)
		for i := range s.Servers {
			t.value(labels{"service", lvs.Name(s.Servers[i].Config)}, f.of(&s.Servers[i]))
		}
	}
	for _, f := range ofReal {
		t.family(f.name, f.kind, f.help)
		eachReal(s, func(v *config.Server, r *status.Real) {
			t.value(labels{"service", lvs.Name(v), "real", lvs.RealName(v, r.Config)}, f.of(r))
		})
	}
	for _, f := range ofCheck {
		t.family(f.name, f.kind, f.help)
		eachReal(s, func(v *config.Server, r *status.Real) {
			for i := range r.Checkers {
				c := &r.Checkers[i]
				t.value(labels{"service", lvs.Name(v), "real", lvs.RealName(v, r.Config), "checker", c.Config.Kind, "index", strconv.Itoa(i)}, f.of(c))
			}
		})
	}
}

func eachReal(s *status.Status, f func(*config.Server, *status.Real)) {
	for i := range s.Servers {
		v := &s.Servers[i]
		for j := range v.Reals {
			f(v.Config, &v.Reals[j])
		}
	}
}

// The JSON of virtual servers. Times are RFC 3339.
type jsonServers struct {
	Plane   string       `json:"plane"`
	Servers []jsonServer `json:"virtual_servers"`
}

type jsonServer struct {
	Name       string     `json:"name"`
	Scheduler  string     `json:"scheduler"`
	Quorum     bool       `json:"quorum"`
	Needed     int        `json:"quorum_needed"`
	Hysteresis int        `json:"hysteresis"`
	Weight     int        `json:"weight_alive"`
	Sorry      *jsonSorry `json:"sorry_server,omitempty"`
	traffic
	Reals []jsonReal `json:"real_servers"`
}

type traffic struct {
	Connections uint64 `json:"connections"`
	Active      uint64 `json:"active"`
	Inactive    uint64 `json:"inactive,omitempty"`
	PacketsIn   uint64 `json:"packets_in,omitempty"`
	PacketsOut  uint64 `json:"packets_out,omitempty"`
	BytesIn     uint64 `json:"bytes_in"`
	BytesOut    uint64 `json:"bytes_out"`
}

type jsonSorry struct {
	Name string `json:"name"`
	In   bool   `json:"stands_in"`
}

type jsonReal struct {
	Name    string `json:"name"`
	Forward string `json:"forward"`
	Alive   bool   `json:"alive"`
	Set     bool   `json:"in_pool"`
	Weight  int    `json:"weight"`
	Initial int    `json:"weight_configured"`
	traffic
	Checkers []jsonCheck `json:"checkers"`
}

type jsonCheck struct {
	Kind    string     `json:"kind"`
	Up      bool       `json:"up"`
	Ran     bool       `json:"ran"`
	Retries int        `json:"retries"`
	At      *time.Time `json:"last_attempt,omitempty"`
	Text    string     `json:"last_failure,omitempty"`
}

func serversJSON(s *status.Status) jsonServers {
	out := jsonServers{Plane: s.Plane, Servers: []jsonServer{}}
	for i := range s.Servers {
		v := &s.Servers[i]
		one := jsonServer{
			Name: lvs.Name(v.Config), Scheduler: v.Config.Scheduler, Quorum: v.Quorum, Needed: v.Config.Quorum, Hysteresis: v.Config.Hysteresis,
			traffic: traffic{Connections: v.Connections, Active: v.Active, PacketsIn: v.PacketsIn, PacketsOut: v.PacketsOut, BytesIn: v.BytesIn, BytesOut: v.BytesOut},
			Reals:   []jsonReal{},
		}
		if sorry := v.Config.Sorry; sorry != nil {
			one.Sorry = &jsonSorry{lvs.RealName(v.Config, sorry), v.Sorry}
		}
		for j := range v.Reals {
			r := &v.Reals[j]
			if r.Alive {
				one.Weight += r.Weight
			}
			one.Reals = append(one.Reals, jsonOf(v.Config, r))
		}
		out.Servers = append(out.Servers, one)
	}
	return out
}

func jsonOf(v *config.Server, r *status.Real) jsonReal {
	out := jsonReal{
		Name: lvs.RealName(v, r.Config), Forward: r.Config.Forward.Method, Alive: r.Alive, Set: r.Set, Weight: r.Weight, Initial: r.Config.Weight,
		traffic:  traffic{Connections: r.Connections, Active: r.Active, Inactive: r.Inactive, BytesIn: r.BytesIn, BytesOut: r.BytesOut},
		Checkers: []jsonCheck{},
	}
	for i := range r.Checkers {
		c := &r.Checkers[i]
		one := jsonCheck{Kind: c.Config.Kind, Up: c.Up, Ran: c.Ran, Retries: c.Retry, Text: c.Text}
		if !c.At.IsZero() {
			one.At = &c.At
		}
		out.Checkers = append(out.Checkers, one)
	}
	return out
}
