package gateway

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/meter"
	"moongate/gateway/plugin/prometheus"
)

// series are the counts of routes, consumers and releases, with the names that their ids
// stand for.
type series struct {
	table *meter.Table

	mu     sync.Mutex
	known  map[*meter.Block]*named
	gone   map[*meter.Block]time.Time // since when nobody has what they count
	state  *entity.State              // that health is of
	health bool
}

// named is a block with its labels, as of the documents that these come from.
type named struct {
	block  *meter.Block
	tag    uint64
	docs   [3]*entity.Document
	labels meter.Labels // of histograms
	who    meter.Labels // the consumer's
}

// kinds are what the ids of a block name.
var kinds = map[meter.Kind][3]string{
	meter.OfRoute:   {"routes", "services", "consumers"},
	meter.OfRelease: {"releases"},
	meter.OfClass:   {"client_classes"},
	meter.OfCache:   {"plugins"},
}

// about gives the documents that a block is about, false if there are none any more.
func about(b *meter.Block, s *entity.State) (docs [3]*entity.Document, ok bool) {
	key := b.Key()
	for i, id := range key.IDs {
		kind := kinds[key.Kind][i]
		if id == "" || id == meter.Other || kind == "" {
			continue
		}
		if docs[i] = s.Get(kind, id); docs[i] == nil {
			return docs, false
		}
	}
	return docs, true
}

// list is the series that there are names for, of one kind.
func (l *series) list(s *entity.State) map[meter.Kind][]*named {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known == nil {
		l.known = map[*meter.Block]*named{}
	}
	out := map[meter.Kind][]*named{}
	l.table.Each(func(b *meter.Block) {
		docs, ok := about(b, s)
		if kind := b.Key().Kind; !ok || kind == meter.OfBreaker || kind == meter.OfFirewall || kind == meter.OfCache { // those have names of their own
			return
		}
		n := l.known[b]
		if n == nil || n.tag != b.Tag() || n.docs != docs {
			n = &named{block: b, tag: b.Tag(), docs: docs}
			n.name()
			l.known[b] = n
		}
		kind := b.Key().Kind
		out[kind] = append(out[kind], n)
	})
	return out
}

// name makes the labels. What has no name is called by its id, or host, as Kong does.
func (n *named) name() {
	key := n.block.Key()
	var text [3]string
	for i, id := range key.IDs {
		if id == meter.Other {
			text[i] = id
		}
	}
	if key.Kind == meter.OfPlugin {
		n.labels = meter.LabelsOf("plugin", key.IDs[0])
		return
	}
	if key.Kind == meter.OfRelease {
		if e, err := entity.Decode[entity.Release](n.docs[0]); err == nil {
			text[0] = cmp.Or(e.Name, e.ID)
		}
		n.labels = meter.LabelsOf("release", text[0], "variant", key.IDs[1])
		return
	}
	if key.Kind == meter.OfClass {
		if d := n.docs[0]; d != nil {
			if e, err := entity.Decode[entity.ClientClass](d); err == nil {
				text[0] = e.Name
			}
		}
		n.labels = meter.LabelsOf("class", text[0])
		return
	}
	if d := n.docs[0]; d != nil {
		if e, err := entity.Decode[entity.Route](d); err == nil {
			text[0] = cmp.Or(e.Name, e.ID)
		}
	}
	if d := n.docs[1]; d != nil {
		if e, err := entity.Decode[entity.Service](d); err == nil {
			text[1] = cmp.Or(e.Name, e.Host)
		}
	}
	if d := n.docs[2]; d != nil {
		if e, err := entity.Decode[entity.Consumer](d); err == nil {
			text[2] = cmp.Or(e.Username, e.ID) // both unique, unlike a mixture with custom_id
		}
	}
	n.labels = meter.LabelsOf("service", text[1], "route", text[0], "workspace", "default")
	n.who = meter.LabelsOf("consumer", text[2])
}

