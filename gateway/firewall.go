package gateway

import (
	"cmp"
	"slices"

	"moongate/gateway/meter"
	"moongate/gateway/plugin/firewall"
)

// aboutFirewall tells what the firewall has done with requests, and how long it took.
func (o *office) aboutFirewall(t *meter.Text) { writeFirewall(t, o.gauges.series.table) }

func writeFirewall(t *meter.Text, table *meter.Table) {
	type count struct {
		ids [3]string
		n   uint64
	}
	var list []count
	var took *meter.Block
	table.Each(func(b *meter.Block) {
		switch key := b.Key(); {
		case key.Kind != meter.OfFirewall:
		case key.IDs[0] == firewall.Took:
			took = b
		default:
			list = append(list, count{key.IDs, b.Trips.Load()})
		}
	})
	slices.SortFunc(list, func(a, b count) int { return cmp.Or(cmp.Compare(a.ids[0], b.ids[0]), cmp.Compare(a.ids[1], b.ids[1])) })
	t.Family("moongate_firewall_requests_total", meter.Counter, "Requests by what the firewall has done with them, and by the group of the rule that has decided.")
	for _, c := range list {
		t.Value(meter.LabelsOf("action", c.ids[0], "group", c.ids[1]), float64(c.n))
	}
	if took == nil {
		return
	}
	t.Family("moongate_firewall_inspection_ms", meter.Histo, "How long Coraza has looked at a request, or at an answer.")
	t.Histogram(nil, meter.KongScale, &took.Kong)
}
