package gateway

import (
	"maps"
	"net/netip"

	"moongate/core/errlog"
	"moongate/edge/sys/event"
	"moongate/engine/zone"
	"moongate/gateway/explain"
	"moongate/gateway/lists"
	"moongate/gateway/plugin"
)

// explainer says what becomes of requests. It reads lists of releases as workers do, over
// a loop of its own, and health, breakers and kept answers where these are: in memory that
// workers share.
func (o *office) explainer() (*explain.Explainer, error) {
	loop, err := event.New()
	if err != nil {
		return nil, err
	}
	env := &plugin.Env{Log: new(errlog.Log), Data: o.main.data, Zones: o.zones}
	if env.Dict, err = zone.OpenDict(o.main.counts); err != nil {
		return nil, err
	}
	if env.Cache, err = zone.OpenDict(o.main.cache); err != nil {
		return nil, err
	}
	go loop.Run() // until the process ends
	e := explain.New(o.kinds, &lists.Book{Loop: loop, Log: o.log}, env)
	e.Health = o.checks.table
	e.Names = func() (known map[string][]netip.Addr) {
		o.feed.Publish(func() []byte {
			known = maps.Clone(o.names.known) // it changes in place
			return nil
		})
		return known
	}
	return e, nil
}