// write writes all series.
func (l *series) write(t *meter.Text, s *entity.State) {
	all := l.list(s)
	routes, releases, plugins := all[meter.OfRoute], all[meter.OfRelease], all[meter.OfPlugin]
	t.Family("kong_http_requests_total", meter.Counter, "Requests by status, and by who has answered: the service, or kong for the gateway itself.")
	var b meter.Labels
	for _, n := range routes {
		if n.block.Shows(meter.Codes) {
			n.block.EachCode(func(status int, service bool, count uint64) {
				b = n.coded(b, status, service)
				t.Value(b, float64(count))
			})
		}
	}
	t.Family("kong_bandwidth_bytes", meter.Total, "Bytes from and to clients.")
	for _, n := range routes {
		if n.block.Shows(meter.Bandwidth) {
			b = append(append(append(b[:0], n.labels...), ','), n.who...)
			at := len(b)
			t.Value(b.Add("direction", "ingress"), float64(n.block.In.Load()))
			t.Value(b[:at].Add("direction", "egress"), float64(n.block.Out.Load()))
		}
	}
	for _, h := range []struct {
		name, help string
		scale      *meter.Scale
		of         func(*meter.Block) *meter.Histogram
	}{
		{"kong_kong_latency_ms", "Milliseconds that the gateway and its plugins took.", meter.KongScale, func(b *meter.Block) *meter.Histogram { return &b.Kong }},
		{"kong_upstream_latency_ms", "Milliseconds until the service answered.", meter.UpstreamScale, func(b *meter.Block) *meter.Histogram { return &b.Upstream }},
		{"kong_request_latency_ms", "Milliseconds that requests took.", meter.UpstreamScale, func(b *meter.Block) *meter.Histogram { return &b.Total }},
	} {
		t.Family(h.name, meter.Histo, h.help)
		for _, n := range routes {
			if n.block.Shows(meter.Latency) {
				t.Histogram(n.labels, h.scale, h.of(n.block))
			}
		}
	}
	t.Family("moongate_plugin_answers_total", meter.Counter, "Requests that a plugin answered in the service's place, by status.")
	for _, n := range plugins {
		n.block.EachCode(func(status int, _ bool, count uint64) {
			b = append(b[:0], n.labels...).Add("code", code(status))
			t.Value(b, float64(count))
		})
	}
	t.Family("moongate_log_records_lost_total", meter.Counter, "Log records that were dropped.")
	for _, n := range plugins {
		if lost := n.block.Lost.Load(); lost > 0 {
			t.Value(n.labels, float64(lost))
		}
	}
	t.Family("moongate_release_requests_total", meter.Counter, "Requests by release, variant and status.")
	for _, n := range releases {
		n.block.EachCode(func(status int, _ bool, count uint64) {
			b = append(b[:0], n.labels...).Add("code", code(status))
			t.Value(b, float64(count))
		})
	}
	t.Family("moongate_release_latency_ms", meter.Histo, "Milliseconds that requests of a variant took.")
	for _, n := range releases {
		t.Histogram(n.labels, meter.UpstreamScale, &n.block.Total)
	}
	writeClasses(t, all[meter.OfClass])
}

// writeClasses writes the requests of classes of clients: as many series as there are
// classes, and one for all others.
func writeClasses(t *meter.Text, classes []*named) {
	var b meter.Labels
	t.Family("moongate_client_class_requests_total", meter.Counter, "Requests by class of client and status; no class is \"\".")
	for _, n := range classes {
		n.block.EachCode(func(status int, _ bool, count uint64) {
			b = append(b[:0], n.labels...).Add("code", code(status))
			t.Value(b, float64(count))
		})
	}
	t.Family("moongate_client_class_latency_ms", meter.Histo, "Milliseconds that requests of a class took.")
	for _, n := range classes {
		t.Histogram(n.labels, meter.UpstreamScale, &n.block.Total)
	}
}

// coded is the labels of requests with a status.
func (n *named) coded(b meter.Labels, status int, service bool) meter.Labels {
	source := "kong"
	if service {
		source = "service"
	}
	b = append(append(append(b[:0], n.labels...), ','), n.who...)
	return b.Add("code", code(status)).Add("source", source)
}

func code(status int) string {
	if status == 0 {
		return meter.Other
	}
	return strconv.Itoa(status)
}

// wantsHealth tells whether some configuration of the plugin asks for the health of
// targets. It looks again only when the state is another one.
func (l *series) wantsHealth(s *entity.State) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state == s {
		return l.health
	}
	l.state, l.health = s, false
	for d := range s.All("plugins") {
		if !bytes.Contains(d.Raw, []byte("upstream_health_metrics")) {
			continue // decoding thousands of plugins takes long
		}
		var c struct {
			Wanted bool `json:"upstream_health_metrics"`
		}
		e, err := entity.Decode[entity.Plugin](d)
		if err == nil && e.Enabled && e.Name == prometheus.Plugin.Name && json.Unmarshal(e.Config, &c) == nil && c.Wanted {
			l.health = true
			return true
		}
	}
	return l.health
}

const (
	sweepEvery = 10 * time.Second
	// sweepAfter is for requests of a route that is deleted while they are under way.
	sweepAfter = time.Minute
)

// sweep gives up series of routes, consumers and releases that are no more.
func (o *office) sweep(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if s, revision := o.desired.Now(); revision > 0 {
				o.gauges.series.sweep(s, o.breakers(s), now)
			}
		}
	}
}

func (l *series) sweep(s *entity.State, breakers *breakers, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	gone := map[*meter.Block]time.Time{}
	l.table.Each(func(b *meter.Block) {
		tag := b.Tag()
		if key := b.Key(); key.Kind == meter.OfBreaker {
			if _, _, _, ok := breakers.about(key); ok {
				return
			}
		} else if _, ok := about(b, s); ok {
			return
		}
		since, ok := l.gone[b]
		if !ok {
			since = now
		}
		if now.Sub(since) < sweepAfter {
			gone[b] = since
			return
		}
		l.table.Drop(b, tag)
		delete(l.known, b)
	})
	l.gone = gone
}
