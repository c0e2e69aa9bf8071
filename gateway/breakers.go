package gateway

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/netip"
	"slices"

	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/meter"
	"moongate/gateway/plane"
	"moongate/gateway/plugin/circuitbreaker"
)

// breaker is one that has opened at least once.
type breaker struct {
	trips  uint64
	state  string
	labels meter.Labels
}

// breakers finds the names of those that have a series.
type breakers struct {
	state  *entity.State
	names  map[string][]netip.Addr // addresses of hosts
	dict   *zone.Dict
	places map[meter.Key][2]string // of targets, by plugin; made when one is met
	looked map[string]bool
}

func (l *breakers) list(table *meter.Table) []breaker {
	found := map[string]breaker{}
	table.Each(func(b *meter.Block) {
		key := b.Key()
		if key.Kind != meter.OfBreaker {
			return
		}
		if labels, per, what, ok := l.about(key); ok {
			found[string(labels)] = breaker{b.Trips.Load(), circuitbreaker.StateOf(l.dict, key.IDs[0], per, what), labels}
		}
	})
	out := make([]breaker, 0, len(found))
	for _, k := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[k])
	}
	return out
}

// about tells what a series' breaker is for, false if that is no more.
func (l *breakers) about(key meter.Key) (labels meter.Labels, per, what string, ok bool) {
	d := l.state.Get("plugins", key.IDs[0])
	if d == nil {
		return nil, "", "", false
	}
	e, err := entity.Decode[entity.Plugin](d)
	var config struct {
		Per string `json:"per"`
	}
	if err != nil || json.Unmarshal(e.Config, &config) != nil {
		return nil, "", "", false
	}
	var route, service, target, address string
	what = key.IDs[1]
	switch config.Per {
	case "target":
		place, known := l.place(key)
		if !known {
			return nil, "", "", false
		}
		target, address = place[0], place[1]
		what = circuitbreaker.OfTarget(target, address)
	default:
		if d := l.state.Get("routes", what); d != nil {
			if e, err := entity.Decode[entity.Route](d); err == nil {
				route = cmp.Or(e.Name, e.ID)
			}
		} else if d := l.state.Get("services", what); d != nil {
			if e, err := entity.Decode[entity.Service](d); err == nil {
				service = cmp.Or(e.Name, e.ID)
			}
		}
		if route == "" && service == "" {
			return nil, "", "", false
		}
	}
	labels = meter.LabelsOf("plugin", cmp.Or(e.InstanceName, e.ID), "route", route, "service", service, "target", target, "address", address)
	return labels, config.Per, what, true
}

// place is the target and the address that a series is of.
func (l *breakers) place(key meter.Key) (place [2]string, ok bool) {
	plugin := key.IDs[0]
	if !l.looked[plugin] {
		l.looked[plugin] = true
		for d := range l.state.All("upstreams") {
			u, err := entity.Decode[entity.Upstream](d)
			if err != nil {
				continue
			}
			for _, spot := range plane.Spots(l.state, l.names, u) {
				for _, a := range spot.Addrs {
					p := [2]string{spot.Target.Target, a.String()}
					l.places[circuitbreaker.SeriesOf(plugin, circuitbreaker.OfTarget(p[0], p[1]))] = p
				}
			}
		}
	}
	place, ok = l.places[key]
	return place, ok
}

func (o *office) breakers(s *entity.State) *breakers {
	_, names := o.checks.now()
	return newBreakers(s, names, o.gauges.dict)
}

func newBreakers(s *entity.State, names map[string][]netip.Addr, d *zone.Dict) *breakers {
	return &breakers{s, names, d, map[meter.Key][2]string{}, map[string]bool{}}
}

func (o *office) aboutBreakers(t *meter.Text, s *entity.State) {
	list := o.breakers(s).list(o.gauges.series.table)
	t.Family("moongate_circuit_breaker_trips_total", meter.Counter, "How often a circuit breaker has opened, of those that have.")
	for _, b := range list {
		t.Value(b.labels, float64(b.trips))
	}
	t.Family("moongate_circuit_breaker_state", meter.Gauge, "1 for the state that it is in.")
	for _, b := range list {
		n := len(b.labels)
		for _, state := range circuitbreaker.States {
			t.Value(b.labels[:n].Add("state", state), is(b.state == state))
		}
	}
}
