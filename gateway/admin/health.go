package admin

import (
	"errors"

	"moongate/gateway/entity"
	"moongate/gateway/health"
)

// Health is what the data plane knows of targets. Ids are those of entities.
type Health interface {
	// Targets gives the health of an upstream's targets by their ids; one that is
	// not there is not known.
	Targets(upstream string) map[string]TargetHealth
	// Check tells whether the health of a target, or of one of its addresses if that is
	// not "", can be overruled. ErrNoAddress: the target has no such address.
	Check(upstream, target, address string) error
}

// ErrNoAddress is for Health.Check.
var ErrNoAddress = errors.New("the target has no such address")

// TargetHealth is one target's. State has Kong's words: HEALTHY, UNHEALTHY,
// DNS_ERROR, HEALTHCHECKS_OFF.
type TargetHealth struct {
	State     string
	Addresses []AddressHealth
}

// AddressHealth is one address that a target's name stands for.
type AddressHealth struct {
	IP     string `json:"ip"`
	Port   int    `json:"port"`
	Health string `json:"health"`
	Weight int    `json:"weight"`
}

const checksOff = "HEALTHCHECKS_OFF"

func (c *call) upstreamHealth() *reply {
	s := c.Desired.State()
	up := s.Find("upstreams", c.path[1])
	if up == nil {
		return notFound()
	}
	var known map[string]TargetHealth
	if c.Health != nil {
		known = c.Health.Targets(up.ID)
	}
	if c.query["balancer_health"] == "1" {
		return ok(map[string]any{"data": balancer(s, up, known), "next": nil, "node_id": c.Node.ID})
	}
	t := &target{kind: c.model.Kind("targets"), parent: c.model.Kind("upstreams"), above: c.path[1], field: "upstream"}
	q, err := c.query.list("targets", "upstream", up.ID)
	if err != nil {
		return c.failed(err)
	}
	docs, offset, err := s.List(q)
	if err != nil {
		return c.failed(err)
	}
	data := make([]any, len(docs))
	for i, d := range docs {
		data[i] = withHealth(d, known[d.ID])
	}
	body := map[string]any{"data": data, "next": nil, "node_id": c.Node.ID}
	if offset != "" {
		t.kind = &entity.Kind{Path: "health"} // the same page of another path
		body["offset"], body["next"] = offset, t.next(offset, c.query)
	}
	return ok(body)
}

// withHealth is a target as /health shows it.
func withHealth(d *entity.Document, h TargetHealth) any {
	doc := d.Fields()
	if doc["health"] = h.State; h.State == "" {
		doc["health"] = checksOff
	}
	total, available := 0, 0
	for _, a := range h.Addresses {
		if total += a.Weight; a.Health != "UNHEALTHY" {
			available += a.Weight
		}
	}
	if h.Addresses == nil {
		h.Addresses = []AddressHealth{}
	}
	doc["data"] = map[string]any{
		"addresses": h.Addresses, "nodeWeight": doc["weight"],
		"weight": map[string]any{"total": total, "available": available, "unavailable": total - available},
	}
	return doc
}

// balancer is the upstream as a whole: it serves while more than threshold per cent of
// its weight is well.
func balancer(s *entity.State, up *entity.Document, known map[string]TargetHealth) any {
	body := map[string]any{"id": up.ID, "health": checksOff}
	e, err := entity.Decode[entity.Upstream](up)
	if err != nil || known == nil {
		return body
	}
	total, available := 0, 0
	for d := range s.Children("targets", "upstream", up.ID) {
		for _, a := range known[d.ID].Addresses {
			if total += a.Weight; a.Health != "UNHEALTHY" {
				available += a.Weight
			}
		}
	}
	healthy := float64(available)*100 > e.Healthchecks.Threshold*float64(total)
	body["balancer_health"] = "UNHEALTHY"
	if healthy {
		body["balancer_health"] = "HEALTHY"
	}
	if health.InUse(&e.Healthchecks) {
		body["health"] = body["balancer_health"]
	}
	body["details"] = map[string]any{"healthy": healthy, "weight": map[string]any{"total": total, "available": available, "unavailable": total - available}}
	return body
}

// allTargets is the older list that had targets of the past too; there are none.
func (c *call) allTargets() *reply {
	up, targets := c.model.Kind("upstreams"), c.model.Kind("targets")
	return c.page(&target{kind: targets, parent: up, above: c.path[1], field: "upstream"})
}

func (c *call) setHealth(healthy bool) *reply {
	s := c.Desired.State()
	up := s.Find("upstreams", c.path[1])
	if up == nil {
		return notFound()
	}
	d := s.FindBelow("targets", "upstream", up.ID, c.path[3])
	if d == nil {
		return notFound()
	}
	if c.Health == nil {
		return message(503, "no worker is there to be told")
	}
	a := entity.Act{Name: entity.Unhealthy, Kind: "targets", ID: d.ID}
	if healthy {
		a.Name = entity.Healthy
	}
	if len(c.path) == 6 {
		a.Of = c.path[4]
	}
	switch err := c.Health.Check(up.ID, d.ID, a.Of); {
	case errors.Is(err, ErrNoAddress):
		return notFound()
	case err != nil:
		return message(400, err.Error())
	}
	return c.act(a)
}
