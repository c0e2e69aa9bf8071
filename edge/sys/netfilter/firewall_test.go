package netfilter

import (
	"errors"
	"io/fs"
	"net/netip"
	"os/exec"
	"strings"
	"testing"

	"moongate/edge/sys/netlink"
	"moongate/test/netns"

	"golang.org/x/sys/unix"
)

// ruleset is what "nft list ruleset" shows for keepalived 2.2.7 as the master of two
// instances with no_accept and of two with use_vmac, with the sets in our order.
const ruleset = `
table ip keepalived {
	set vips {
		type ipv4_addr
		elements = { 10.77.0.100, 10.77.0.101 }
	}
	map vmac_map {
		type iface_index : iface_index
		elements = { "vrrp.53" : "eth0" }
	}
	chain out {
		type filter hook output priority filter - 1; policy accept;
		ip protocol igmp meta oifkind "macvlan" dup to ip daddr device oif map @vmac_map drop
		ip saddr @vips drop
	}
	chain in {
		type filter hook input priority filter - 1; policy accept;
		ip daddr @vips drop
	}
}
table ip6 keepalived {
	set vips {
		type ipv6_addr
		elements = { fd00:77::100 }
	}
	set neighbor-discovery {
		type icmpv6_type
		flags constant
		elements = { nd-neighbor-solicit,
			     nd-neighbor-advert }
	}
	set vips_link_local {
		type ipv6_addr . iface_index
		elements = { fe80::100 . "eth0" }
	}
	map vmac_map {
		type iface_index : iface_index
		elements = { "vrrp.54" : "eth0" }
	}
	set vmac_set {
		type iface_index
		elements = { "vrrp.54" }
	}
	chain in_link_local {
		ip6 daddr . iif @vips_link_local drop
	}
	chain out_link_local {
		ip6 saddr . oif @vips_link_local drop
	}
	chain out {
		type filter hook output priority filter - 1; policy accept;
		icmpv6 type mld2-listener-report meta oifkind "macvlan" dup to ip6 daddr device oif map @vmac_map drop
		icmpv6 type nd-router-solicit meta oifkind "macvlan" oif @vmac_set drop
		icmpv6 type @neighbor-discovery accept
		ip6 saddr fe80::/10 goto out_link_local
		ip6 saddr @vips drop
	}
	chain in {
		type filter hook input priority filter - 1; policy accept;
		icmpv6 type @neighbor-discovery accept
		ip6 daddr fe80::/10 goto in_link_local
		ip6 daddr @vips drop
	}
}
`

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func ip(s string) netip.Addr { return netip.MustParseAddr(s) }

// inside is a namespace with a pair of interfaces and a Firewall in it.
func inside(t *testing.T, c Config) (*netns.Space, *Firewall) {
	t.Helper()
	if _, err := exec.LookPath("nft"); err != nil {
		t.Skip("no nft command")
	}
	s := netns.New(t)
	s.Run("ip link add eth0 type veth peer name eth1")
	s.Enter()
	f, err := Open(c)
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EINVAL) {
		t.Skip("no nf_tables: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s, f
}

var usual = Config{Table: "keepalived", Priority: -1}

func TestAsKeepalived(t *testing.T) {
	s, f := inside(t, usual)
	c, err := netlink.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	eth0, _ := c.LinkByName("eth0")
	mac := map[string]int{}
	for i, name := range []string{"vrrp.53", "vrrp.54"} {
		l, err := c.AddMacvlan(netlink.Macvlan{Name: name, Parent: eth0.Index, MAC: [6]byte{0, 0, 0x5e, 0, byte(i + 1), 53}})
		if err != nil {
			t.Skip("no macvlan: ", err)
		}
		mac[name] = l.Index
	}
	if out := s.Run("nft -s list ruleset"); out != "" {
		t.Error("there is a table before it is needed: ", out)
	}
	targets := []Target{{Addr: ip("10.77.0.100")}, {Addr: ip("10.77.0.101")}, {Addr: ip("fe80::100"), Index: eth0.Index}, {Addr: ip("fd00:77::100")}}
	for range 2 { // the second time changes nothing
		if err := f.Block(targets...); err != nil {
			t.Fatal(err)
		}
		for _, v := range []VMAC{{mac["vrrp.53"], eth0.Index, false}, {mac["vrrp.54"], eth0.Index, true}} {
			if err := f.AddVMAC(v); err != nil {
				t.Fatal(err)
			}
		}
		if out := s.Run("nft -s list ruleset"); squeeze(out) != squeeze(ruleset) {
			t.Errorf("%s", out)
		}
	}

	if err := f.Unblock(targets...); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.Unblock(targets[0]); err != nil {
			t.Error(err)
		}
		if err := f.RemoveVMAC(VMAC{mac["vrrp.54"], eth0.Index, true}); err != nil {
			t.Error(err)
		}
	}
	if out := s.Run("nft -s list ruleset"); strings.Contains(out, "100") || strings.Contains(out, "vrrp.54") || !strings.Contains(out, "vrrp.53") {
		t.Error(out)
	}
	s.Run("nft add table ip other")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if out := squeeze(s.Run("nft -s list ruleset")); out != "table ip other { }" {
		t.Error(out)
	}
}

