package status

import (
	"strings"
	"time"

	"moongate/keepalived/config"
)

// Data is what keepalived.data has behind the global definitions: of the VRRP
// process, or by name of the others ("check", "bfd").
func (s *Status) Data(c *config.Config, role string) string {
	p := new(page)
	switch role {
	case "check":
		s.checkers(p, c)
	case "bfd":
		s.bfds(p)
	default:
		s.vrrp(p, c)
	}
	return p.String()
}

func (s *Status) vrrp(p *page, c *config.Config) {
	if len(c.StaticAddrs) > 0 {
		p.section("Static Addresses")
		for i := range c.StaticAddrs {
			p.line("     %s", Address(&c.StaticAddrs[i], "", true))
		}
	}
	if len(c.StaticRoutes) > 0 {
		p.section("Static Routes")
		for i := range c.StaticRoutes {
			p.line("     %s", Route(&c.StaticRoutes[i]))
		}
	}
	if len(c.StaticRules) > 0 {
		p.section("Static Rules")
		for i := range c.StaticRules {
			p.line("     %s", Rule(&c.StaticRules[i]))
		}
	}
	if len(s.Instances) > 0 {
		p.section("VRRP Topology")
		for i := range s.Instances {
			s.Instances[i].show(p)
		}
	}
	s.sockets(p)
	s.groups(p)
	s.trackers(p)
	s.interfaces(p)
}

// show writes an instance.
func (v *Instance) show(p *page) {
	c := v.Config
	p.line(" VRRP Instance = %s", c.Name)
	p.line("   VRRP Version = %d", c.Version)
	if c.Group != nil {
		p.line("   Sync group = %s", c.Group.Name)
	}
	if c.V6 {
		p.line("   Using Native IPv6")
	}
	p.line("   State = %s", v.State)
	if v.State == Backup && v.Master.IsValid() {
		p.line("   Master router = %s", v.Master)
		p.line("   Master priority = %d", v.MasterPriority)
	}
	v.flags(p)
	p.line("   Wantstate = %s", v.Want)
	p.line("   Number of config faults = %d", v.ConfigFaults)
	p.line("   Number of interface and track script faults = %d", v.Faults)
	p.line("   Number of track scripts init = %d", v.Pending)
	p.line("   Last transition = %s", moment(v.LastTransition))
	if v.Reason != "" {
		p.line("   Reason = %s", v.Reason)
	}
	if v.Timeout.IsZero() {
		p.line("   Read timeout = DISABLED")
	} else {
		p.line("   Read timeout = %s", moment(v.Timeout))
	}
	p.line("   Master down timer = %d usecs", v.DownTimer.Microseconds())
	v.network(p)
	v.settings(p)
	v.addresses(p)
	v.unicast(p)
	p.line("   fd_in %d, fd_out %d", v.In, v.Out)
	v.routes(p)
	v.tracking(p)
	notifications(p, &c.Notify, true)
}

func (v *Instance) flags(p *page) {
	c := v.Config
	var flags []string
	if c.Unicast {
		flags = append(flags, "Using unicast")
	}
	if c.VMAC.Use {
		flags = append(flags, "Using VMAC")
	}
	if c.Strict {
		flags = append(flags, "Strict")
	}
	if len(flags) == 0 {
		p.line("   Flags: none")
		return
	}
	p.line("   Flags:")
	for _, f := range flags {
		p.line("     %s", f)
	}
}

func (v *Instance) network(p *page) {
	c := v.Config
	if c.VMAC.Use {
		p.line("   Use VMAC, i/f name %s, is_up = true, xmit_base = %s", v.Interface, truth(c.VMAC.XmitBase))
		if c.VMAC.UseAddr {
			p.line("   Use VMAC for VIPs on other interfaces")
		}
		p.line("   Interface = %s, vmac on %s", v.Interface, v.Base)
	} else {
		p.line("   Interface = %s", orElse(v.Interface, c.Interface))
	}
	if c.DontTrackPrimary {
		p.line("   VRRP interface tracking disabled")
	}
	if c.SkipCheckAdvAddr {
		p.line("   Skip checking advert IP addresses")
	}
	if c.Strict {
		p.line("   Enforcing strict VRRP compliance")
	}
	if v.Source.IsValid() {
		p.line("   Using src_ip = %s%s", v.Source, pick(c.Source.IsValid(), " (from configuration)", ""))
	}
	if !c.Unicast && c.McastDst.IsValid() {
		p.line("   Multicast address %s", c.McastDst)
	}
}

// interval is "1 sec" or "500 milli-sec".
func interval(version int, d time.Duration) (int64, string) {
	if version == 2 {
		return int64(d / time.Second), "sec"
	}
	return d.Milliseconds(), "milli-sec"
}

