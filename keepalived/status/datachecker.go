package status

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"moongate/keepalived/config"
)

// healthCheckers writes all checkers, those of files behind the others.
func (s *Status) healthCheckers(p *page) {
	begun := false
	for _, files := range []bool{false, true} {
		for i := range s.Servers {
			v := &s.Servers[i]
			for j := range v.Reals {
				r := &v.Reals[j]
				for k := range r.Checkers {
					if c := &r.Checkers[k]; (c.Config.Kind == "FILE_CHECK") == files {
						if !begun {
							p.section("Health checkers")
							begun = true
						}
						p.line(" %s -> %s", serviceName(v.Config), realName(v.Config, r.Config))
						c.show(p, r.Config)
					}
				}
			}
		}
	}
}

// retryDelays are the defaults of delay_before_retry in microseconds; 0: delay_loop.
var retryDelays = map[string]int{
	"TCP_CHECK": 1e6, "HTTP_GET": 3e6, "SSL_GET": 3e6, "SMTP_CHECK": 1e6, "UDP_CHECK": 1e6, "PING_CHECK": 1e6, "MISC_CHECK": 1e6,
}

// serviceName is "[10.0.0.1]:tcp:80".
func serviceName(v *config.Server) string {
	switch {
	case v.Group != nil:
		return "[" + v.Group.Name + "]:0"
	case v.FwMark != 0:
		return fmt.Sprintf("FWM %d", v.FwMark)
	}
	return realName(v, &config.RealServer{Addr: v.Addr})
}

func (k *Check) show(p *page, r *config.RealServer) {
	c := k.Config
	p.line("   Enabled = %s", yes(k.Enabled))
	p.line("   Up = %s", yes(k.Up))
	p.line("   Has run = %s", yes(k.Ran))
	p.line("   Current weight = %d", k.Weight)
	watches := c.Kind == "FILE_CHECK" || c.Kind == "BFD_CHECK" // and makes no attempts
	if !watches {
		p.line("   Alpha = %s", yes(c.Alpha))
		p.line("   Delay loop = %d us", c.Loop.Microseconds())
		p.line("   Warmup = %d us", c.Warmup.Microseconds())
		p.line("   Retries = %d", c.Retry)
		if c.Retry > 0 {
			p.line("   Delay before retry = %d us", c.RetryDelay.Microseconds())
			p.line("   Retries iterations = %d", k.Retry)
		}
		p.line("   Default delay before retry = %d us", retryDelays[c.Kind])
	}
	p.line("   Log all failures = %s", yes(c.LogAll))
	if c.Connect.IsValid() && c.Kind != "MISC_CHECK" && !watches {
		k.connection(p)
	}
	if k.Text != "" {
		p.line("   Last failure = %s", k.Text)
	}
	switch c.Kind {
	case "HTTP_GET", "SSL_GET":
		showWeb(p, c, r)
	case "MISC_CHECK":
		p.line("   Keepalive method = MISC_CHECK")
		p.line("   script = %s", command(&c.Misc.Command))
		p.line("   timeout = %d", int(c.Misc.Timeout.Seconds()))
		p.line("   dynamic = %s", pick(c.Misc.Dynamic, "YES", "NO"))
		p.line("   uid:gid = %d:%d", c.Misc.Command.UID, c.Misc.Command.GID)
		p.line("   Last ran = %s", moment(k.At))
	default:
		p.line("   Keepalive method = %s", c.Kind)
	}
	switch c.Kind {
	case "SMTP_CHECK":
		p.line("   helo = %s", c.Helo)
	case "DNS_CHECK":
		p.line("   Type = %s", c.DNS.Type)
		p.line("   Name = %s", c.DNS.Name)
	case "UDP_CHECK":
		showUDP(p, c.UDP)
	case "BFD_CHECK":
		p.line("   Name = %s", c.BFD)
		p.line("   Alpha is %s", onOff(c.Alpha))
	case "FILE_CHECK":
		p.line("     Tracked file = %s", c.File.Name)
		p.line("     Reloaded = No")
	}
}

