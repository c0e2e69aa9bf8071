package gateway

import (
	"moongate/core/cycle"
	"moongate/engine/zone"
	"moongate/gateway/admin"
)

// serverCounts gives what all workers have counted, from the memory that they share.
func (o *office) serverCounts(c *cycle.Cycle) func() admin.Counts {
	sum := func() (t zone.Totals) { return t }
	if stats, err := zone.OpenCounters(zone.Of(c).Counters()); err == nil {
		sum = stats.Sum
	} else {
		o.log("the workers' counters: " + err.Error())
	}
	return func() admin.Counts {
		t := sum()
		n := func(v int64) uint64 { return uint64(max(v, 0)) }
		return admin.Counts{Accepted: n(t.Accepted), Handled: n(t.Handled), Requests: n(t.Requests), Active: n(t.Active),
			Reading: n(t.Reading), Waiting: n(t.Waiting), Writing: n(t.Active - t.Waiting - t.Reading), Workers: len(o.feed.Workers())}
	}
}
