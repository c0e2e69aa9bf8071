package netlink

import (
	"fmt"
	"testing"
	"time"

	"moongate/test/netns"

	"golang.org/x/sys/unix"
)

func watch(t *testing.T, c *Conn, want Interests) *Monitor {
	t.Helper()
	m, err := Watch(c, want)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// expect reads news until one fits.
func expect(t *testing.T, m *Monitor, what string, fits func(*Change) bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
		found := false
		if err := m.Read(func(c *Change) { found = found || fits(c) }); err != nil {
			t.Fatal(err)
		}
		if found {
			return
		}
		unix.Poll([]unix.PollFd{{Fd: int32(m.FD()), Events: unix.POLLIN}}, int(time.Until(end).Milliseconds()))
	}
	t.Fatal(what, " was not told")
}

func silent(t *testing.T, m *Monitor) {
	t.Helper()
	if err := m.Read(func(c *Change) { t.Errorf("told: %+v", *c) }); err != nil {
		t.Fatal(err)
	}
}

func TestMonitor(t *testing.T) {
	s, c, index := inside(t)
	m := watch(t, c, Interests{Addresses: true, Routes: true})
	if l, ok := m.LinkByName("eth0"); !ok || l.Index != index || !l.Running() {
		t.Error(l, ok)
	}
	silent(t, m)

	s.Run("ip link set eth1 down")
	expect(t, m, "the lost carrier", func(c *Change) bool {
		return c.What == LinkChanged && c.Link.Index == index && c.Link.Up() && !c.Link.Running()
	})
	s.Run("ip link set eth1 up")
	expect(t, m, "the carrier", func(c *Change) bool { return c.What == LinkChanged && c.Link.Index == index && c.Link.Running() })
	s.Run("ip link set eth0 mtu 1400")
	expect(t, m, "the MTU", func(c *Change) bool { return c.What == LinkChanged && c.Link.MTU == 1400 })

	s.Run("ip addr add 10.0.0.1/24 dev eth0")
	expect(t, m, "the address", func(c *Change) bool {
		return c.What == AddressAdded && c.Address.Prefix == prefix("10.0.0.1/24") && c.Address.Index == index
	})
	s.Run("ip route add 192.168.0.0/24 via 10.0.0.2")
	expect(t, m, "the route", func(c *Change) bool {
		return c.What == RouteAdded && c.Route.Dst == prefix("192.168.0.0/24") && c.Route.Hops[0].Via == ip("10.0.0.2")
	})
	s.Run("ip route del 192.168.0.0/24")
	expect(t, m, "the route's end", func(c *Change) bool { return c.What == RouteRemoved && c.Route.Dst == prefix("192.168.0.0/24") })
	s.Run("ip addr del 10.0.0.1/24 dev eth0")
	expect(t, m, "the address's end", func(c *Change) bool { return c.What == AddressRemoved && c.Address.Prefix == prefix("10.0.0.1/24") })

	s.Run("ip addr add fd00::1/64 dev eth0 nodad")
	expect(t, m, "the address", func(c *Change) bool { return c.What == AddressAdded && c.Address.Prefix == prefix("fd00::1/64") })
	s.Run("ip link set eth0 name out0 down")
	expect(t, m, "the new name", func(c *Change) bool {
		return c.What == LinkChanged && c.Link.Index == index && c.Link.Name == "out0"
	})
	s.Run("ip link del out0")
	expect(t, m, "the interface's end", func(c *Change) bool { return c.What == LinkGone && c.Link.Index == index })
	m.Links(func(l *Link) {
		if l.Name != "lo" {
			t.Error("still there: ", l.Name)
		}
	})
	m.Addresses(func(a *Address) {
		if a.Index == index {
			t.Error("still there: ", a.Prefix)
		}
	})
}

