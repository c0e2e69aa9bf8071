package gateway

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"moongate/core/cycle"
	"moongate/edge/sys/proc"
	"moongate/engine/zone"
	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
)

// gauges is what /metrics and /status read.
type gauges struct {
	node   admin.Node
	api    *admin.Handler
	engine *zone.Counters
	zones  []*zone.Zone // of which is told how full they are
	series series
	dict   *zone.Dict // what plugins share
}

func (g *gauges) open(cf *mainConf, w *cycle.Worker) (err error) {
	zones := zone.Of(w.Cycle)
	if g.engine, err = zone.CountersOf(zones); err != nil {
		return err
	}
	for _, z := range zones.All() {
		if z.Kind == zone.KindDict && z != cf.secrets && z.Segment() != nil {
			g.zones = append(g.zones, z)
		}
	}
	if g.dict, err = zone.OpenDict(cf.counts); err != nil {
		return err
	}
	g.series.table, err = meter.Open(cf.meter)
	return err
}

// counts is what the engine has counted.
func (o *office) counts() admin.Counts {
	t := o.gauges.engine.Sum()
	n := func(v int64) uint64 { return uint64(max(0, v)) }
	return admin.Counts{
		Active: n(t.Active), Accepted: n(t.Accepted), Handled: n(t.Handled), Requests: n(t.Requests), Workers: len(o.feed.Workers()),
		Reading: n(t.Reading), Waiting: n(t.Waiting), Writing: n(t.Active - t.Waiting - t.Reading),
	}
}

// metrics writes all there is. Names that begin with kong_ are those that Kong has, with
// its labels and meaning, so that dashboards and alerts made for Kong work; what Kong does
// not have begins with moongate_.
func (o *office) metrics(t *meter.Text) {
	o.aboutEngine(t)
	o.aboutGateway(t)
	o.aboutMemory(t)
	state := o.desired.State()
	o.aboutReleases(t, state)
	o.aboutTargets(t, state)
	o.aboutBreakers(t, state)
	o.aboutFirewall(t)
	o.gauges.series.write(t, state)
}

func gauge(t *meter.Text, name, help string, v float64, labels ...string) {
	t.Family(name, meter.Gauge, help)
	t.Value(meter.LabelsOf(labels...), v)
}

func (o *office) aboutEngine(t *meter.Text) {
	n, node := o.counts(), o.gauges.node.ID
	t.Family("kong_nginx_connections_total", meter.Gauge, "Connections by state; accepted, handled and total only grow.")
	for _, s := range []struct {
		state string
		n     uint64
	}{{"accepted", n.Accepted}, {"active", n.Active}, {"handled", n.Handled}, {"reading", n.Reading}, {"total", n.Requests}, {"waiting", n.Waiting}, {"writing", n.Writing}} {
		t.Value(meter.LabelsOf("node_id", node, "subsystem", "http", "state", s.state), float64(s.n))
	}
	gauge(t, "kong_nginx_requests_total", "Requests to all servers.", float64(n.Requests), "node_id", node, "subsystem", "http")
	t.Family("kong_nginx_metric_errors_total", meter.Counter, "How often there was no memory for a series.")
	t.Value(nil, float64(o.gauges.series.table.Missed()))
	gauge(t, "kong_node_info", "The node and its version.", 1, "node_id", node, "version", o.gauges.node.Version)
}

func (o *office) aboutGateway(t *meter.Text) {
	reachable := 1.0
	if o.desired.Err() != nil {
		reachable = 0
	}
	gauge(t, "kong_datastore_reachable", "Whether the store can be reached.", reachable)
	_, revision := o.desired.Now()
	by := o.applied.all()
	behind := 0
	for _, a := range by {
		if a.revision < revision {
			behind++
		}
	}
	gauge(t, "moongate_gateway_revision", "The revision of the desired state.", float64(revision))
	gauge(t, "moongate_gateway_workers", "Workers that follow the gateway process.", float64(len(by)))
	gauge(t, "moongate_gateway_workers_behind", "Those of them that serve by an older revision.", float64(behind))
	t.Family("moongate_gateway_worker_revision", meter.Gauge, "The revision that a worker serves by.")
	for _, a := range by {
		t.Value(meter.LabelsOf("pid", strconv.Itoa(a.pid)), float64(a.revision))
	}
}

