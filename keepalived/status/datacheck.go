package status

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"moongate/keepalived/config"
)

// checkers is keepalived_check.data.
func (s *Status) checkers(p *page, c *config.Config) {
	p.section("SSL definitions")
	if c.SSL == (config.SSL{}) {
		p.line(" Using autogen SSL context")
	}
	for _, l := range []struct{ word, value string }{
		{"Password", c.SSL.Password}, {"CA-file", c.SSL.CA}, {"Certificate file", c.SSL.Certificate}, {"Key file", c.SSL.Key},
	} {
		if l.value != "" {
			p.line(" %s : %s", l.word, l.value)
		}
	}
	if len(s.Servers) > 0 {
		p.section("LVS Topology")
		if s.Plane != "" {
			p.line(" Data plane = %s", s.Plane)
		}
		for _, g := range c.ServerGroups {
			s.serverGroup(p, g)
		}
		for i := range s.Servers {
			s.Servers[i].show(p)
		}
	}
	s.healthCheckers(p)
	s.trackedBySessions(p)
}

// serverGroup writes a virtual_server_group, with how many real servers of each
// protocol its entries have.
func (s *Status) serverGroup(p *page, g *config.ServerGroup) {
	v4, v6 := false, false
	for _, e := range g.Entries {
		if e.FwMark == 0 {
			v4, v6 = v4 || e.First.Is4(), v6 || e.First.Is6()
		}
	}
	p.line(" ------< Virtual server group >------")
	p.line(" Virtual Server Group = %s, IPv4 = %s, IPv6 = %s", g.Name, yes(v4), yes(v6))
	alive := map[string]int{}
	for i := range s.Servers {
		if v := &s.Servers[i]; v.Config.Group == g {
			alive[v.Config.Protocol] += v.inPool()
		}
	}
	all := alive["TCP"] + alive["UDP"] + alive["SCTP"]
	for _, e := range g.Entries {
		switch {
		case e.FwMark != 0:
			p.line("   FWMARK = %d%s", e.FwMark, "")
			p.line("     Alive: %d IPv4, %d IPv6", pickCount(!e.V6, all), pickCount(e.V6, all))
			p.line("     reloaded = False")
			continue
		case e.Last.IsValid() && e.Last != e.First:
			p.line("   VIP Range = %s-%s, VPORT = %d", e.First, e.Last, e.Port)
		default:
			p.line("   VIP = %s, VPORT = %d", e.First, e.Port)
		}
		p.line("     Alive: %d tcp, %d udp, %d sctp", alive["TCP"], alive["UDP"], alive["SCTP"])
		p.line("     reloaded = False")
	}
}

func pickCount(yes bool, n int) int {
	if yes {
		return n
	}
	return 0
}

// inPool counts what the plane has of a virtual server.
func (v *Server) inPool() int {
	n := 0
	for i := range v.Reals {
		n += pickInt(v.Reals[i].Set)
	}
	return n + pickInt(v.Config.Sorry != nil && (v.Sorry || v.Config.SorryInhibit))
}

// times are the ones that a server's checkers have, or the defaults: keepalived shows
// them with the server.
func times(list []*config.RealServer) (timeout, loop time.Duration) {
	for _, r := range list {
		for _, c := range r.Checkers {
			if c.Loop > 0 && c.Timeout > 0 {
				return c.Timeout, c.Loop
			}
		}
	}
	return 5 * time.Second, 60 * time.Second
}

func (v *Server) show(p *page) {
	c := v.Config
	p.line(" ------< Virtual server >------")
	switch {
	case c.Group != nil:
		p.line(" VS GROUP = [%s]:0", c.Group.Name)
	case c.FwMark != 0:
		p.line(" VS FWMARK = %d", c.FwMark)
	default:
		p.line(" VS VIP = %s, VPORT = %d", c.Addr.Addr(), c.Addr.Port())
	}
	if c.VirtualHost != "" {
		p.line("   VirtualHost = %s", c.VirtualHost)
	}
	if c.SNMPName != "" {
		p.line("   SNMP name = '%s'", c.SNMPName)
	}
	p.line("   Address family = inet%s", pick(c.V6 || c.Addr.Addr().Is6(), "6", ""))
	timeout, loop := times(c.Servers)
	p.line("   connection timeout = %s", secs(timeout))
	p.line("   delay_loop = %s", secs(loop))
	p.line("   lvs_sched = %s", c.Scheduler)
	flag := func(word string) {
		p.line("   %s = %s", word, pick(slices.Contains(c.Flags, word), "enabled", "disabled"))
	}
	p.line("   Hashed = %s", pick(slices.Contains(c.Flags, "hashed"), "enabled", "disabled"))
	switch c.Scheduler {
	case "sh", "mh":
		flag(c.Scheduler + "-port")
		flag(c.Scheduler + "-fallback")
	default:
		flag("flag-1")
		flag("flag-2")
		flag("flag-3")
	}
	p.line("   One packet scheduling = %s", pick(slices.Contains(c.Flags, "ops"), "enabled", "disabled"))
	if c.Persistence > 0 {
		p.line("   persistence timeout = %d", int(c.Persistence.Seconds()))
		p.line("   persistence granularity = %s", granularity(c))
	}
	p.line("   protocol = %s", orElse(c.Protocol, "none"))
	p.line("   alpha is %s", onOff(c.Alpha))
	p.line("   omega is %s", onOff(c.Omega))
	p.line("   Inhibit on failure is %s", onOff(false))
	p.line("   quorum = %d, hysteresis = %d", c.Quorum, c.Hysteresis)
	if c.QuorumUp.Set() {
		p.line("   Quorum up notify script = %s, %s", command(&c.QuorumUp), owner(&c.QuorumUp))
	}
	if c.QuorumDown.Set() {
		p.line("   Quorum down notify script = %s, %s", command(&c.QuorumDown), owner(&c.QuorumDown))
	}
	if c.HASuspend {
		p.line("   Using HA suspend")
	}
	p.line("   Using smtp notification = %s", yes(c.Mail))
	p.line("   default forwarding method = %s", forward(&c.Forward))
	if c.Sorry != nil {
		p.line("   sorry server = %s", realName(c, c.Sorry))
		p.line("     forwarding method = %s", forward(&c.Sorry.Forward))
		p.line("     Inhibit on failure is %s", onOff(c.SorryInhibit))
	}
	p.line("   alive = 1")
	p.line("   quorum_state_up = %d", pickInt(v.Quorum))
	p.line("   reloaded = 0")
	for i := range v.Reals {
		v.Reals[i].show(p, c)
	}
}

