package netlink

import (
	"errors"
	"net/netip"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestRoutes(t *testing.T) {
	s, c, index := inside(t)
	s.Run("ip addr add 10.0.0.1/24 dev eth0")
	s.Run("ip addr add fd00::1/64 dev eth0 nodad")
	eth1, err := c.LinkByName("eth1")
	if err != nil {
		t.Fatal(err)
	}
	via := []Hop{{Via: ip("10.0.0.254"), Index: index}}
	via6 := []Hop{{Via: ip("fd00::ff"), Index: index}}
	dev := []Hop{{Index: index}}
	metrics := func(m map[int]uint32) (all [MetricCount]uint32) {
		for k, v := range m {
			all[k] = v
		}
		return all
	}
	for text, r := range map[string]Route{
		"192.168.1.0/24 via 10.0.0.254 dev eth0 proto keepalived":                  {Dst: prefix("192.168.1.0/24"), Hops: via, Protocol: ProtoKeepalived},
		"192.168.2.0/24 dev eth0 scope link src 10.0.0.1 metric 77":                {Dst: prefix("192.168.2.0/24"), Hops: dev, Scope: ScopeLink, PrefSrc: ip("10.0.0.1"), Metric: 77},
		"default via 10.0.0.254 dev eth0 table 1000":                               {Dst: prefix("0.0.0.0/0"), Hops: via, Table: 1000},
		"192.168.3.0/24 via 172.16.0.1 dev eth0 onlink":                            {Dst: prefix("192.168.3.0/24"), Hops: []Hop{{Via: ip("172.16.0.1"), Index: index, OnLink: true}}},
		"192.168.4.0/24 via inet6 fd00::ff dev eth0":                               {Dst: prefix("192.168.4.0/24"), Hops: []Hop{{Via: ip("fd00::ff"), Index: index}}},
		"blackhole 192.168.5.0/24":                                                 {Dst: prefix("192.168.5.0/24"), Type: Blackhole},
		"unreachable 192.168.6.0/24 proto keepalived":                              {Dst: prefix("192.168.6.0/24"), Type: Unreachable, Protocol: ProtoKeepalived},
		"prohibit 192.168.7.0/24":                                                  {Dst: prefix("192.168.7.0/24"), Type: Prohibit},
		"throw 192.168.8.0/24 table 200":                                           {Dst: prefix("192.168.8.0/24"), Type: Throw, Table: 200},
		"192.168.9.0/24 tos 0x10 via 10.0.0.254 dev eth0":                          {Dst: prefix("192.168.9.0/24"), TOS: 0x10, Hops: via},
		"192.168.10.0/24 via 10.0.0.254 dev eth0 mtu lock 1400":                    {Dst: prefix("192.168.10.0/24"), Hops: via, Metrics: metrics(map[int]uint32{MTU: 1400}), Locked: 1 << MTU},
		"192.168.11.0/24 via 10.0.0.254 dev eth0 window 9000 advmss 1300 hoplimit": {Dst: prefix("192.168.11.0/24"), Hops: via, Metrics: metrics(map[int]uint32{Window: 9000, AdvMSS: 1300, HopLimit: 9})},
		"initcwnd 20 initrwnd 30":                                                  {Dst: prefix("192.168.12.0/24"), Hops: via, Metrics: metrics(map[int]uint32{InitCwnd: 20, InitRwnd: 30})},
		"192.168.13.0/24 via 10.0.0.254 dev eth0 features ecn":                     {Dst: prefix("192.168.13.0/24"), Hops: via, Metrics: metrics(map[int]uint32{Features: FeatureECN})},
		"quickack 1": {Dst: prefix("192.168.14.0/24"), Hops: via, QuickACK: Some(uint32(1)), Metrics: metrics(map[int]uint32{FastOpenNoCookie: 1, RTOMin: 200, Rtt: 800, RttVar: 400})},
		"nexthop via 10.0.0.253 dev eth0 weight 1 nexthop via 10.0.0.254 dev eth0 weight 5 onlink": {Dst: prefix("192.168.15.0/24"), Hops: []Hop{
			{Via: ip("10.0.0.253"), Index: index, Weight: 1}, {Via: ip("10.0.0.254"), Index: index, Weight: 5, OnLink: true}}},
		"fd01::/64 via fd00::ff dev eth0 proto keepalived metric 1024":                 {Dst: prefix("fd01::/64"), Hops: via6, Protocol: ProtoKeepalived, Metric: 1024},
		"fd02::/64 dev eth0 metric 5":                                                  {Dst: prefix("fd02::/64"), Hops: dev, Metric: 5},
		"blackhole fd03::/64 dev lo metric 1024":                                       {Dst: prefix("fd03::/64"), Type: Blackhole, Metric: 1024},
		"fd04::/64 via fd00::ff dev eth0 table 3000 metric 1024 mtu 1300":              {Dst: prefix("fd04::/64"), Hops: via6, Table: 3000, Metric: 1024, Metrics: metrics(map[int]uint32{MTU: 1300})},
		"fd05::/64 via fd00::ff dev eth0 src fd00::1 metric 1024 pref high":            {Dst: prefix("fd05::/64"), Hops: via6, Metric: 1024, PrefSrc: ip("fd00::1"), Pref: Some(uint8(1))},
		"default via fe80::1 dev eth0 table 300 metric 1024":                           {Dst: prefix("::/0"), Hops: []Hop{{Via: ip("fe80::1"), Index: index}}, Table: 300, Metric: 1024},
		"nexthop via fd00::fe dev eth0 weight 2 nexthop via fe80::9 dev eth1 weight 3": {Dst: prefix("fd06::/64"), Metric: 1024, Hops: []Hop{{Via: ip("fd00::fe"), Index: index, Weight: 2}, {Via: ip("fe80::9"), Index: eth1.Index, Weight: 3}}},
		"fd07::/64 from fd00:9::/48 via fd00::ff dev eth0 metric 1024":                 {Dst: prefix("fd07::/64"), From: prefix("fd00:9::/48"), Hops: via6, Metric: 1024},
		"192.168.16.0/24 via 10.0.0.254 dev eth0 congctl reno":                         {Dst: prefix("192.168.16.0/24"), Hops: via, Congctl: "reno"},
		"192.168.17.0/24 via 10.0.0.254 dev eth0 ssthresh 4 cwnd 3 reordering 5":       {Dst: prefix("192.168.17.0/24"), Hops: via, Metrics: metrics(map[int]uint32{SSThresh: 4, Cwnd: 3, Reordering: 5})},
	} {
		v6 := r.Dst.Addr().Is6()
		err := c.AddRoute(r)
		if f, ok := err.(*Fault); ok && r.From.IsValid() && f.Errno == unix.EINVAL {
			continue // a kernel without IPV6_SUBTREES
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		list := "ip route show table all"
		if v6 {
			list = "ip -6 route show table all"
		}
		if out := squeeze(s.Run(list)); !containsInOrder(out, text) {
			t.Errorf("%s is missing in\n%s", text, out)
		}
		all, err := c.Routes(v6)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(o Route) bool { return r.Same(&o) })
		if i < 0 {
			t.Fatalf("%s is not listed: %+v", text, all)
		}
		if got := all[i]; !reflect.DeepEqual(normal(got), normal(r)) {
			t.Errorf("%s\nbecame %+v\nof     %+v", text, normal(got), normal(r))
		}
		if has, err := c.HasRoute(r); !has || err != nil {
			t.Errorf("%s is there: %v %v", text, has, err)
		}
		if err := c.AddRoute(r); !errors.Is(err, ErrExists) {
			t.Errorf("%s again: %v", text, err)
		}
		if err := c.ReplaceRoute(r); err != nil {
			t.Errorf("%s replaced: %v", text, err)
		}
		if err := c.DeleteRoute(r); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if has, err := c.HasRoute(r); has || err != nil {
			t.Errorf("%s is still there: %v %v", text, has, err)
		}
		if err := c.DeleteRoute(r); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s deleted twice: %v", text, err)
		}
	}
	if err := c.AddRoute(Route{Dst: prefix("192.168.1.0/24"), Hops: []Hop{{Via: ip("172.16.0.1")}}}); !errors.Is(err, unix.ENETUNREACH) || !strings.Contains(err.Error(), "(Nexthop has invalid gateway)") {
		t.Error(err)
	}
}