// memory is how much the workers have, and share.
func (o *office) memory() (m admin.Memory) {
	for _, z := range o.gauges.zones {
		m.Shared = append(m.Shared, admin.SharedMemory{Name: z.Name, Used: z.InUse(), Size: z.Size})
	}
	for _, pid := range o.pids() {
		if n, ok := proc.Resident(pid); ok {
			m.Workers = append(m.Workers, admin.WorkerMemory{Pid: pid, Bytes: n})
		}
	}
	return m
}

func (o *office) aboutMemory(t *meter.Text) {
	node, m := o.gauges.node.ID, o.memory()
	dict := func(name string) meter.Labels {
		return meter.LabelsOf("node_id", node, "shared_dict", name, "kong_subsystem", "http")
	}
	t.Family("kong_memory_lua_shared_dict_bytes", meter.Gauge, "Bytes in use of memory that workers share.")
	for _, s := range m.Shared {
		t.Value(dict(s.Name), float64(s.Used))
	}
	t.Family("kong_memory_lua_shared_dict_total_bytes", meter.Gauge, "Bytes of it in all.")
	for _, s := range m.Shared {
		t.Value(dict(s.Name), float64(s.Size))
	}
	t.Family("kong_memory_workers_lua_vms_bytes", meter.Gauge, "Bytes that a worker has in memory, of which its Lua VM is a part.")
	for _, w := range m.Workers {
		t.Value(meter.LabelsOf("node_id", node, "pid", strconv.Itoa(w.Pid), "kong_subsystem", "http"), float64(w.Bytes))
	}
}

// aboutReleases tells where releases stand; requests of their variants are series.
func (o *office) aboutReleases(t *meter.Text, s *entity.State) {
	var list []*entity.Release
	for d := range s.All("releases") {
		if e, err := entity.Decode[entity.Release](d); err == nil {
			list = append(list, e)
		}
	}
	t.Family("moongate_release_percentage", meter.Gauge, "The share of a release's candidate, in per cent.")
	for _, e := range list {
		t.Value(meter.LabelsOf("release", cmp.Or(e.Name, e.ID)), e.Percentage)
	}
	t.Family("moongate_release_state", meter.Gauge, "1 for the state that a release is in.")
	for _, e := range list {
		for _, state := range []string{"running", "paused", "promoted", "aborted", "rolled_back"} {
			t.Value(meter.LabelsOf("release", cmp.Or(e.Name, e.ID), "state", state), is(e.State == state))
		}
	}
}

func is(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

// aboutTargets tells the health of targets, if a plugin's configuration asks for it.
func (o *office) aboutTargets(t *meter.Text, s *entity.State) {
	if !o.gauges.series.wantsHealth(s) {
		return
	}
	t.Family("kong_upstream_target_health", meter.Gauge, "1 for the state that a target's address is in.")
	for up := range s.All("upstreams") {
		u, err := entity.Decode[entity.Upstream](up)
		if err != nil {
			continue
		}
		var known map[string]admin.TargetHealth
		if o.gauges.api != nil && o.gauges.api.Health != nil {
			known = o.gauges.api.Health.Targets(up.ID)
		}
		for d := range s.Children("targets", "upstream", up.ID) {
			e, err := entity.Decode[entity.Target](d)
			if err != nil {
				continue
			}
			h := known[d.ID]
			if len(h.Addresses) == 0 {
				h.Addresses = []admin.AddressHealth{{Health: cmp.Or(h.State, "HEALTHCHECKS_OFF")}}
			}
			for _, a := range h.Addresses {
				address := e.Target
				if a.IP != "" {
					address = fmt.Sprintf("%s:%d", a.IP, a.Port)
				}
				now := strings.ToLower(a.Health)
				for _, state := range []string{"healthchecks_off", "healthy", "unhealthy", "dns_error"} {
					t.Value(meter.LabelsOf("upstream", u.Name, "target", e.Target, "address", address, "state", state, "subsystem", "http"), is(now == state))
				}
			}
		}
	}
}

// application is which revision a worker serves by.
type application struct {
	pid      int
	revision uint64
}

// all is what workers have said, by their pids.
func (a *applications) all() (list []application) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for pid, t := range a.by {
		list = append(list, application{pid, t})
	}
	slices.SortFunc(list, func(x, y application) int { return x.pid - y.pid })
	return list
}