// granularity is a mask for IPv4, a length for IPv6.
func granularity(c *config.Server) string {
	if c.V6 || c.Addr.Addr().Is6() {
		return fmt.Sprint(c.Granularity)
	}
	mask := ^uint32(0) << (32 - min(32, max(0, c.Granularity)))
	return netip.AddrFrom4([4]byte{byte(mask >> 24), byte(mask >> 16), byte(mask >> 8), byte(mask)}).String()
}

func onOff(b bool) string { return pick(b, "ON", "OFF") }

func forward(f *config.Forward) string {
	if f.Method != "TUN" {
		return f.Method
	}
	switch f.Tunnel {
	case "gue":
		return fmt.Sprintf("TUN, type = GUE, port = %d%s", f.Port, checksum(f.Sum))
	case "gre":
		return "TUN, type = GRE" + checksum(f.Sum)
	}
	return "TUN, type = IPIP"
}

func checksum(word string) string {
	switch word {
	case "csum":
		return ", checksum"
	case "remcsum":
		return ", remote checksum"
	}
	return ", no checksum"
}

// realName is "[10.0.0.2]:tcp:80".
func realName(v *config.Server, r *config.RealServer) string {
	protocol := "none"
	if v.Protocol != "" {
		protocol = strings.ToLower(v.Protocol)
	}
	return fmt.Sprintf("[%s]:%s:%d", r.Addr.Addr(), protocol, r.Addr.Port())
}

func (r *Real) show(p *page, v *config.Server) {
	c := r.Config
	p.line("   ------< Real server >------")
	p.line("   RIP = %s, RPORT = %d, WEIGHT = %d EFF WEIGHT = %d", c.Addr.Addr(), c.Addr.Port(), r.Weight, r.Weight)
	p.line("   forwarding method = %s", forward(&c.Forward))
	p.line("   Alpha is %s", onOff(c.Alpha))
	timeout, loop := times([]*config.RealServer{c})
	p.line("   connection timeout = %s", secs(timeout))
	p.line("   connection limit range = %d -> %d", c.Lower, c.Upper)
	p.line("   Delay loop = %s", secs(loop))
	if c.VirtualHost != v.VirtualHost {
		p.line("    VirtualHost = '%s'", c.VirtualHost)
	}
	p.line("   Inhibit on failure is %s", onOff(c.Inhibit))
	if c.NotifyUp.Set() {
		p.line("     RS up notify script = %s, %s", command(&c.NotifyUp), owner(&c.NotifyUp))
	}
	if c.NotifyDown.Set() {
		p.line("     RS down notify script = %s, %s", command(&c.NotifyDown), owner(&c.NotifyDown))
	}
	p.line("   Using smtp notification = %s", yes(c.Mail))
	if c.SNMPName != "" {
		p.line("   SNMP name = %s", c.SNMPName)
	}
	failed := 0
	for i := range r.Checkers {
		failed += pickInt(!r.Checkers[i].Up)
	}
	p.line("   initial weight = %d", c.Weight)
	p.line("   effective weight = %d", r.Weight)
	p.line("   previous effective_weight = 0")
	p.line("   alive = %d", pickInt(r.Alive))
	p.line("   num failed checkers = %d", failed)
	p.line("   RS set = %d", pickInt(r.Set))
	p.line("   reloaded = 0")
	for _, sort := range []struct{ kind, title string }{{"FILE_CHECK", "Tracked Files"}, {"BFD_CHECK", "Tracked BFDs"}} {
		first := true
		for i := range r.Checkers {
			k := r.Checkers[i].Config
			if k.Kind != sort.kind {
				continue
			}
			if first {
				p.line("   %s", sort.title)
				first = false
			}
			if k.File != nil {
				p.line("     %s, %s", k.File.Name, weights(*k.File))
			} else {
				p.line("     %s", k.BFD)
			}
		}
	}
}
