package firewall

import (
	"cmp"
	"sync"
	"time"

	"moongate/gateway/meter"
)

// seriesBy are the series of an instance, by what was decided and by which group of rules.
// Both have few values.
type seriesBy struct{ by sync.Map } // [2]string: *meter.Series

// Took is the series of how long Coraza looks at requests.
const Took = "took"

func (i *instance) count(v *verdict) {
	if i.env.Meter == nil {
		return
	}
	key := meter.Key{Kind: meter.OfFirewall, IDs: [3]string{v.action, cmp.Or(v.group, "none")}}
	s := &i.passed
	if v.action != "pass" || v.group != "" {
		s = i.counts.of(key.IDs[0], key.IDs[1])
	}
	if b := s.In(i.env.Meter, key); b != nil {
		b.Trips.Add(1)
	}
}

func (s *seriesBy) of(action, group string) *meter.Series {
	k := [2]string{action, group}
	if v, ok := s.by.Load(k); ok {
		return v.(*meter.Series)
	}
	v, _ := s.by.LoadOrStore(k, new(meter.Series))
	return v.(*meter.Series)
}

func (i *instance) took(d time.Duration) {
	if i.env.Meter == nil {
		return
	}
	if b := i.counts.of(Took, "").In(i.env.Meter, meter.Key{Kind: meter.OfFirewall, IDs: [3]string{Took}}); b != nil {
		b.Kong.Add(meter.KongBounds, d)
	}
}
