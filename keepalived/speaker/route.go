package speaker

import (
	"errors"
	"time"

	"moongate/edge/sys/netlink"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

var routeTypes = map[string]netlink.RouteType{
	"unicast": netlink.Unicast, "local": netlink.Local, "broadcast": netlink.Broadcast, "anycast": netlink.Anycast, "multicast": netlink.Multicast,
	"blackhole": netlink.Blackhole, "unreachable": netlink.Unreachable, "prohibit": netlink.Prohibit, "throw": netlink.Throw,
}

// metrics are the kernel's numbers of what a route may lock.
var metrics = map[string]int{
	"mtu": netlink.MTU, "window": netlink.Window, "rtt": netlink.Rtt, "rttvar": netlink.RttVar, "ssthresh": netlink.SSThresh, "cwnd": netlink.Cwnd,
	"advmss": netlink.AdvMSS, "reordering": netlink.Reordering, "hoplimit": netlink.HopLimit, "initcwnd": netlink.InitCwnd, "rto_min": netlink.RTOMin,
	"initrwnd": netlink.InitRwnd, "quickack": netlink.QuickACK, "congctl": netlink.Congctl, "fastopen_no_cookie": netlink.FastOpenNoCookie,
}

// routeOf is a route of the configuration as the kernel wants it.
func (s *speaker) routeOf(r *config.Route) netlink.Route {
	n := netlink.Route{Dst: r.Dst, From: r.From, Type: routeTypes[r.Type], TOS: r.TOS, Scope: r.Scope, Protocol: r.Proto, Table: r.Table, Metric: r.Metric,
		PrefSrc: r.Src, Expires: r.Expires, Congctl: r.CongCtl}
	if n.Protocol == 0 {
		n.Protocol = netlink.ProtoKeepalived
	}
	if r.VRF != "" && r.Table == 0 {
		if l, err := s.kernel.LinkByName(r.VRF); err == nil {
			n.Table = l.Table
		}
	}
	for _, word := range r.Locks {
		n.Locked |= 1 << metrics[word]
	}
	if r.QuickACK != config.Default {
		v := uint32(0)
		if r.QuickACK == config.On {
			v = 1
		}
		n.QuickACK = netlink.Some(v)
	}
	for at, v := range map[int]uint32{
		netlink.MTU: r.MTU, netlink.AdvMSS: r.AdvMSS, netlink.Window: r.Window, netlink.HopLimit: r.HopLimit, netlink.InitCwnd: r.InitCWND,
		netlink.InitRwnd: r.InitRWND, netlink.Cwnd: r.CWND, netlink.SSThresh: r.SSThresh, netlink.Reordering: r.Reordering,
		netlink.FastOpenNoCookie: r.FastOpenNoCookie, netlink.RTOMin: uint32(r.RTOMin.Milliseconds()),
		netlink.Rtt: uint32(8 * r.RTT / time.Millisecond), netlink.RttVar: uint32(4 * r.RTTVar / time.Millisecond),
	} {
		n.Metrics[at] = v
	}
	if r.ECN {
		n.Metrics[netlink.Features] |= netlink.FeatureECN
	}
	if p, ok := map[string]uint8{"medium": 0, "high": 1, "low": 3}[r.Pref]; ok {
		n.Pref = netlink.Some(p)
	}
	if r.Via.IsValid() || r.Dev != "" {
		n.Hops = append(n.Hops, netlink.Hop{Via: r.Via, Index: s.index(r.Dev), OnLink: r.OnLink, Realm: r.Realms, Encap: encapOf(&r.Encap)})
	}
	for i := range r.NextHops {
		h := &r.NextHops[i]
		n.Hops = append(n.Hops, netlink.Hop{Via: h.Via, Index: s.index(h.Dev), Weight: h.Weight, OnLink: h.OnLink, Realm: h.Realms, Encap: encapOf(&h.Encap)})
	}
	return n
}

func encapOf(e *config.Encap) netlink.Encap {
	switch e.Kind {
	case "ip", "ip6":
		return netlink.EncapIP(netlink.Tunnel{IPv6: e.Kind == "ip6", ID: e.ID, Dst: e.Dst, Src: e.Src, TTL: e.TTL, TOS: e.TOS})
	case "mpls":
		return netlink.EncapMPLS(e.Labels)
	case "ila":
		return netlink.EncapILA(e.Locator)
	}
	return netlink.Encap{}
}

func (s *speaker) addRoute(who string, r *config.Route) {
	if err := s.kernel.ReplaceRoute(s.routeOf(r)); err != nil {
		s.log(role.Info, "(%s) %v", who, err)
	}
}

func (s *speaker) removeRoute(who string, r *config.Route) {
	err := s.kernel.DeleteRoute(s.routeOf(r))
	if err != nil && !errors.Is(err, netlink.ErrNotFound) {
		s.log(role.Info, "(%s) %v", who, err)
	}
}

var ruleActions = map[string]netlink.RuleAction{
	"goto": netlink.Goto, "nop": netlink.Nop, "blackhole": netlink.RuleBlackhole, "unreachable": netlink.RuleUnreachable, "prohibit": netlink.RuleProhibit,
}

// ruleOf is a rule of the configuration as the kernel wants it.
func ruleOf(r *config.Rule) netlink.Rule {
	n := netlink.Rule{
		IPv6: r.V6, Action: ruleActions[r.Action], Table: r.Table, Goto: r.Goto, L3MDev: r.L3Mdev, Not: r.Not, From: r.From, To: r.To,
		TOS: r.TOS, IIF: r.IIF, OIF: r.OIF, IPProto: r.IPProto, Protocol: r.Proto, Realm: r.Realms, TunnelID: r.TunnelID,
		Priority: given(r.Priority), SuppressLen: given(r.SuppressPrefix), SuppressGroup: given(r.SuppressGroup),
		Sport: ports(r.Sport), Dport: ports(r.Dport),
	}
	if n.Protocol == 0 {
		n.Protocol = netlink.ProtoKeepalived
	}
	if r.FwMark != 0 || r.FwMask != 0 {
		n.Mark = netlink.Some(r.FwMark)
	}
	if r.FwMask != 0 {
		n.Mask = netlink.Some(r.FwMask)
	}
	if r.UIDs != nil {
		n.UIDs = netlink.Some(netlink.Range[uint32]{From: r.UIDs[0], To: r.UIDs[1]})
	}
	return n
}

func given(v *uint32) (o netlink.Opt[uint32]) {
	if v != nil {
		o = netlink.Some(*v)
	}
	return o
}

func ports(v *[2]uint16) (o netlink.Opt[netlink.Range[uint16]]) {
	if v != nil {
		o = netlink.Some(netlink.Range[uint16]{From: v[0], To: v[1]})
	}
	return o
}

func (s *speaker) addRule(who string, r *config.Rule) {
	err := s.kernel.AddRule(ruleOf(r))
	if err != nil && !errors.Is(err, netlink.ErrExists) {
		s.log(role.Info, "(%s) %v", who, err)
	}
}

func (s *speaker) removeRule(who string, r *config.Rule) {
	err := s.kernel.DeleteRule(ruleOf(r))
	if err != nil && !errors.Is(err, netlink.ErrNotFound) {
		s.log(role.Info, "(%s) %v", who, err)
	}
}
