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
	for i := range spots {
		spot := &spots[i]
		t := admin.TargetHealth{State: wellness(c.table, u.ID, used, spot)}
		for _, a := range spot.Addrs {
			t.Addresses = append(t.Addresses, admin.AddressHealth{IP: a.Addr().String(), Port: int(a.Port()), Health: addressHealth(c.table, u.ID, used, spot, a), Weight: spot.Weight})
		}
		all[spot.ID] = t
	}
	return all
}

// wellness is a target's health in Kong's words: one address that is well makes it so.
func wellness(t *health.Table, upstream string, used bool, spot *plane.Spot) string {
	state := "DNS_ERROR"
	for i, a := range spot.Addrs {
		if one := addressHealth(t, upstream, used, spot, a); i == 0 || one == "HEALTHY" {
			state = one
		}
	}
	return state
}

func addressHealth(t *health.Table, upstream string, used bool, spot *plane.Spot, a netip.AddrPort) string {
	switch {
	case !used || spot.Weight <= 0:
		return "HEALTHCHECKS_OFF"
	case t.Blank(), t.Healthy(health.Key(upstream, spot.Target.Target, a.String())):
		return "HEALTHY"
	}
	return "UNHEALTHY"
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