func (v *Instance) settings(p *page) {
	c := v.Config
	garp(p, "   ", "", &c.GARP)
	p.line("   Down timer adverts = %d", c.DownTimerAdverts)
	p.line("   Send advert after receive lower priority advert = %s", truth(!c.LowerPrioNoAdvert))
	p.line("   Send advert after receive higher priority advert = %s", truth(c.HigherPrioSendAdvert))
	p.line("   Virtual Router ID = %d", c.VRID)
	p.line("   Priority = %d", c.Priority)
	p.line("   Effective priority = %d", v.Effective)
	p.line("   Total priority = %d", v.Total)
	n, unit := interval(c.Version, c.Interval)
	p.line("   Advert interval = %d %s", n, unit)
	p.line("   Accept = %s", enabled(c.Accept))
	p.line("   Preempt = %s", enabled(!c.NoPreempt))
	if c.PreemptDelay > 0 {
		p.line("   Preempt delay = %g secs", c.PreemptDelay.Seconds())
	}
	p.line("   Promote_secondaries = %s", enabled(c.PromoteSecondaries))
	if c.Version != 2 {
		return
	}
	p.line("   Authentication type = %s", [...]string{"none", "SIMPLE_PASSWORD", "IPSEC_AH"}[c.Auth.Type])
	if c.Auth.Type == config.Pass {
		p.line("   Password = %s", password(&c.Auth))
	}
}

func password(a *config.Auth) string { return strings.TrimRight(string(a.Data[:]), "\x00") }

func (v *Instance) addresses(p *page) {
	c := v.Config
	if len(c.Addrs) > 0 {
		p.line("   Virtual IP (%d):", len(c.Addrs))
		for i := range c.Addrs {
			p.line("     %s", Address(&c.Addrs[i], v.device(v.On, i), at(v.Set, i)))
		}
	}
	if len(c.Excluded) > 0 {
		p.line("   Virtual IP Excluded :")
		for i := range c.Excluded {
			p.line("     %s", Address(&c.Excluded[i], v.device(v.OnExtra, i), at(v.SetExtra, i)))
		}
	}
}

// device is where an address goes that names no interface, or has one made for it.
func (v *Instance) device(on []string, i int) string {
	switch {
	case i < len(on) && on[i] != "":
		return on[i]
	case v.Config.VMAC.Use && v.Base != "":
		return v.Interface + "@" + v.Base
	}
	return orElse(v.Interface, v.Config.Interface)
}

func at(list []bool, i int) bool { return i < len(list) && list[i] }

func (v *Instance) unicast(p *page) {
	c := v.Config
	if !c.Unicast {
		return
	}
	ttl := c.UnicastTTL
	if ttl == 0 {
		ttl = 255
	}
	p.line("   Unicast TTL = %d", ttl)
	p.line("   Check unicast src : %s", yes(c.CheckUnicastSrc))
	p.line("   Unicast Peer :")
	for _, peer := range c.Peers {
		most := peer.MaxTTL
		if most == 0 {
			most = 255
		}
		p.line("     %s min_ttl %d max_ttl %d", peer.Addr, peer.MinTTL, most)
	}
	p.line("   Unicast checksum compatibility = %s", yes(c.OldUnicastChecksum))
}

func (v *Instance) routes(p *page) {
	c := v.Config
	if len(c.Routes) > 0 {
		p.line("   Virtual Routes :")
		for i := range c.Routes {
			p.line("     %s", Route(&c.Routes[i]))
		}
	}
	if len(c.Rules) > 0 {
		p.line("   Virtual Rules :")
		for i := range c.Rules {
			p.line("     %s", Rule(&c.Rules[i]))
		}
	}
}

func (v *Instance) tracking(p *page) {
	c := v.Config
	tracked(p, "Tracked interfaces", " ", c.TrackInterfaces)
	tracked(p, "Tracked scripts", " ", c.TrackScripts)
	tracked(p, "Tracked files", ", ", c.TrackFiles)
	tracked(p, "Tracked processes", ", ", c.TrackProcesses)
	tracked(p, "Tracked BFDs", ", ", c.TrackBFDs)
	tracked(p, "Tracked gateways", ", ", c.TrackGateways)
}

func tracked(p *page, title, between string, list []config.Tracked) {
	if len(list) == 0 {
		return
	}
	p.line("   %s :", title)
	for _, t := range list {
		p.line("     %s%s%s", t.Name, between, weights(t))
	}
}

// notifications are what is run and mailed.
func notifications(p *page, n *config.Notify, instance bool) {
	p.line("   Using smtp notification = %s", yes(n.Mail))
	if instance {
		p.line("   Notify deleted = %s", pick(n.TellDeleted, "Deleted", "Fault"))
	}
	for _, s := range []struct {
		word string
		c    *config.Command
	}{
		{"Backup state transition", &n.Backup}, {"Master state transition", &n.Master}, {"Fault state transition", &n.Fault},
		{"Stop state transition", &n.Stop}, {"Deleted state transition", &n.Deleted}, {"Generic state transition", &n.Any},
		{"Master rx lower prio", &n.MasterLowerPrio},
	} {
		if s.c.Set() {
			p.line("   %s script = %s, %s", s.word, command(s.c), owner(s.c))
		}
	}
	if instance {
		p.line("   Notify priority changes = %s", truth(n.PriorityChanges))
	}
}
