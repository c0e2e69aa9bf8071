package gateway

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"moongate/engine/zone/zonetest"
	"moongate/gateway/meter"
	"moongate/gateway/plugin/circuitbreaker"
)

// A breaker that has opened has a series for as long as what it is for is there.
func TestBreakers(t *testing.T) {
	const (
		perRoute  = "00000000-0000-4000-8000-0000000000b1"
		perTarget = "00000000-0000-4000-8000-0000000000b2"
		upstream1 = `upstreams {"id":"00000000-0000-4000-8000-000000000031","name":"up"}`
		target1   = `targets {"target":"named.test:80","upstream":{"id":"00000000-0000-4000-8000-000000000031"}}`
		plugin1   = `plugins {"id":"` + perRoute + `","name":"circuit-breaker","instance_name":"guard","config":{}}`
		plugin2   = `plugins {"id":"` + perTarget + `","name":"circuit-breaker","config":{"per":"target"},"route":{"id":"` + rid + `"}}`
	)
	l := newSeries(t)
	names := map[string][]netip.Addr{"named.test": {netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("10.0.0.1")}}
	trip := func(plugin, what string, n uint64) {
		var s meter.Series
		s.In(l.table, circuitbreaker.SeriesOf(plugin, what)).Trips.Add(n)
	}
	trip(perRoute, rid, 2)
	trip(perRoute, sid, 1)
	trip(perRoute, "00000000-0000-4000-8000-00000000dead", 1)
	trip(perTarget, circuitbreaker.OfTarget("named.test:80", "[2001:db8::1]:80"), 3)
	trip(perTarget, circuitbreaker.OfTarget("named.test:80", "10.0.0.9:80"), 1)
	told := func(docs ...string) string {
		var text []string
		for _, b := range newBreakers(stateOf(t, docs...), names, zonetest.Dict(t, 64<<10)).list(l.table) {
			text = append(text, string(b.labels)+" "+b.state+" "+string(rune('0'+b.trips)))
		}
		return strings.Join(text, "\n")
	}
	all := []string{service1, route1, upstream1, target1, plugin1, plugin2}
	want := `plugin="` + perTarget + `",route="",service="",target="named.test:80",address="[2001:db8::1]:80" closed 3
plugin="guard",route="",service="one",target="",address="" closed 1
plugin="guard",route="r1",service="",target="",address="" closed 2`
	if got := told(all...); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	if got := told(service1, route1, plugin1); !strings.HasPrefix(got, `plugin="guard"`) {
		t.Errorf("without the target:\n%s", got)
	}
	if text := written(l, stateOf(t, all...), meter.TextType); strings.Contains(text, "guard") || strings.Contains(text, "dead") {
		t.Error(text)
	}
	blocks := func() (n int) {
		l.table.Each(func(*meter.Block) { n++ })
		return n
	}
	now, s := time.Now(), stateOf(t, all...)
	l.sweep(s, newBreakers(s, names, nil), now)
	l.sweep(s, newBreakers(s, names, nil), now.Add(2*sweepAfter))
	if n := blocks(); n != 3 {
		t.Errorf("%d series are left of three that there are names for", n)
	}
}