func TestWhatIsLeftBehindGoes(t *testing.T) {
	s, f := inside(t, usual)
	if err := f.Block(Target{Addr: ip("10.0.0.1")}, Target{Addr: ip("fd00::1")}); err != nil {
		t.Fatal(err)
	}
	unix.Close(f.fd) // and nothing else, as after kill -9
	next, err := Open(usual)
	if err != nil {
		t.Fatal(err)
	}
	if out := s.Run("nft -s list ruleset"); out != "" {
		t.Error(out)
	}
	if err := next.Unblock(Target{Addr: ip("10.0.0.1")}); err != nil {
		t.Error(err)
	}
	if err := next.Close(); err != nil {
		t.Error(err)
	}
}

func TestCountersAndPriority(t *testing.T) {
	s, f := inside(t, Config{Table: "vrrp", Priority: -100, Counters: true})
	defer f.Close()
	if err := f.Block(Target{Addr: ip("10.0.0.1")}); err != nil {
		t.Fatal(err)
	}
	out := squeeze(s.Run("nft list ruleset"))
	for _, want := range []string{"table ip vrrp {", "ip daddr @vips counter packets 0 bytes 0 drop", "hook input priority -100"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in %s", want, out)
		}
	}
}

// A blocked address answers neither ping nor a connection, but is found.
func TestBlockedAddress(t *testing.T) {
	if _, err := exec.LookPath("ping"); err != nil {
		t.Skip("no ping")
	}
	a, b := netns.New(t), netns.New(t)
	netns.Join(a, "eth0", "10.9.0.1/24", b, "eth0", "10.9.0.2/24")
	a.Run("ip addr add fd00:9::1/64 dev eth0 nodad")
	for _, addr := range []string{"10.9.0.100/24", "fd00:9::100/64", "fe80::100/64"} {
		b.Run("ip addr add " + addr + " dev eth0 nodad")
	}
	b.Run("ip addr add fd00:9::2/64 dev eth0 nodad")
	b.Enter()
	c, err := netlink.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	eth0, _ := c.LinkByName("eth0")
	f, err := Open(usual)
	if err != nil {
		t.Skip("no nf_tables: ", err)
	}
	defer f.Close()
	ping := func(addr string) bool { _, err := a.Try("ping -c 1 -W 1 " + addr); return err == nil }
	vips := map[string]Target{"10.9.0.100": {Addr: ip("10.9.0.100")}, "fd00:9::100": {Addr: ip("fd00:9::100")}, "fe80::100%eth0": {Addr: ip("fe80::100"), Index: eth0.Index}}
	for addr, target := range vips {
		if !ping(addr) {
			t.Fatal("no answer from ", addr)
		}
		if err := f.Block(target); err != nil {
			t.Fatal(err)
		}
		a.Run("ip neigh flush dev eth0")
		if ping(addr) {
			t.Error(addr, " answers although it is blocked")
		}
		if out := a.Run("ip neigh show dev eth0"); !strings.Contains(out, strings.TrimSuffix(addr, "%eth0")+" lladdr") {
			t.Errorf("%s is not found as a neighbour: %s", addr, out)
		}
		if err := f.Unblock(target); err != nil {
			t.Fatal(err)
		}
		if !ping(addr) {
			t.Error("no answer again from ", addr)
		}
	}
	for _, addr := range []string{"10.9.0.2", "fd00:9::2"} {
		if !ping(addr) {
			t.Error("no answer from ", addr)
		}
	}
}

func TestWithoutPermission(t *testing.T) {
	_, f := inside(t, usual)
	head := &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data, less [2]unix.CapUserData
	unix.Capget(head, &data[0])
	less = data
	less[0].Effective &^= 1 << unix.CAP_NET_ADMIN
	if err := unix.Capset(head, &less[0]); err != nil {
		t.Fatal(err)
	}
	err := f.Block(Target{Addr: ip("10.0.0.1")})
	if e := unix.Capset(head, &data[0]); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, fs.ErrPermission) || err.Error() != "blocking virtual addresses: operation not permitted: the capability NET_ADMIN is missing" {
		t.Error(err)
	}
	if err := f.Block(Target{Addr: ip("10.0.0.1")}); err != nil {
		t.Error("after that: ", err)
	}
	f.Close()
}

func BenchmarkBlock(b *testing.B) {
	s := netns.New(b)
	s.Enter()
	f, err := Open(usual)
	if err != nil {
		b.Skip(err)
	}
	defer f.Close()
	target := Target{Addr: ip("10.0.0.1")}
	for b.Loop() {
		if err := f.Block(target); err != nil {
			b.Fatal(err)
		}
		if err := f.Unblock(target); err != nil {
			b.Fatal(err)
		}
	}
}
