package speaker

import (
	"net/netip"
	"slices"
	"time"

	"moongate/edge/sys/netlink"
	codec "moongate/edge/wire/vrrp"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
	"moongate/keepalived/vrrp"
)

// heard is what news of the kernel ask for.
type heard struct {
	moved   bool // an interface that matters has changed, or its addresses
	routes  bool // some have gone
	rules   bool
	statics bool // something static may have gone
	lacking bool // an interface of ours can be made now that could not before
}

// news is what the kernel tells of interfaces, addresses, routes and rules.
func (s *speaker) news() {
	if s.over {
		return
	}
	s.read()
	for s.heard.lacking {
		s.heard.lacking = false
		s.makeVMACs()
	}
	h := s.heard
	s.heard = heard{}
	if h.moved {
		s.survey(s.loop.Now())
		s.sockets()
	}
	if h.routes {
		s.checkRoutes()
	}
	if h.rules {
		s.checkRules()
	}
	if h.statics || h.routes || h.rules {
		s.restore()
	}
}

// read takes what there is of them.
func (s *speaker) read() {
	h := &s.heard
	err := s.watch.Read(func(c *netlink.Change) {
		switch c.What {
		case netlink.LinkChanged, netlink.LinkGone:
			h.lacking = s.remake(c) || h.lacking
			h.statics = h.statics || s.statics[c.Link.Name] && c.Link.Running()
			if s.matters[c.Link.Name] {
				s.linkNews("Netlink", c.Link.Name, c.What == netlink.LinkChanged && s.running(&c.Link))
				h.moved = true
			}
		case netlink.AddressAdded, netlink.AddressRemoved:
			l, known := s.watch.Link(c.Address.Index)
			h.moved = h.moved || (!known || s.matters[l.Name]) && !s.virtual[c.Address.Prefix.Addr()]
			if c.What == netlink.AddressRemoved {
				h.statics = h.statics || s.statics[l.Name]
				s.addressGone(c.Address)
			}
		case netlink.RouteRemoved:
			h.routes = true
		case netlink.RuleRemoved:
			h.rules = true
		case netlink.NewsLost:
			h.routes, h.rules = true, true
		}
	})
	if err != nil {
		s.log(role.Info, "Netlink: %v", err)
	}
}

// linkNews hands on what somebody says of an interface, after its delay if it has one.
func (s *speaker) linkNews(who, name string, up bool) {
	d := s.cfg.UpDownDelays[name]
	wait := d.Down
	if up {
		wait = d.Up
	}
	if t := s.debt[name]; t != nil {
		t.Stop()
		delete(s.debt, name)
	}
	if wait == 0 {
		s.machine.LinkBy(s.loop.Now(), who, name, up)
		return
	}
	t := s.loop.NewTimer(s.wrap(func() {
		delete(s.debt, name)
		l, ok := s.watch.LinkByName(name)
		s.machine.LinkBy(s.loop.Now(), who, name, ok && s.running(&l))
		s.sockets()
	}))
	t.After(wait)
	s.debt[name] = t
}

// survey looks at the interfaces that instances name: whether they are up, and
// which address they have first.
func (s *speaker) survey(now time.Time) {
	list, err := s.kernel.Addresses()
	if err != nil {
		s.log(role.Info, "Netlink: %v", err)
		return
	}
	for _, c := range s.cfg.Instances {
		s.sourceOf(now, c.Interface, c.V6, s.firstAddr(list, c))
		s.surveySecond(now, list, c)
	}
	for name := range s.matters {
		l, ok := s.watch.LinkByName(name)
		if s.debt[name] == nil {
			s.machine.Link(now, name, ok && s.running(&l))
		}
	}
}

// sourceOf tells the machine the first address of an interface, if it is another.
func (s *speaker) sourceOf(now time.Time, dev string, v6 bool, first netip.Addr) {
	k := source{dev, v6}
	old := s.sources[k]
	if old == first {
		return
	}
	if old.IsValid() {
		s.log(role.Info, "Deassigned address %v from interface %s", old, dev)
	}
	if first.IsValid() {
		s.log(role.Info, "Assigned address %v for interface %s", first, dev)
	}
	s.sources[k] = first
	s.machine.Source(now, dev, v6, first)
}

