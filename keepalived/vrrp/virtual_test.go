package vrrp

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"moongate/keepalived/config"
)

func on(prefix, dev string, own bool) config.Address {
	return config.Address{Prefix: netip.MustParsePrefix(prefix), Dev: dev, VMAC: own}
}

// What keepalived 2.2.7 makes of the same.
func TestVirtuals(t *testing.T) {
	for _, c := range []struct {
		name         string
		change       func(*config.Instance)
		want, places string
	}{
		{"none", func(*config.Instance) {}, "", "v0"},
		{"use_vmac", func(c *config.Instance) {
			c.VMAC.Use = true
			c.Addrs = append(c.Addrs, on("10.0.0.101/24", "v0", false), on("10.1.0.1/24", "v1", false))
		}, "vrrp.51 on v0 00:00:5e:00:01:33 own", "vrrp.51 vrrp.51 v1"},
		{"use_vmac_addr", func(c *config.Instance) {
			c.VMAC.Use, c.VMAC.UseAddr = true, true
			c.Addrs = append(c.Addrs, on("10.1.0.1/24", "v1", false), on("10.1.0.2/24", "v1", false))
			c.Excluded = []config.Address{on("2001:db8::1/64", "", false), on("2001:db8:1::1/64", "v1", false)}
		}, "vrrp.51 on v0 00:00:5e:00:01:33 own, vrrp1.51 on v1 00:00:5e:00:01:33, vrrp2.51 on v0 00:00:5e:00:02:33, vrrp3.51 on v1 00:00:5e:00:02:33",
			"vrrp.51 vrrp1.51 vrrp1.51 vrrp2.51 vrrp3.51"},
		{"use_vmac of addresses", func(c *config.Instance) {
			c.Addrs = append(c.Addrs, on("10.1.0.1/24", "v1", true), on("10.0.0.101/24", "", true))
		}, "vrrp.51 on v1 00:00:5e:00:01:33, vrrp1.51 on v0 00:00:5e:00:01:33", "v0 vrrp.51 vrrp1.51"},
		{"use_ipvlan", func(c *config.Instance) {
			c.VMAC = config.VMAC{Use: true, IPVLAN: true, Name: "ip51", IPVLANAddr: netip.MustParseAddr("10.0.0.51")}
		}, "ip51 on v0 00:00:00:00:00:00 own ipvlan", "v0"},
	} {
		cfg := &config.Config{Instances: []*config.Instance{conf(c.change)}}
		var list, places []string
		for _, v := range Virtuals(cfg) {
			var mac []string
			for _, b := range v.MAC {
				mac = append(mac, fmt.Sprintf("%02x", b))
			}
			text := v.Name + " on " + v.Base + " " + strings.Join(mac, ":")
			if v.Own {
				text += " own"
			}
			if v.IPVLAN {
				text += " ipvlan"
			}
			list = append(list, text)
		}
		if got := strings.Join(list, ", "); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		in := newRig(t, cfg).vi()
		for _, l := range [][]config.Address{in.Conf.Addrs, in.Conf.Excluded} {
			for i := range l {
				places = append(places, in.On(&l[i]))
			}
		}
		if got := strings.Join(places, " "); got != c.places {
			t.Errorf("%s: addresses are on %s, want %s", c.name, got, c.places)
		}
	}
}

// An instance needs the interfaces that its addresses, routes and rules are on, unless they
// say no_track; what track_interface says of one counts first.
func TestDevices(t *testing.T) {
	weighted := []config.TrackInterface{{Name: "v1", Weight: -20}}
	for name, c := range map[string]struct {
		change func(*config.Instance)
		state  State
		prio   uint8
	}{
		"an address": {func(c *config.Instance) { c.Addrs = append(c.Addrs, on("10.1.0.1/24", "v1", false)) }, Fault, 100},
		"excluded":   {func(c *config.Instance) { c.Excluded = []config.Address{on("10.1.0.1/24", "v1", false)} }, Fault, 100},
		"a route":    {func(c *config.Instance) { c.Routes = []config.Route{{Dev: "v1"}} }, Fault, 100},
		"a rule":     {func(c *config.Instance) { c.Rules = []config.Rule{{IIF: "v1"}} }, Fault, 100},
		"not tracked": {func(c *config.Instance) {
			a := on("10.1.0.1/24", "v1", false)
			a.NoTrack = true
			c.Addrs, c.Routes, c.Rules = append(c.Addrs, a), []config.Route{{Dev: "v1", NoTrack: true}}, []config.Rule{{IIF: "v1", NoTrack: true}}
		}, Master, 100},
		"weighted": {func(c *config.Instance) {
			c.Addrs, c.TrackInterfaces = append(c.Addrs, on("10.1.0.1/24", "v1", false)), weighted
		}, Master, 80},
	} {
		t.Run(name, func(t *testing.T) {
			r := single(t, c.change).master()
			r.m.Link(r.now, "v1", false)
			r.is(c.state)
			if p := r.vi().Priority(); p != c.prio {
				t.Errorf("priority %d, want %d", p, c.prio)
			}
			r.m.Link(r.now, "v1", true)
			r.master()
		})
	}
}

// A reload that changes where an address is takes it from where it was.
func TestVirtualMoves(t *testing.T) {
	use := func(own bool) *config.Config {
		return &config.Config{Instances: []*config.Instance{conf(func(c *config.Instance) {
			c.Addrs = append(c.Addrs, on("10.1.0.1/24", "v1", own))
		})}}
	}
	r := newRig(t, use(false)).begin().master()
	r.m.Link(r.now, "vrrp.51", true)
	for _, c := range []struct {
		own      bool
		from, to string
	}{{true, "v1", "vrrp.51"}, {false, "vrrp.51", "v1"}} {
		r.said()
		r.m.Reload(r.now, use(c.own))
		said := r.said()
		if !strings.Contains(said, "ip address 10.1.0.1/24 dev "+c.from+", no longer exist") || !strings.Contains(said, "gratuitous ARPs on "+c.to+" for 10.1.0.1") {
			t.Error(said)
		}
		if did := r.took(); strings.Contains(did, "10.0.0.100") {
			t.Error(did)
		}
	}
	r.is(Master)
}

// An ipvlan of IPv4 needs an address.
func TestIPVLANFault(t *testing.T) {
	r := single(t, func(c *config.Instance) { c.VMAC = config.VMAC{Use: true, IPVLAN: true, Fault: true} })
	r.is(Fault)
	if said := r.said(); !strings.Contains(said, "(VI_1) entering FAULT state (its ipvlan has no address)") {
		t.Error(said)
	}
}
