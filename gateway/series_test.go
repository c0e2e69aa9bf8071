package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
)

// stateOf makes a state of documents, each "kind {json}".
func stateOf(t testing.TB, docs ...string) *entity.State {
	t.Helper()
	var m stateMessage
	if err := json.Unmarshal([]byte(documents(t, docs...)["data/gateway.state"]), &m); err != nil {
		t.Fatal(err)
	}
	s, err := m.state(entity.NewModel(Outside(Registry())))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newSeries is a table as the gateway process has it.
func newSeries(t testing.TB) *series {
	t.Helper()
	zones := zone.New()
	z, err := zones.Declare("gateway metrics", meter.ZoneSize, meter.KindMeter)
	if err != nil {
		t.Fatal(err)
	}
	if err := zones.Bind(nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(zones.Close)
	table, err := meter.Open(z)
	if err != nil {
		t.Fatal(err)
	}
	return &series{table: table}
}

const (
	rid = "00000000-0000-4000-8000-000000000011"
	sid = "00000000-0000-4000-8000-000000000001"
	cid = "00000000-0000-4000-8000-0000000000a1"
	xid = "00000000-0000-4000-8000-0000000000d1"

	consumer1 = `consumers {"id":"` + cid + `","username":"al\"ice\\"}`
	release1  = `releases {"id":"` + xid + `","name":"v2","service":{"id":"` + sid + `"},"candidate":{"version":"2"}}`
)

func count(l *series, k meter.Key) *meter.Block {
	var s meter.Series
	b := s.In(l.table, k)
	if b.Show(meter.Codes | meter.Bandwidth); k.IDs[2] == "" {
		b.Show(meter.Latency) // never for a consumer
	}
	return b
}

func written(l *series, s *entity.State, format string) string {
	var out bytes.Buffer
	t := meter.NewText(&out, format)
	l.write(t, s)
	t.End()
	return out.String()
}

// What is written is read by Prometheus' own parser.
func TestSeriesText(t *testing.T) {
	l, s := newSeries(t), stateOf(t, service1, route1, consumer1, release1)
	b := count(l, meter.Key{Kind: meter.OfRoute, IDs: [3]string{rid, sid, ""}})
	b.Code(200, true)
	b.Code(200, true)
	b.Code(429, false)
	b.In.Add(100)
	b.Out.Add(3000)
	b.Total.Add(meter.UpstreamBounds, 30*time.Millisecond)
	b.Total.Add(meter.UpstreamBounds, 70*time.Second)
	b.Kong.Add(meter.KongBounds, 1500*time.Microsecond)
	who := count(l, meter.Key{Kind: meter.OfRoute, IDs: [3]string{rid, sid, cid}})
	who.Code(201, true)
	v := count(l, meter.Key{Kind: meter.OfRelease, IDs: [3]string{xid, "candidate"}})
	v.Code(500, false)
	v.Total.Add(meter.UpstreamBounds, time.Millisecond)
	count(l, meter.Key{Kind: meter.OfRoute, IDs: [3]string{"00000000-0000-4000-8000-00000000dead", sid, ""}}).Code(200, true)

	text := written(l, s, meter.TextType)
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	get := func(family string, labels ...string) string {
		var found []string
		for _, m := range families[family].GetMetric() {
			have := map[string]string{}
			for _, l := range m.GetLabel() {
				have[l.GetName()] = l.GetValue()
			}
			fits := true
			for i := 0; i < len(labels); i += 2 {
				fits = fits && have[labels[i]] == labels[i+1]
			}
			if !fits {
				continue
			}
			if h := m.GetHistogram(); h != nil {
				found = append(found, fmt.Sprint(h.GetSampleCount(), " ", h.GetSampleSum(), " ", h.GetBucket()[0].GetCumulativeCount(), " ", h.GetBucket()[1].GetCumulativeCount(), " ", len(h.GetBucket())))
			} else {
				found = append(found, fmt.Sprint(m.GetCounter().GetValue()))
			}
		}
		return strings.Join(found, "|")
	}
	for _, c := range []struct {
		family string
		labels []string
		want   string
	}{
		{"kong_http_requests_total", []string{"service", "one", "route", "r1", "workspace", "default", "consumer", "", "code", "200", "source", "service"}, "2"},
		{"kong_http_requests_total", []string{"code", "429", "source", "kong"}, "1"},
		{"kong_http_requests_total", []string{"consumer", `al"ice\`}, "1"},
		{"kong_http_requests_total", nil, "2|1|1"},
		{"kong_bandwidth_bytes", []string{"direction", "ingress", "consumer", ""}, "100"},
		{"kong_bandwidth_bytes", []string{"direction", "egress", "consumer", ""}, "3000"},
		{"kong_request_latency_ms", []string{"route", "r1"}, "2 70030 0 1 14"},
		{"kong_kong_latency_ms", []string{"route", "r1"}, "1 1.5 0 1 16"},
		{"moongate_release_requests_total", []string{"release", "v2", "variant", "candidate", "code", "500"}, "1"},
		{"moongate_release_latency_ms", []string{"release", "v2"}, "1 1 1 1 14"},
	} {
		if got := get(c.family, c.labels...); got != c.want {
			t.Errorf("%s %v: %q, want %q", c.family, c.labels, got, c.want)
		}
	}
	open := written(l, s, meter.OpenMetricsType)
	for _, want := range []string{"# TYPE kong_http_requests counter\n", "\nkong_http_requests_total{", "# TYPE kong_bandwidth_bytes unknown\n", "\nkong_bandwidth_bytes{", `,le="25.0"} `, `,le="+Inf"} `} {
		if !strings.Contains(open, want) {
			t.Errorf("OpenMetrics has no %q:\n%s", want, open)
		}
	}
	if !strings.HasSuffix(open, "\n# EOF\n") || strings.Contains(text, "EOF") {
		t.Error("the end is not as the format wants it")
	}
}

// A route that is no more is not told of, and after a minute its counts are given up: no
// sooner, for requests may be under way. A new name is told at once, with the old counts.
func TestSweep(t *testing.T) {
	l, all := newSeries(t), stateOf(t, service1, route1)
	k := meter.Key{Kind: meter.OfRoute, IDs: [3]string{rid, sid, ""}}
	count(l, k).Code(200, true)
	if text := written(l, all, meter.TextType); !strings.Contains(text, `route="r1"`) {
		t.Fatal(text)
	}
	renamed := stateOf(t, service1, strings.Replace(route1, `"name":"r1"`, `"name":"r9"`, 1))
	if text := written(l, renamed, meter.TextType); !strings.Contains(text, `route="r9",workspace="default",consumer="",code="200",source="service"} 1`) {
		t.Fatal(text)
	}
	without, now := stateOf(t, service1), time.Now()
	if text := written(l, without, meter.TextType); strings.Contains(text, `route="`) {
		t.Fatal(text)
	}
	blocks := func() (n int) {
		l.table.Each(func(*meter.Block) { n++ })
		return n
	}
	l.sweep(without, nil, now)
	l.sweep(without, nil, now.Add(sweepAfter-time.Second))
	if blocks() != 1 {
		t.Fatal("swept too soon")
	}
	l.sweep(all, nil, now.Add(sweepAfter)) // it is there again
	l.sweep(without, nil, now.Add(sweepAfter+time.Second))
	if blocks() != 1 {
		t.Fatal("swept too soon after it came back")
	}
	l.sweep(without, nil, now.Add(2*sweepAfter+time.Second))
	if blocks() != 0 {
		t.Fatal("never swept")
	}
}