// containsInOrder is for lists in which iproute2 puts more between the words.
func containsInOrder(all, text string) bool {
	words := strings.Fields(text)
	first := words[0]
	for at := strings.Index(all, first); at >= 0; {
		rest, ok := all[at:], true
		for _, w := range words {
			i := strings.Index(rest, w)
			if i < 0 {
				ok = false
				break
			}
			rest = rest[i+len(w):]
		}
		if ok {
			return true
		}
		next := strings.Index(all[at+1:], first)
		if next < 0 {
			return false
		}
		at += 1 + next
	}
	return false
}

// normal is a route as it would have been said in full.
func normal(r Route) Route {
	r.Table, r.Metric = r.table(), r.metric()
	if r.Type == 0 {
		r.Type = Unicast
	}
	if r.Protocol == 0 {
		r.Protocol = unix.RTPROT_BOOT
	}
	if r.v6() && r.Type != Unicast {
		r.Hops = nil // they are said to be on lo
	}
	if len(r.Hops) > 1 {
		r.Hops = slices.Clone(r.Hops)
	}
	return r
}

func TestRules(t *testing.T) {
	s, c, _ := inside(t)
	for text, r := range map[string]Rule{
		"100: from 10.0.0.0/24 lookup 1000 proto keepalived":                {Priority: Some(uint32(100)), From: prefix("10.0.0.0/24"), Table: 1000, Protocol: ProtoKeepalived},
		"101: from all to 10.1.0.0/16 iif eth0 oif eth1 lookup main":        {Priority: Some(uint32(101)), To: prefix("10.1.0.0/16"), IIF: "eth0", OIF: "eth1", Table: TableMain},
		"102: not from 10.0.0.9 lookup 200":                                 {Priority: Some(uint32(102)), Not: true, From: prefix("10.0.0.9/32"), Table: 200},
		"103: from all tos 0x10 fwmark 0x18/0xff lookup 200":                {Priority: Some(uint32(103)), TOS: 0x10, Mark: Some(uint32(0x18)), Mask: Some(uint32(0xff)), Table: 200},
		"104: from all lookup 1000 suppress_prefixlength 8":                 {Priority: Some(uint32(104)), Table: 1000, SuppressLen: Some(uint32(8))},
		"105: from all lookup 200 suppress_ifgroup 4":                       {Priority: Some(uint32(105)), Table: 200, SuppressGroup: Some(uint32(4))},
		"106: from all goto 32000":                                          {Priority: Some(uint32(106)), Action: Goto, Goto: 32000},
		"107: from all uidrange 1000-1999 ipproto tcp sport 10-20 dport 80": {Priority: Some(uint32(107)), Table: 200, UIDs: Some(Range[uint32]{1000, 1999}), IPProto: unix.IPPROTO_TCP, Sport: Some(Range[uint16]{10, 20}), Dport: Some(Range[uint16]{80, 80})},
		"108: from 10.3.0.0/24 blackhole":                                   {Priority: Some(uint32(108)), From: prefix("10.3.0.0/24"), Action: RuleBlackhole},
		"109: from 10.3.0.0/24 unreachable":                                 {Priority: Some(uint32(109)), From: prefix("10.3.0.0/24"), Action: RuleUnreachable},
		"110: from 10.3.0.0/24 prohibit":                                    {Priority: Some(uint32(110)), From: prefix("10.3.0.0/24"), Action: RuleProhibit},
		"111: from all nop":                                                 {Priority: Some(uint32(111)), Action: Nop},
		"112: from fd00::/64 to fd01::1 lookup 1000":                        {IPv6: true, Priority: Some(uint32(112)), From: prefix("fd00::/64"), To: prefix("fd01::1/128"), Table: 1000},
		"113: from all lookup [l3mdev-table]":                               {Priority: Some(uint32(113)), L3MDev: true},
		"114: from all tun_id 9 lookup 200":                                 {Priority: Some(uint32(114)), TunnelID: 9, Table: 200},
		"115: from all lookup 200 realms 30/20":                             {Priority: Some(uint32(115)), Realm: 30<<16 | 20, Table: 200},
		"116: from all fwmark 0x5 lookup 200":                               {Priority: Some(uint32(116)), Mark: Some(uint32(5)), Table: 200},
	} {
		err := c.AddRule(r)
		if f, ok := err.(*Fault); ok && r.L3MDev && f.Errno == unix.EOPNOTSUPP {
			continue // a kernel without VRF
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		list := "ip rule"
		if r.IPv6 {
			list = "ip -6 rule"
		}
		if out := squeeze(s.Run(list)); !containsInOrder(out, text) {
			t.Errorf("%s is missing in\n%s", text, out)
		}
		all, err := c.Rules(r.IPv6)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(o Rule) bool { return o.Priority == r.Priority })
		if i < 0 {
			t.Fatalf("%s is not listed: %+v", text, all)
		}
		want := r
		if want.Action == 0 {
			want.Action = Lookup
		}
		if want.Mark.Ok && !want.Mask.Ok {
			want.Mask = Some(uint32(0xffffffff))
		}
		if got := all[i]; got != want {
			t.Errorf("%s\nbecame %+v\nof     %+v", text, got, want)
		}
		if err := c.AddRule(r); !errors.Is(err, ErrExists) {
			t.Errorf("%s again: %v", text, err)
		}
		if err := c.DeleteRule(r); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if err := c.DeleteRule(r); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s deleted twice: %v", text, err)
		}
	}
	if err := c.AddRule(Rule{Table: 200, From: prefix("10.9.0.0/16")}); err != nil {
		t.Error(err)
	}
	if out := squeeze(s.Run("ip rule")); !strings.Contains(out, "32765: from 10.9.0.0/16 lookup 200") {
		t.Error(out)
	}
}

func FuzzParse(f *testing.F) {
	if _, err := exec.LookPath("ip"); err == nil {
		f.Add([]byte("\x02\x18\x00\x00\xfe\x03\x00\x01\x00\x00\x00\x00\x08\x00\x01\x00\xc0\xa8\x01\x00"))
	}
	f.Add([]byte("\x0a\x40\x00\x00\x01\x00\x00\x00\x14\x00\x01\x00\xfd\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var l Link
		var a Address
		var r Route
		var u Rule
		l.parse(b)
		if a.parse(b) && !a.Prefix.IsValid() {
			t.Error("an address that is none")
		}
		if r.parse(b) && r.Dst == (netip.Prefix{}) {
			t.Error("a route without a destination")
		}
		u.parse(b)
	})
}