func (k *Check) connection(p *page) {
	c := k.Config
	place := func(a netip.AddrPort) string { return fmt.Sprintf("[%s]:%d", a.Addr(), a.Port()) }
	p.line("   Connection")
	p.line("     Dest = %s", place(c.Connect))
	if c.Bind.IsValid() {
		p.line("     Bind to = %s", place(c.Bind))
	}
	if c.BindIf != "" {
		p.line("     Bind i/f = %s", c.BindIf)
	}
	if c.FwMark != 0 {
		p.line("     Mark = %d", c.FwMark)
	}
	p.line("     Timeout = %f", c.Timeout.Seconds())
}

func showWeb(p *page, c *config.Checker, r *config.RealServer) {
	h := c.HTTP
	p.line("   Keepalive method = %s, http protocol %s", c.Kind, orElse(h.Protocol, "1.0"))
	if h.VirtualHost != r.VirtualHost {
		p.line("   Virtualhost = %s", h.VirtualHost)
	}
	p.line("   Enable SNI %sset", pick(h.SNI, "", "un"))
	p.line("   Fast recovery %sset", pick(h.FastRecovery, "", "un"))
	for i := range h.URLs {
		u := &h.URLs[i]
		p.line("   Checked url = %s", u.Path)
		if u.Digest != "" {
			p.line("     digest = %s", u.Digest)
		}
		p.line("     HTTP Status Code(s)")
		ranges := u.Status
		if len(ranges) == 0 {
			ranges = [][2]int{{200, 299}}
		}
		for _, r := range ranges {
			p.line("       %s", pick(r[0] == r[1], fmt.Sprint(r[0]), fmt.Sprintf("%d-%d", r[0], r[1])))
		}
		if u.VirtualHost != "" {
			p.line("     Virtual host = %s", u.VirtualHost)
		}
		if u.Regex == "" {
			continue
		}
		p.line("     Regex = \"%s\"", u.Regex)
		if u.RegexNoMatch {
			p.line("     Regex no match")
		}
		if u.RegexMin > 0 || u.RegexMax > 0 {
			p.line("     Regex min offset = %d, max_offset = %d", u.RegexMin, u.RegexMax)
		}
		options := slices.Clone(u.RegexOptions)
		p.line("     Regex options:%s", strings.TrimRight(" "+strings.Join(options, " "), " "))
	}
}

func showUDP(p *page, u *config.UDPCheck) {
	if len(u.Payload) > 0 {
		p.line("   Payload len = %d", len(u.Payload))
	} else {
		p.line("   Payload specified = no")
	}
	p.line("   Require reply = %s", yes(u.NeedReply))
	if !u.NeedReply {
		return
	}
	p.line("     Min reply length = %d", u.MinLen)
	p.line("     Max reply length = %d", u.MaxLen)
	if len(u.Reply) > 0 {
		p.line("     Reply data len = %d", len(u.Reply))
		p.line("     Reply data mask = %s", yes(slices.ContainsFunc(u.Mask, func(b byte) bool { return b != 0xff })))
	}
}

// trackedBySessions says which real servers follow which BFD session.
func (s *Status) trackedBySessions(p *page) {
	behind := map[string][]string{}
	var order []string
	for i := range s.Servers {
		v := &s.Servers[i]
		for j := range v.Reals {
			for k := range v.Reals[j].Checkers {
				if name := v.Reals[j].Checkers[k].Config.BFD; name != "" {
					if behind[name] == nil {
						order = append(order, name)
					}
					behind[name] = append(behind[name], realName(v.Config, v.Reals[j].Config))
				}
			}
		}
	}
	if len(order) == 0 {
		return
	}
	p.section("Checker track BFDs")
	for _, name := range order {
		p.line(" Checker Track BFD = %s", name)
		p.line("   Tracking RS :")
		for _, r := range behind[name] {
			p.line("   %s", r)
		}
	}
}