// study notes what a configuration is about: interfaces that matter to somebody,
// and virtual addresses, which are no sources of adverts, whoever has set them.
func (s *speaker) study() {
	s.matters, s.virtual = map[string]bool{}, map[netip.Addr]bool{}
	addrs := func(c *config.Instance, list []config.Address) {
		for i := range list {
			if list[i].Dev != "" {
				s.matters[list[i].Dev] = true
			}
			if c.Priority != codec.Owner {
				s.virtual[list[i].Prefix.Addr()] = true
			}
		}
	}
	for _, c := range s.cfg.Instances {
		s.matters[c.Interface] = true
		if c.Heartbeat != nil {
			s.matters[c.Heartbeat.Interface] = true
		}
		for _, t := range c.TrackInterfaces {
			s.matters[t.Name] = true
		}
		addrs(c, c.Addrs)
		addrs(c, c.Excluded)
		for i := range c.Routes {
			s.matters[c.Routes[i].Dev] = true
		}
		for i := range c.Rules {
			s.matters[c.Rules[i].IIF] = true
		}
	}
	for _, v := range vrrp.Virtuals(s.cfg) {
		s.matters[v.Name] = true
	}
	for _, g := range s.cfg.Groups {
		for _, t := range g.TrackInterfaces {
			s.matters[t.Name] = true
		}
	}
	s.studyStatic()
	delete(s.matters, "")
}

// firstAddr is what adverts of an instance come from unless it names an address.
func (s *speaker) firstAddr(list []netlink.Address, c *config.Instance) netip.Addr {
	l, ok := s.watch.LinkByName(c.Interface)
	if c.Interface == "" || !ok {
		return netip.Addr{}
	}
	for i := range list {
		a := &list[i]
		ip := a.Prefix.Addr()
		switch {
		case a.Index != l.Index || ip.Is6() != c.V6 || s.virtual[ip] || s.laid[owned{a.Index, a.Prefix}]:
		case c.TrackSource && c.Source.IsValid():
			if ip == c.Source {
				return ip
			}
		case c.V6 && (!ip.IsLinkLocalUnicast() || a.Flags&(netlink.Tentative|netlink.DADFailed) != 0):
		default:
			return ip
		}
	}
	return netip.Addr{}
}

// addressGone is for addresses of ours that somebody else takes away. News can be
// older than what we have done since: the kernel's list decides.
func (s *speaker) addressGone(a netlink.Address) {
	in := s.owned[owned{a.Index, a.Prefix}]
	if in == nil || in.State() != vrrp.Master || untracked(in, a.Prefix) {
		return
	}
	list, err := s.kernel.Addresses()
	if err != nil || slices.ContainsFunc(list, func(b netlink.Address) bool { return b.Index == a.Index && b.Prefix == a.Prefix }) {
		return
	}
	l, _ := s.watch.Link(a.Index)
	s.log(role.Info, "Netlink reflector reports IP %v removed from %s", a.Prefix.Addr(), l.Name)
	s.machine.Lost(s.loop.Now(), in)
}

func untracked(in *vrrp.Instance, p netip.Prefix) bool {
	for a := range in.Conf.AllAddrs() {
		if a.Prefix == p && a.NoTrack {
			return true
		}
	}
	return false
}

// checkRoutes looks whether masters still have their routes.
func (s *speaker) checkRoutes() {
	for _, in := range s.machine.Instances() {
		for i := range in.Conf.Routes {
			c := &in.Conf.Routes[i]
			if in.State() != vrrp.Master || c.NoTrack {
				continue
			}
			if has, err := s.kernel.HasRoute(s.routeOf(c)); err == nil && !has {
				s.log(role.Info, "(%s) Virtual route %v has been removed", in.Conf.Name, c.Dst)
				s.machine.Lost(s.loop.Now(), in)
			}
		}
	}
}

// checkRules looks whether masters still have their rules. One that can be added was gone.
func (s *speaker) checkRules() {
	for _, in := range s.machine.Instances() {
		for i := range in.Conf.Rules {
			c := &in.Conf.Rules[i]
			if in.State() != vrrp.Master || c.NoTrack || s.kernel.AddRule(ruleOf(c)) != nil {
				continue
			}
			s.log(role.Info, "(%s) Virtual rule %s has been removed", in.Conf.Name, status.Rule(c))
			s.machine.Lost(s.loop.Now(), in)
		}
	}
}
