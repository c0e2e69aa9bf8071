package speaker

import (
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/loop"
	"moongate/edge/sys/netlink"
	"moongate/edge/sys/netlinktest"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/vrrp"
	"moongate/test/netns"
)

// Addresses on another interface with a virtual MAC of their own: they are told with it, the
// instance needs that interface, and what is made for them goes and comes with it.
func TestAddressVMAC(t *testing.T) {
	a, b := wire(t)
	netns.Join(a, "eth1", "10.8.0.1/24", b, "eth1", "10.8.0.2/24")
	b.Do(func() { os.WriteFile("/proc/sys/net/ipv4/conf/eth1/arp_accept", []byte("1"), 0) })
	c := instance(150, "10.9.0.100/24", "10.8.0.100/24")
	c.Addrs[1].Dev, c.Addrs[1].VMAC = "eth1", true
	n := start(t, a, with(c))
	n.await("(VI_1): Success creating VMAC interface vrrp.51")
	n.await("(VI_1) Entering MASTER STATE")
	n.await("Sending gratuitous ARP on vrrp.51 for 10.8.0.100")
	n.holds("vrrp.51", "10.8.0.100", true)
	n.holds("eth0", "10.9.0.100", true)
	if s := b.Run("ip neigh show 10.8.0.100 dev eth1"); !strings.Contains(s, "00:00:5e:00:01:33") {
		t.Errorf("the neighbour knows it as %s", s)
	}
	b.Run("ip link set eth1 down")
	n.await("Netlink reports vrrp.51 down")
	n.await("(VI_1) Entering FAULT STATE")
	b.Run("ip link set eth1 up")
	n.await("(VI_1) Entering MASTER STATE")
	a.Run("ip link del eth1")
	n.await("(VI_1) Entering FAULT STATE")
	netns.Join(a, "eth1", "10.8.0.1/24", b, "eth1", "10.8.0.2/24")
	n.await("(VI_1): Success creating VMAC interface vrrp.51")
	n.await("(VI_1) Entering MASTER STATE")
	n.holds("vrrp.51", "10.8.0.100", true)
	n.stop()
	if s := a.Run("ip -o link"); strings.Contains(s, "vrrp.51") {
		t.Errorf("left behind:\n%s", s)
	}
}

// fake is a speaker that has begun in a kernel of its own.
func fake(t *testing.T, k *netlinktest.Kernel, cfg *config.Config) (s *speaker, said func() string) {
	w, err := k.Watch()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	n := &node{kept: map[string]string{}, more: make(chan struct{}, 1)}
	s = &speaker{session: &role.Session{Parent: n}, cfg: cfg, log: n.log, loop: l, kernel: k, watch: w, made: map[string]int{}, sysctls: map[sysctl]string{}, owned: map[owned]*vrrp.Instance{}, sources: map[source]netip.Addr{}}
	s.study()
	s.machine = vrrp.New(cfg, (*world)(s))
	return s, func() string {
		lines := n.lines
		n.lines = nil
		return strings.Join(lines, "\n")
	}
}

// What this kernel may not have: an ipvlan, in the VRF of the interface beneath.
func TestIPVLAN(t *testing.T) {
	k := netlinktest.New("eth0")
	c := instance(150, "10.9.0.100/24")
	c.VMAC = config.VMAC{Use: true, IPVLAN: true, IPVLANAddr: netip.MustParseAddr("10.9.0.51")}
	s, said := fake(t, k, with(c))
	s.makeVMACs()
	want := "add ipvlan vrrp.51 on eth0\nset vrrp.51 up true\nadd address 10.9.0.51/32 dev vrrp.51"
	if got := strings.Join(k.Log, "\n"); got != want {
		t.Errorf("did\n%s\nwant\n%s", got, want)
	}
	if got, want := said(), "(VI_1): Success creating IPVLAN interface vrrp.51\nAssigned address 10.9.0.51 for interface vrrp.51"; got != want {
		t.Errorf("said\n%s\nwant\n%s", got, want)
	}
	s.makeVMACs() // is there
	s.removeVMACs()
	if got := k.Log[len(k.Log)-1]; len(k.Log) != 4 || got != "delete link vrrp.51" {
		t.Errorf("then did %q", k.Log[3:])
	}
}

// A route that has no gateway has the scope that it names, as with keepalived.
func TestRouteScope(t *testing.T) {
	s, _ := fake(t, netlinktest.New("eth0"), with())
	r := &config.Route{Dst: netip.MustParsePrefix("10.20.0.0/16"), Dev: "eth0", RTT: 200*time.Millisecond + 125*time.Microsecond}
	r.Encap = config.Encap{Kind: "ip", Dst: netip.MustParseAddr("10.9.0.8")}
	if n := s.routeOf(r); n.Scope != 0 || n.Metrics[netlink.Rtt] != 1601 {
		t.Errorf("scope %d, rtt %d", n.Scope, n.Metrics[netlink.Rtt])
	}
	r.Scope = netlink.ScopeLink
	if n := s.routeOf(r); n.Scope != netlink.ScopeLink {
		t.Errorf("scope %d", n.Scope)
	}
}

// A route of a VRF goes into the VRF's table.
func TestVRFRoute(t *testing.T) {
	k := netlinktest.New("eth0")
	k.AddVRF("blue", 77)
	s, _ := fake(t, k, with())
	r := &config.Route{Dst: netip.MustParsePrefix("10.20.0.0/16"), Dev: "eth0", VRF: "blue", MTU: 1400, Locks: []string{"mtu"}, RTT: time.Millisecond}
	n := s.routeOf(r)
	if n.Table != 77 || n.Locked != 1<<netlink.MTU {
		t.Errorf("table %d, locked %b", n.Table, n.Locked)
	}
	r.Table = 5
	if n := s.routeOf(r); n.Table != 5 {
		t.Errorf("table %d", n.Table)
	}
}
