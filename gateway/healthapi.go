package gateway

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/health"
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

// Set implements admin.Health.
func (c *checks) Set(ctx context.Context, upstream, target, address string, healthy bool) error {
	u, spots := c.spots(upstream)
	if u == nil || !health.InUse(&u.Healthchecks) {
		return fmt.Errorf("no healthchecker found for %s", nameOf(u, upstream))
	}
	found := false
	for _, spot := range spots {
		for _, a := range spot.Addrs {
			if spot.ID != target || address != "" && a != addressOf(address) {
				continue
			}
			found = true
			key := health.Key(u.ID, spot.Target.Target, a.String())
			state, err := c.table.Set(key, healthy)
			if err != nil {
				return err
			}
			if state.Turned {
				c.checker.Wake(u.ID, key)
				c.turned(&turnMessage{u.ID, spot.Target.Target, a.String(), healthy, "the Admin API says so"})
			}
		}
	}
	if !found {
		return admin.ErrNoAddress
	}
	c.settleAll(ctx)
	return nil
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
