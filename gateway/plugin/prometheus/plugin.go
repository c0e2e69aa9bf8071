// Package prometheus is the plugin prometheus: it counts requests for GET /metrics, in
// memory that all workers share (package meter).
package prometheus

import (
	"time"

	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/meter"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is prometheus.
var Plugin = plugin.Plugin{
	Name:     "prometheus",
	Observes: true,
	Doc:      "Counts requests for /metrics.",
	Config: schema.Shape{Fields: []schema.Field{
		flag("per_consumer", "Whether requests and bytes are counted for each consumer."),
		flag("status_code_metrics", "Whether requests are counted by status (kong_http_requests_total)."),
		flag("latency_metrics", "Whether times are counted (kong_request_latency_ms, kong_upstream_latency_ms, kong_kong_latency_ms)."),
		flag("bandwidth_metrics", "Whether bytes are counted (kong_bandwidth_bytes)."),
		flag("upstream_health_metrics", "Whether the health of all targets is told (kong_upstream_target_health)."),
		flag("ai_metrics", "Taken for Kong's sake; there are no such plugins here."),
		flag("wasm_metrics", "Taken for Kong's sake; there are no such plugins here."),
	}},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{table: e.Meter}
		return i, c.Decode(i)
	},
}

func flag(name, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Boolean, Default: false, Doc: doc}
}

type instance struct {
	PerConsumer bool `json:"per_consumer"`
	Codes       bool `json:"status_code_metrics"`
	Latency     bool `json:"latency_metrics"`
	Bandwidth   bool `json:"bandwidth_metrics"`

	table *meter.Table
}

// Log implements plugin.Log.
func (i *instance) Log(x *plugin.Context) {
	if x.Route == nil || !i.Codes && !i.Latency && !i.Bandwidth {
		return
	}
	k := meter.Key{Kind: meter.OfRoute, IDs: [3]string{x.Route.ID}}
	if x.Service != nil {
		k.IDs[1] = x.Service.ID
	}
	there, service := upstream(x)
	if i.Latency {
		if b := x.Series.In(i.table, k); b != nil {
			b.Show(meter.Latency)
			total := x.R.TimeSpent()
			b.Total.Add(meter.UpstreamBounds, total)
			b.Kong.Add(meter.KongBounds, total-there.all)
			if service {
				b.Upstream.Add(meter.UpstreamBounds, there.header)
			}
		}
	}
	if !i.Codes && !i.Bandwidth {
		return
	}
	var b *meter.Block
	if c := x.Consumer; i.PerConsumer && c != nil {
		k.IDs[2] = c.ID
		b = x.Series.For(i.table, c, k)
	} else {
		b = x.Series.In(i.table, k)
	}
	if b == nil {
		return
	}
	if i.Codes {
		b.Show(meter.Codes)
		b.Code(x.R.LoggedStatus(), service)
	}
	if i.Bandwidth {
		b.Show(meter.Bandwidth)
		b.In.Add(uint64(max(0, x.R.Received)))
		b.Out.Add(uint64(max(0, x.R.Sent)))
	}
}

// spent is how long services had the request: until the last one's header was there, and
// all in all.
type spent struct{ header, all time.Duration }

// upstream tells whether a service has answered, and how long services took.
func upstream(x *plugin.Context) (t spent, answered bool) {
	u := upstreamhttp.Of(x.R)
	if u == nil || len(u.States) == 0 {
		return t, false
	}
	for i := range u.States {
		t.all += max(u.States[i].ResponseTime, 0)
	}
	last := &u.States[len(u.States)-1]
	t.header = max(last.HeaderTime, 0)
	return t, last.HeaderTime >= 0
}
