package status

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"moongate/keepalived/config"
)

// checkers is keepalived_check.data.
func (s *Status) checkers(p *page, c *config.Config) {
	if c.SSL != (config.SSL{}) {
		p.section("SSL definitions")
		for _, l := range []struct{ word, value string }{
			{"Password", c.SSL.Password}, {"CA-file", c.SSL.CA}, {"Certificate file", c.SSL.Certificate}, {"Key file", c.SSL.Key},
		} {
			if l.value != "" {
				p.line(" %s : %s", l.word, l.value)
			}
		}
	}
	if len(s.Servers) > 0 {
		p.section("LVS Topology")
		if s.Plane != "" {
			p.line(" Data plane = %s", s.Plane)
		}
		for i := range s.Servers {
			s.Servers[i].show(p)
		}
	}
	if len(s.BFDs) > 0 {
		p.section("Checker track BFDs")
		for i := range s.BFDs {
			p.line(" Checker Track BFD = %s", s.BFDs[i].Config.Name)
			p.line("   Tracking RS :")
		}
	}
}

func duration(d time.Duration) string {
	return strings.TrimSuffix(fmt.Sprintf("%.3f", d.Seconds()), ".000")
}

func (v *Server) show(p *page) {
	c := v.Config
	p.line(" ------< Virtual server >------")
	switch {
	case c.Group != nil:
		p.line(" VS GROUP = %s", c.Group.Name)
	case c.FwMark != 0:
		p.line(" VS FWMARK = %d", c.FwMark)
	default:
		p.line(" VS VIP = %s, VPORT = %d", c.Addr.Addr(), c.Addr.Port())
	}
	p.line("   Address family = inet%s", pick(c.V6, "6", ""))
	if c.VirtualHost != "" {
		p.line("   VirtualHost = %s", c.VirtualHost)
	}
	if c.SNMPName != "" {
		p.line("   SNMP name = '%s'", c.SNMPName)
	}
	p.line("   lvs_sched = %s", c.Scheduler)
	for _, flag := range []string{"sh-port", "sh-fallback", "mh-port", "mh-fallback", "flag-1", "flag-2", "flag-3"} {
		if slices.Contains(c.Flags, flag) {
			p.line("   %s = enabled", flag)
		}
	}
	p.line("   One packet scheduling = %s", pick(slices.Contains(c.Flags, "ops"), "enabled", "disabled"))
	if c.Persistence > 0 {
		p.line("   persistence timeout = %d", int(c.Persistence.Seconds()))
		p.line("   persistence granularity = %d", c.Granularity)
	}
	p.line("   protocol = %s", c.Protocol)
	p.line("   alpha is %s", onOff(c.Alpha))
	p.line("   omega is %s", onOff(c.Omega))
	if c.HASuspend {
		p.line("   Using HA suspend")
	}
	p.line("   quorum = %d, hysteresis = %d", c.Quorum, c.Hysteresis)
	if c.QuorumUp.Set() {
		p.line("   Quorum up notify script = %s, %s", command(&c.QuorumUp), owner(&c.QuorumUp))
	}
	if c.QuorumDown.Set() {
		p.line("   Quorum down notify script = %s, %s", command(&c.QuorumDown), owner(&c.QuorumDown))
	}
	p.line("   Using smtp notification = %s", yes(c.Mail))
	p.line("   default forwarding method = %s", forward(&c.Forward))
	if c.Sorry != nil {
		p.line("   sorry server = [%s]:%d", c.Sorry.Addr.Addr(), c.Sorry.Addr.Port())
	}
	alive := 0
	for i := range v.Reals {
		if v.Reals[i].Alive {
			alive++
		}
	}
	p.line("   alive = %d", alive)
	p.line("   quorum_state_up = %d", pickInt(v.Quorum))
	p.line("   connections = %d, active = %d", v.Connections, v.Active)
	for i := range v.Reals {
		v.Reals[i].show(p)
	}
}

func onOff(b bool) string { return pick(b, "ON", "OFF") }

func forward(f *config.Forward) string {
	switch {
	case f.Method == "TUN" && f.Tunnel == "gue":
		return fmt.Sprintf("TUN, type = GUE, port = %d", f.Port)
	case f.Method == "TUN" && f.Tunnel != "":
		return "TUN, type = " + strings.ToUpper(f.Tunnel)
	}
	return f.Method
}

func (r *Real) show(p *page) {
	c := r.Config
	p.line("   ------< Real server >------")
	p.line("   RIP = %s, RPORT = %d, WEIGHT = %d EFF WEIGHT = %d", c.Addr.Addr(), c.Addr.Port(), c.Weight, r.Weight)
	p.line("   forwarding method = %s", forward(&c.Forward))
	if c.Upper != 0 || c.Lower != 0 {
		p.line("   connection limit range = %d -> %d", c.Lower, c.Upper)
	}
	p.line("     Inhibit on failure is %s", onOff(c.Inhibit))
	p.line("   Alpha is %s", onOff(c.Alpha))
	if c.NotifyUp.Set() {
		p.line("     RS up notify script = %s, %s", command(&c.NotifyUp), owner(&c.NotifyUp))
	}
	if c.NotifyDown.Set() {
		p.line("     RS down notify script = %s, %s", command(&c.NotifyDown), owner(&c.NotifyDown))
	}
	failed := 0
	for i := range r.Checkers {
		if !r.Checkers[i].Up {
			failed++
		}
	}
	p.line("   initial weight = %d", c.Weight)
	p.line("   effective weight = %d", r.Weight)
	p.line("   alive = %d", pickInt(r.Alive))
	p.line("   num failed checkers = %d", failed)
	p.line("   RS set = %d", pickInt(r.Set))
	p.line("   connections = %d, active = %d, inactive = %d", r.Connections, r.Active, r.Inactive)
	for i := range r.Checkers {
		k := &r.Checkers[i]
		p.line("   Keepalive method = %s", k.Config.Kind)
		p.line("     state = %s", pick(!k.Ran, "not run", pick(k.Up, "up", "down")))
		p.line("     Delay loop = %s, Timeout = %s, Retry count = %d, Retry delay = %s",
			duration(k.Config.Loop), duration(k.Config.Timeout), k.Config.Retry, duration(k.Config.RetryDelay))
		if k.Text != "" {
			p.line("     last failure = %s", k.Text)
		}
	}
}

// bfds is keepalived_bfd.data.
func (s *Status) bfds(p *page) {
	if len(s.BFDs) == 0 {
		return
	}
	p.section("BFD Topology")
	for i := range s.BFDs {
		b := &s.BFDs[i]
		c := b.Config
		p.line(" BFD Instance = %s", c.Name)
		p.line("   Neighbor IP = %s", c.Neighbor)
		if c.Source.IsValid() {
			p.line("   Source IP = %s", c.Source)
		}
		p.line("   Required min RX interval = %d us", c.MinRX.Microseconds())
		p.line("   Desired min TX interval = %d us", c.MinTX.Microseconds())
		p.line("   Desired idle TX interval = %d us", c.IdleTX.Microseconds())
		p.line("   Detection multiplier = %d", c.Multiplier)
		p.line("   %s = %d", pick(c.Neighbor.Is6(), "hoplimit", "TTL"), c.TTL)
		p.line("   max_hops = %d", c.MaxHops)
		p.line("   passive = %s", truth(c.Passive))
		p.line("   send event to VRRP process = %s", pick(c.VRRP, "Yes", "No"))
		p.line("   send event to checker process = %s", pick(c.Checker, "Yes", "No"))
		p.line("   local state = %s", orElse(b.State, "Down"))
	}
}
