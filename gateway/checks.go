package gateway

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"sync/atomic"

	"moongate/engine/zone"
	"moongate/gateway/admin"
	"moongate/gateway/entity"
	"moongate/gateway/feed"
	"moongate/gateway/health"
	"moongate/gateway/health/active"
	"moongate/gateway/plane"
)

// checks is the health of targets in the gateway process: it asks them, hears what workers
// have found out, and tells all workers and whoever follows /events.
type checks struct {
	*office
	table   *health.Table
	checker active.Checker
	wake    chan struct{}
	api     atomic.Pointer[admin.Handler] // whose followers are told
}

func newChecks(o *office) (*checks, error) {
	d, err := zone.OpenDict(o.main.healths)
	if err != nil {
		return nil, err
	}
	c := &checks{office: o, table: health.NewTable(d), wake: make(chan struct{}, 1)}
	c.checker = active.Checker{Table: c.table, Log: o.log, Turned: func(p *active.Place, healthy bool, reason string) {
		c.turned(&turnMessage{p.Upstream, p.Target, p.Address.String(), healthy, reason})
	}}
	return c, nil
}

// ask has upstreams and targets looked at anew.
func (c *checks) ask() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// follow checks what there is to check.
func (c *checks) follow(ctx context.Context) error {
	for swept := false; ; {
		if !swept {
			swept = c.sweep()
		}
		c.checker.Set(ctx, c.list())
		select {
		case <-ctx.Done():
			return nil
		case <-c.wake:
		}
	}
}

// sweep drops what is known of targets that were deleted while there was no gateway
// process. Not before the store has said what there is: then it is done.
func (c *checks) sweep() (done bool) {
	var s *entity.State
	c.feed.Publish(func() []byte {
		if c.revision > 0 {
			s = c.state
		}
		return nil
	})
	if s == nil {
		return false
	}
	checked := map[string]map[string]bool{} // targets by upstream
	c.table.Sweep(func(upstream, target string) bool {
		if checked[upstream] == nil {
			checked[upstream] = checkedTargets(s, upstream)
		}
		return checked[upstream][target]
	})
	return true
}

// checkedTargets are those of an upstream whose health counts.
func checkedTargets(s *entity.State, upstream string) map[string]bool {
	list := map[string]bool{}
	d := s.Get("upstreams", upstream)
	if d == nil {
		return list
	}
	if u, err := entity.Decode[entity.Upstream](d); err != nil || !health.InUse(&u.Healthchecks) {
		return list
	}
	for d := range s.Children("targets", "upstream", upstream) {
		if t, err := entity.Decode[entity.Target](d); err == nil {
			list[t.Target] = true
		}
	}
	return list
}

// now is what the workers are told now.
func (c *checks) now() (s *entity.State, names map[string][]netip.Addr) {
	c.feed.Publish(func() []byte {
		s, names = c.state, maps.Clone(c.names.known)
		return nil
	})
	return s, names
}

// list is all upstreams with health checks.
func (c *checks) list() (list []active.Upstream) {
	s, names := c.now()
	for d := range s.All("upstreams") {
		u, err := entity.Decode[entity.Upstream](d)
		if err != nil {
			c.log(err.Error())
			continue
		}
		if !health.InUse(&u.Healthchecks) {
			continue
		}
		one := active.Upstream{ID: u.ID, Checks: u.Healthchecks, Certificate: certificateOf(s, u)}
		for _, spot := range plane.Spots(s, names, u) {
			for _, a := range spot.Addrs {
				if spot.Weight > 0 {
					one.Places = append(one.Places, active.Place{Upstream: u.ID, Target: spot.Target.Target, Address: a, Host: spot.Host})
				}
			}
		}
		list = append(list, one)
	}
	return list
}

func certificateOf(s *entity.State, u *entity.Upstream) *tls.Certificate {
	if u.ClientCertificate == nil {
		return nil
	}
	d := s.Get("certificates", u.ClientCertificate.ID)
	if d == nil {
		return nil
	}
	e, err := entity.Decode[entity.Certificate](d)
	if err != nil {
		return nil
	}
	pair, err := tls.X509KeyPair([]byte(e.Cert), []byte(e.Key))
	if err != nil {
		return nil
	}
	return &pair
}

// concern tells whether changes are of any interest here.
func (c *checks) concern(changes []entity.Change) bool {
	return slices.ContainsFunc(changes, func(ch entity.Change) bool {
		return ch.Kind == "upstreams" || ch.Kind == "targets" || ch.Kind == "certificates"
	})
}

// hear takes a worker's word that an address has turned.
func (c *checks) hear(body []byte) {
	var m turnMessage
	if err := json.Unmarshal(body, &m); err != nil {
		c.log("a worker's word of a target: " + err.Error())
		return
	}
	c.checker.Wake(m.Upstream, health.Key(m.Upstream, m.Target, m.Address))
	c.turned(&m)
}

// turned tells everybody. Each turn comes here once, from whoever has made it.
func (c *checks) turned(m *turnMessage) {
	name := m.Upstream
	c.feed.Publish(func() []byte {
		if d := c.state.Get("upstreams", m.Upstream); d != nil {
			name, _ = d.Fields()["name"].(string)
		}
		b, err := json.Marshal([]string{m.Upstream})
		if err != nil {
			return nil
		}
		return feed.AppendFrame(nil, judged, b)
	})
	say, state := c.notice, "healthy"
	if !m.Healthy {
		say, state = c.log, "unhealthy"
	}
	say(fmt.Sprintf("target %s (%s) of upstream %s is %s: %s", m.Target, m.Address, name, state, m.Reason))
	if api := c.api.Load(); api != nil {
		api.Announce("health", map[string]any{"upstream": map[string]any{"id": m.Upstream, "name": name},
			"target": m.Target, "address": m.Address, "health": state, "reason": m.Reason})
	}
}
