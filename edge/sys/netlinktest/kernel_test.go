package netlinktest

import (
	"errors"
	"net/netip"
	"slices"
	"testing"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/netlink"
	"moongate/test/netns"

	"golang.org/x/sys/unix"
)

// Both kernels are asked the same and must answer the same.
func TestLikeTheRealOne(t *testing.T) {
	t.Run("false", func(t *testing.T) {
		k := New("eth0")
		w, err := k.Watch()
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		behave(t, k, w)
		want := []string{"add address 10.0.0.1/24 dev eth0", "add route 192.168.0.0/24", "add rule priority 100", "replace route 192.168.0.0/24", "delete rule priority 100",
			"delete route 192.168.0.0/24", "delete address 10.0.0.1/24 dev eth0", "add macvlan vrrp.51 on eth0", "set vrrp.51 up true",
			"sysctl net.ipv4.conf.vrrp.51.arp_ignore=1", "delete link vrrp.51"}
		if !slices.Equal(k.Log, want) {
			t.Errorf("%q", k.Log)
		}
	})
	t.Run("real", func(t *testing.T) {
		s := netns.New(t)
		s.Run("ip link add eth0 type veth peer name eth1")
		s.Run("ip link set eth0 up")
		s.Run("ip link set eth1 up")
		s.Enter()
		c, err := netlink.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		m, err := netlink.Watch(c, netlink.Interests{Addresses: true, Routes: true})
		if err != nil {
			t.Fatal(err)
		}
		defer m.Close()
		behave(t, c, m)
	})
}

func is(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, not %v", what, err, want)
	}
}

func behave(t *testing.T, k netlink.Kernel, w netlink.Watcher) {
	told := func(what netlink.What, fits func(*netlink.Change) bool) {
		t.Helper()
		found := false
		unix.Poll([]unix.PollFd{{Fd: int32(w.FD()), Events: unix.POLLIN}}, 5000)
		if err := w.Read(func(c *netlink.Change) { found = found || c.What == what && fits(c) }); err != nil || !found {
			t.Errorf("news %d: %v %v", what, found, err)
		}
	}
	eth0, err := k.LinkByName("eth0")
	if err != nil || !eth0.Running() || !eth0.Ethernet {
		t.Fatal(eth0, err)
	}
	_, err = k.LinkByName("nosuch")
	is(t, "no interface", err, netlink.ErrNoLink)

	a := netlink.Address{Index: eth0.Index, Prefix: netip.MustParsePrefix("10.0.0.1/24")}
	is(t, "address", k.AddAddress(a), nil)
	told(netlink.AddressAdded, func(c *netlink.Change) bool { return c.Address.Same(&a) })
	is(t, "address again", k.AddAddress(a), netlink.ErrExists)
	is(t, "address of nobody", k.AddAddress(netlink.Address{Index: 999, Prefix: a.Prefix}), netlink.ErrNoLink)
	all, err := k.Addresses()
	if err != nil || !slices.ContainsFunc(all, func(b netlink.Address) bool { return a.Same(&b) }) {
		t.Error(all, err)
	}

	r := netlink.Route{Dst: netip.MustParsePrefix("192.168.0.0/24"), Hops: []netlink.Hop{{Via: netip.MustParseAddr("10.0.0.2"), Index: eth0.Index}}}
	is(t, "route", k.AddRoute(r), nil)
	told(netlink.RouteAdded, func(c *netlink.Change) bool { return c.Route.Same(&r) })
	is(t, "route again", k.AddRoute(r), netlink.ErrExists)
	has := func(r netlink.Route, want bool) {
		t.Helper()
		if got, err := k.HasRoute(r); got != want || err != nil {
			t.Errorf("%v is there: %v %v", r.Dst, got, err)
		}
	}
	has(r, true)
	other := r
	other.Table = 4711
	has(other, false)
	rule := netlink.Rule{Priority: netlink.Some(uint32(100)), From: a.Prefix.Masked(), Table: 1000}
	is(t, "rule", k.AddRule(rule), nil)
	is(t, "rule again", k.AddRule(rule), netlink.ErrExists)
	r.PrefSrc = a.Prefix.Addr()
	is(t, "replace", k.ReplaceRoute(r), nil)
	is(t, "rule's end", k.DeleteRule(rule), nil)
	is(t, "rule's end again", k.DeleteRule(rule), netlink.ErrNotFound)
	is(t, "route's end", k.DeleteRoute(r), nil)
	has(r, false)
	is(t, "route's end again", k.DeleteRoute(r), netlink.ErrNotFound)
	is(t, "address's end", k.DeleteAddress(a), nil)
	is(t, "address's end again", k.DeleteAddress(a), netlink.ErrNotFound)
	told(netlink.AddressRemoved, func(c *netlink.Change) bool { return c.Address.Same(&a) })

	m := netlink.Macvlan{Name: "vrrp.51", Parent: eth0.Index, MAC: [6]byte{0, 0, 0x5e, 0, 1, 51}}
	v, err := k.AddMacvlan(m)
	if errors.Is(err, unix.EOPNOTSUPP) {
		t.Skip("this kernel has no macvlan")
	}
	if err != nil || v.Up() || v.MAC != m.MAC || v.Parent != eth0.Index || v.Kind != "macvlan" {
		t.Error(v, err)
	}
	_, err = k.AddMacvlan(m)
	is(t, "macvlan again", err, netlink.ErrExists)
	is(t, "up", k.SetUp(v.Index, true), nil)
	if v, _ = k.LinkByName("vrrp.51"); !v.Running() {
		t.Errorf("%x", v.Flags)
	}
	is(t, "sysctl", k.SetSysctl(false, "vrrp.51", "arp_ignore", "1"), nil)
	if got, err := k.Sysctl(false, "vrrp.51", "arp_ignore"); got != "1" || err != nil {
		t.Error(got, err)
	}
	is(t, "macvlan's end", k.DeleteLink(v.Index), nil)
	is(t, "macvlan's end again", k.DeleteLink(v.Index), netlink.ErrNoLink)
	told(netlink.LinkGone, func(c *netlink.Change) bool { return c.Link.Index == v.Index })
}

func TestFail(t *testing.T) {
	k := New("eth0")
	k.Fail = func(line string) error { return unix.EPERM }
	is(t, "address", k.AddAddress(netlink.Address{Index: 2, Prefix: netip.MustParsePrefix("10.0.0.1/24")}), unix.EPERM)
	if all, _ := k.Addresses(); len(all) != 0 || len(k.Log) != 0 {
		t.Error(all, k.Log)
	}
}

func TestWatcherWakesALoop(t *testing.T) {
	k := New("eth0")
	w, err := k.Watch()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := l.Add(w.FD(), func() {
		w.Read(func(c *netlink.Change) {
			if c.What == netlink.LinkChanged && c.Link.Name == "eth0" && !c.Link.Running() {
				l.Stop()
			}
		})
	}, nil); err != nil {
		t.Fatal(err)
	}
	l.Post(func() { k.SetRunning("eth0", false) })
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}
