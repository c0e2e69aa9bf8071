package speaker

import (
	"strings"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/track"
	"moongate/keepalived/vrrp"
)

// trackGateways follows the web server that keepalived runs under. Without one
// there is nothing to follow, and it says so.
func (s *speaker) trackGateways() {
	old := s.gateways
	s.gateways = map[string]*track.Gateway{}
	for _, c := range s.cfg.Gateways {
		if !s.follows(vrrp.Gateway, c.Name) {
			continue
		}
		if s.session.Board == nil {
			s.log(role.Warning, "%s: keepalived does not run under a web server (directive \"keepalived\" of nginx.conf) - taken for good", gatewayName(c))
			s.machine.Track(s.loop.Now(), vrrp.Object{Kind: vrrp.Gateway, Name: c.Name}, 1)
			continue
		}
		if g := old[c.Name]; g != nil {
			delete(old, c.Name)
			s.gateways[c.Name] = g
			g.Take(c)
			continue
		}
		g := track.NewGateway(c, s.session.Board, s.loop, s.gatewayTells)
		s.gateways[c.Name] = g
		g.Start()
	}
	for _, g := range old {
		g.Stop()
	}
}

func (s *speaker) gatewayTells(g *track.Gateway, why string) {
	value := 0
	if g.Counter.Up() {
		value = 1
		s.log(role.Info, "%s is good", gatewayName(g.Conf))
	} else {
		s.log(role.Info, "%s is bad (%s)", gatewayName(g.Conf), why)
	}
	s.machine.Track(s.loop.Now(), vrrp.Object{Kind: vrrp.Gateway, Name: g.Conf.Name}, value)
	s.arm()
}

// gatewayName is what the log calls it; the one that is built in has no name.
func gatewayName(c *config.Gateway) string { return strings.TrimSuffix("track_gateway "+c.Name, " ") }

// leave asks clients to come anew before the addresses go, and tells whether it
// takes time: then stop is called again when it is over. Where nobody has the
// addresses from us there is nothing to wait for.
func (s *speaker) leave() bool {
	if s.session.Board == nil || s.leaving {
		return false
	}
	drain := time.Duration(0)
	for _, g := range s.cfg.Gateways {
		drain = max(drain, g.Drain)
	}
	if drain == 0 || !s.isMaster() {
		return false
	}
	s.leaving = true
	s.log(role.Info, "Clients are asked to come anew for %gs before the addresses go", drain.Seconds())
	s.session.Board.SetLeaving(true)
	s.loop.NewTimer(s.stop).After(drain)
	return true
}

func (s *speaker) isMaster() bool {
	for _, in := range s.machine.Instances() {
		if in.State() == vrrp.Master {
			return true
		}
	}
	return false
}

// gatewayList is what an instance or a group follows of them.
func gatewayList(kind vrrp.Kind, gateways, others []config.Tracked) []config.Tracked {
	if kind == vrrp.Gateway {
		return gateways
	}
	return others
}
