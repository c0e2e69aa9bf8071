package gateway

import (
	"maps"
	"net/netip"

	"moongate/edge/sys/event"
	"moongate/gateway/explain"
	"moongate/gateway/lists"
)

// explainer says what becomes of requests. It reads lists of releases as workers do, over
// a loop of its own.
func (o *office) explainer() (*explain.Explainer, error) {
	loop, err := event.New()
	if err != nil {
		return nil, err
	}
	go loop.Run() // until the process ends
	e := explain.New(o.kinds, &lists.Book{Loop: loop, Log: o.log})
	e.Names = func() (known map[string][]netip.Addr) {
		o.feed.Publish(func() []byte {
			known = maps.Clone(o.names.known) // it changes in place
			return nil
		})
		return known
	}
	return e, nil
}