// What others change while the socket overflows is found out all the same.
func TestMonitorLosesNothing(t *testing.T) {
	s, c, index := inside(t)
	s.Run("ip addr add 10.0.0.1/24 dev eth0")
	m := watch(t, c, Interests{Addresses: true, Routes: true})
	if err := m.SetBuffer(1); err != nil { // the kernel's least
		t.Fatal(err)
	}
	s.Run("ip link set eth0 mtu 1400")
	for i := range 200 {
		if err := c.AddAddress(Address{Index: index, Prefix: prefix(fmt.Sprintf("10.1.0.%d/32", i+1))}); err != nil {
			t.Fatal(err)
		}
	}
	s.Run("ip addr del 10.0.0.1/24 dev eth0")
	s.Run("ip link add late type veth peer name late2")

	got := map[string]int{}
	lost := false
	for ready := 1; ready > 0; {
		if err := m.Read(func(c *Change) {
			switch c.What {
			case AddressAdded, AddressRemoved:
				got[fmt.Sprintf("%d %v", c.What, c.Address.Prefix)]++
			case LinkChanged:
				got[fmt.Sprintf("%s %d", c.Link.Name, c.Link.MTU)]++
			case NewsLost:
				lost = true
			}
		}); err != nil {
			t.Fatal(err)
		}
		ready, _ = unix.Poll([]unix.PollFd{{Fd: int32(m.FD()), Events: unix.POLLIN}}, 0)
	}
	if !lost {
		t.Fatal("nothing was lost: the test tests nothing")
	}
	for i := range 200 {
		if n := got[fmt.Sprintf("%d 10.1.0.%d/32", AddressAdded, i+1)]; n != 1 {
			t.Errorf("the address %d was told %d times", i+1, n)
		}
	}
	for _, want := range []string{fmt.Sprintf("%d 10.0.0.1/24", AddressRemoved), "eth0 1400", "late 1500", "late2 1500"} {
		if got[want] == 0 {
			t.Errorf("%s is missing: %v", want, got)
		}
	}
	n := 0
	m.Addresses(func(a *Address) {
		if a.Index == index && a.Prefix.Addr().Is4() {
			n++
		}
	})
	if n != 200 {
		t.Errorf("%d addresses are known", n)
	}
}

func TestMonitorOfLinksOnly(t *testing.T) {
	s, c, _ := inside(t)
	m := watch(t, c, Interests{})
	s.Run("ip addr add 10.0.0.1/24 dev eth0")
	silent(t, m)
	m.Addresses(func(a *Address) { t.Error(a) })
}

func TestMonitorOfSomeProtocols(t *testing.T) {
	s, c, _ := inside(t)
	s.Run("ip addr add 10.0.0.1/24 dev eth0")
	m := watch(t, c, Interests{Addresses: true, Routes: true, Protocols: []uint8{ProtoKeepalived, 200}})
	s.Run("ip route add 192.168.1.0/24 via 10.0.0.2 proto bgp")
	s.Run("ip route del 192.168.1.0/24")
	s.Run("ip -6 route add blackhole fd09::/64 proto bgp")
	silent(t, m)
	for _, proto := range []string{"keepalived", "200"} {
		s.Run("ip route add 192.168.2.0/24 via 10.0.0.2 proto " + proto)
		expect(t, m, "the route", func(c *Change) bool { return c.What == RouteAdded && c.Route.Dst == prefix("192.168.2.0/24") })
		s.Run("ip route del 192.168.2.0/24")
		expect(t, m, "its end", func(c *Change) bool { return c.What == RouteRemoved && c.Route.Dst == prefix("192.168.2.0/24") })
	}
	s.Run("ip -6 route add blackhole fd09::/64 proto keepalived metric 9")
	expect(t, m, "the IPv6 route", func(c *Change) bool { return c.What == RouteAdded && c.Route.Dst == prefix("fd09::/64") })
	s.Run("ip addr add 10.0.0.9/24 dev eth0")
	expect(t, m, "the address", func(c *Change) bool { return c.What == AddressAdded })
}

// The socket stays where it was opened, whatever the thread does later.
func TestConnStaysInItsNamespace(t *testing.T) {
	_, c, index := inside(t)
	netns.New(t).Do(func() {
		if l, err := c.LinkByIndex(index); err != nil || l.Name != "eth0" {
			t.Error(l, err)
		}
	})
}

func BenchmarkAddress(b *testing.B) {
	s := netns.New(b)
	s.Enter()
	c, err := Open()
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	a := Address{Index: 1, Prefix: prefix("10.9.0.1/32")}
	b.ReportAllocs()
	for b.Loop() {
		if err := c.AddAddress(a); err != nil {
			b.Fatal(err)
		}
		if err := c.DeleteAddress(a); err != nil {
			b.Fatal(err)
		}
	}
}
