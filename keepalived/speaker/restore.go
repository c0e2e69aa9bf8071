package speaker

import (
	"slices"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// studyStatic notes where static addresses, routes and rules are. Those interfaces matter
// to instances that a track_group names.
func (s *speaker) studyStatic() {
	s.statics = map[string]bool{}
	c := s.cfg
	note := func(dev, group string) {
		s.statics[dev] = true
		s.matters[dev] = s.matters[dev] || group != ""
	}
	for i := range c.StaticAddrs {
		note(c.StaticAddrs[i].Dev, c.StaticAddrs[i].TrackGroup)
	}
	for i := range c.StaticRoutes {
		note(c.StaticRoutes[i].Dev, c.StaticRoutes[i].TrackGroup)
	}
	for i := range c.StaticRules {
		note(c.StaticRules[i].IIF, c.StaticRules[i].TrackGroup)
	}
	delete(s.statics, "")
}

// restore puts back what is static and has gone: somebody has taken it away, or the
// interface was down. What can't be put back now comes when its interface does.
func (s *speaker) restore() {
	c := s.cfg
	if len(c.StaticAddrs) > 0 {
		s.restoreAddrs()
	}
	for i := range c.StaticRoutes {
		r := &c.StaticRoutes[i]
		if r.NoTrack {
			continue
		}
		n := s.routeOf(r)
		if has, err := s.kernel.HasRoute(n); err == nil && !has && s.kernel.ReplaceRoute(n) == nil {
			s.log(role.Info, "Restoring deleted static route %s", status.Route(r))
		}
	}
	for i := range c.StaticRules {
		if r := &c.StaticRules[i]; !r.NoTrack && s.kernel.AddRule(ruleOf(r)) == nil {
			s.log(role.Info, "Restoring deleted static rule %s", status.Rule(r))
		}
	}
}

func (s *speaker) restoreAddrs() {
	list, err := s.kernel.Addresses()
	if err != nil {
		s.log(role.Info, "Netlink: %v", err)
		return
	}
	for i := range s.cfg.StaticAddrs {
		a := &s.cfg.StaticAddrs[i]
		n := addressOf(a, s.index(a.Dev))
		there := slices.ContainsFunc(list, func(o netlink.Address) bool { return n.Same(&o) })
		if a.NoTrack || n.Index == 0 || there || s.kernel.AddAddress(n) != nil {
			continue
		}
		s.log(role.Info, "Restoring deleted static address %s", status.Address(a, "", true))
	}
}
