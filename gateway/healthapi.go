package gateway

import (
	"fmt"
	"net"
	"net/netip"

	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/health"
	"moongate/gateway/health/active"
	"moongate/gateway/plane"
)

// Targets implements admin.Health.
func (c *checks) Targets(upstream string) map[string]admin.TargetHealth {
	u, spots := c.spots(upstream)
	if u == nil {
		return nil
	}
	used := health.InUse(&u.Healthchecks)
	all := map[string]admin.TargetHealth{}
	for _, spot := range spots {
		t := admin.TargetHealth{State: "DNS_ERROR"}
		for i, a := range spot.Addrs {
			state := "HEALTHCHECKS_OFF"
			if used && spot.Weight > 0 {
				if state = "UNHEALTHY"; c.table.Healthy(health.Key(u.ID, spot.Target.Target, a.String())) {
					state = "HEALTHY"
				}
			}
			// One address that is well makes the target so.
			if i == 0 || state == "HEALTHY" {
				t.State = state
			}
			t.Addresses = append(t.Addresses, admin.AddressHealth{IP: a.Addr().String(), Port: int(a.Port()), Health: state, Weight: spot.Weight})
		}
		all[spot.ID] = t
	}
	return all
}

// Check implements admin.Health.
func (c *checks) Check(upstream, target, address string) error {
	u, spots := c.spots(upstream)
	if u == nil || !health.InUse(&u.Healthchecks) {
		return fmt.Errorf("no healthchecker found for %s", nameOf(u, upstream))
	}
	if len(places(spots, target, address)) == 0 {
		return admin.ErrNoAddress
	}
	return nil
}

// overrule does what the Admin API of some node has been told of a target.
func (c *checks) overrule(upstream string, a *entity.Act) error {
	u, spots := c.spots(upstream)
	if u == nil || !health.InUse(&u.Healthchecks) {
		return nil // it has been changed meanwhile
	}
	healthy := a.Name == entity.Healthy
	for _, p := range places(spots, a.ID, a.Of) {
		key := health.Key(u.ID, p.Target, p.Address.String())
		state, err := c.table.Set(key, healthy)
		if err != nil {
			return err
		}
		if state.Turned {
			c.checker.Wake(u.ID, key)
			c.turned(&turnMessage{u.ID, p.Target, p.Address.String(), healthy, "the Admin API says so"})
		}
	}
	return nil
}

// places are those of a target, or the one with an address.
func places(spots []plane.Spot, target, address string) (list []active.Place) {
	for _, spot := range spots {
		for _, a := range spot.Addrs {
			if spot.ID == target && (address == "" || a == addressOf(address)) {
				list = append(list, active.Place{Target: spot.Target.Target, Address: a})
			}
		}
	}
	return list
}

// addressOf reads an address; port 8000 where it has none, as in Kong.
func addressOf(text string) netip.AddrPort {
	if a, err := netip.ParseAddrPort(text); err == nil {
		return a
	}
	a, _ := netip.ParseAddrPort(net.JoinHostPort(text, "8000"))
	return a
}

// spots are an upstream with its targets; nil if there is none.
func (c *checks) spots(id string) (u *entity.Upstream, list []plane.Spot) {
	c.feed.Publish(func() []byte {
		d := c.state.Get("upstreams", id)
		if d == nil {
			return nil
		}
		var err error
		if u, err = entity.Decode[entity.Upstream](d); err == nil {
			list = plane.Spots(c.state, c.names.known, u)
		}
		return nil
	})
	return u, list
}

func nameOf(u *entity.Upstream, id string) string {
	if u == nil {
		return id
	}
	return u.Name
}
