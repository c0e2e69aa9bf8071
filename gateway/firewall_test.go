package gateway

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"moongate/gateway/meter"
)

// What the firewall counts is told by what was done and by which rules, in one order.
func TestFirewallMetrics(t *testing.T) {
	l := newSeries(t)
	count := func(n int, ids ...string) *meter.Block {
		var s meter.Series
		key := meter.Key{Kind: meter.OfFirewall}
		copy(key.IDs[:], ids)
		b := s.In(l.table, key)
		b.Trips.Add(uint64(n))
		return b
	}
	count(3, "pass", "none")
	count(2, "deny", "xss")
	count(1, "deny", "sqli")
	count(0, "took").Kong.Add(meter.KongBounds, 1500*time.Microsecond)
	var b bytes.Buffer
	text := meter.NewText(&b, meter.Format(""))
	writeFirewall(text, l.table)
	if err := text.End(); err != nil {
		t.Fatal(err)
	}
	want := `moongate_firewall_requests_total{action="deny",group="sqli"} 1
moongate_firewall_requests_total{action="deny",group="xss"} 2
moongate_firewall_requests_total{action="pass",group="none"} 3
`
	for _, w := range []string{want, "# TYPE moongate_firewall_inspection_ms histogram\n", "moongate_firewall_inspection_ms_bucket{le=\"2\"} 1\n", "moongate_firewall_inspection_ms_sum 1.5\n"} {
		if !strings.Contains(b.String(), w) {
			t.Errorf("no %q in\n%s", w, b.String())
		}
	}
	// They are no entities', so nothing of them is swept away or shown as a route.
	if got := l.list(stateOf(t)); len(got[meter.OfFirewall]) != 0 {
		t.Errorf("%v", got)
	}
}
