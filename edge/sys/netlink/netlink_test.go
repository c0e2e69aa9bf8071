package netlink

import (
	"errors"
	"io/fs"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"

	"moongate/test/netns"

	"golang.org/x/sys/unix"
)

// inside opens a Conn in a namespace with a pair of interfaces, in which the test goes on.
func inside(t *testing.T) (*netns.Space, *Conn, int) {
	t.Helper()
	s := netns.New(t)
	s.Run("ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth1")
	s.Run("sysctl -qw net.ipv6.conf.eth0.accept_dad=0 net.ipv6.conf.eth0.addr_gen_mode=1")
	s.Run("ip link set eth0 up")
	s.Run("ip link set eth1 up")
	s.AwaitUp("eth0")
	s.AwaitUp("eth1")
	s.Enter()
	c, err := Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	l, err := c.LinkByName("eth0")
	if err != nil {
		t.Fatal(err)
	}
	return s, c, l.Index
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }
func ip(s string) netip.Addr       { return netip.MustParseAddr(s) }

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestLinks(t *testing.T) {
	s, c, index := inside(t)
	l, err := c.LinkByIndex(index)
	if err != nil || l.Name != "eth0" || l.MAC != [6]byte{2, 0, 0, 0, 0, 1} || !l.Ethernet || l.MTU != 1500 || l.Kind != "veth" || !l.Up() || !l.Running() || !l.Multicast() || l.Loopback() {
		t.Errorf("%+v %v", l, err)
	}
	all, err := c.Links()
	if err != nil || !slices.Contains(all, l) || len(all) < 3 {
		t.Error(all, err)
	}
	lo, err := c.LinkByName("lo")
	if err != nil || !lo.Loopback() || lo.Ethernet || lo.Index != 1 {
		t.Error(lo, err)
	}
	if err := c.SetUp(index, false); err != nil {
		t.Error(err)
	}
	if l, _ := c.LinkByIndex(index); l.Up() || l.Running() {
		t.Errorf("%x", l.Flags)
	}
	if err := c.SetUp(index, true); err != nil {
		t.Error(err)
	}
	s.Run("ip link set eth1 down") // no carrier
	if l, _ := c.LinkByIndex(index); !l.Up() || l.Running() {
		t.Errorf("%x", l.Flags)
	}
	if _, err := c.LinkByName("nosuch"); !errors.Is(err, ErrNoLink) || !errors.Is(err, ErrNotFound) || !strings.HasPrefix(err.Error(), "looking for the interface nosuch: no such device") {
		t.Error(err)
	}
	if _, err := c.LinkByIndex(9999); !errors.Is(err, ErrNoLink) {
		t.Error(err)
	}
}

func TestMacvlan(t *testing.T) {
	s, c, index := inside(t)
	mac := [6]byte{0, 0, 0x5e, 0, 1, 51}
	m := Macvlan{Name: "vrrp.51", Parent: index, MAC: mac, Group: 7, NoLinkLocal: true}
	l, err := c.AddMacvlan(m)
	if f, ok := err.(*Fault); ok && f.Errno == unix.EOPNOTSUPP {
		t.Skip("this kernel has no macvlan")
	}
	if err != nil || l.Name != "vrrp.51" || l.MAC != mac || l.Kind != "macvlan" || l.Parent != index || l.Group != 7 || l.Up() {
		t.Fatalf("%+v %v", l, err)
	}
	if _, err := c.AddMacvlan(m); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	if err := c.SetUp(l.Index, true); err != nil {
		t.Error(err)
	}
	out := squeeze(s.Run("ip -d link show vrrp.51"))
	if !strings.Contains(out, "macvlan mode private") || !strings.Contains(out, "addrgenmode none") {
		t.Error(out)
	}
	all, err := c.Addresses()
	if err != nil || slices.ContainsFunc(all, func(a Address) bool { return a.Index == l.Index }) {
		t.Error("it has addresses: ", all, err)
	}
	for key, value := range map[string]string{"arp_ignore": "1", "rp_filter": "0", "arp_filter": "0", "promote_secondaries": "1"} {
		if err := c.SetSysctl(false, l.Name, key, value); err != nil {
			t.Error(err)
		}
		if got, err := c.Sysctl(false, l.Name, key); got != value || err != nil {
			t.Error(key, got, err)
		}
	}
	if got, err := c.Sysctl(true, l.Name, "accept_dad"); got == "" || err != nil {
		t.Error(got, err)
	}
	if err := c.DeleteLink(l.Index); err != nil {
		t.Error(err)
	}
	if err := c.DeleteLink(l.Index); !errors.Is(err, ErrNoLink) {
		t.Error(err)
	}
	if err := c.SetSysctl(false, l.Name, "arp_ignore", "1"); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "net.ipv4.conf.vrrp.51.arp_ignore") {
		t.Error(err)
	}
}

func TestAddresses(t *testing.T) {
	s, c, index := inside(t)
	for text, a := range map[string]Address{
		"inet 10.0.0.1/32 scope global eth0":                                    {Prefix: prefix("10.0.0.1/32")},
		"inet 10.0.0.2/24 scope global eth0":                                    {Prefix: prefix("10.0.0.2/24")},
		"inet 10.1.0.1/24 brd 10.1.0.255 scope link eth0:1":                     {Prefix: prefix("10.1.0.1/24"), Broadcast: BroadcastOf(prefix("10.1.0.1/24")), Scope: ScopeLink, Label: "eth0:1"},
		"inet 10.2.0.1 peer 10.2.0.2/30 scope global eth0":                      {Prefix: prefix("10.2.0.1/32"), Peer: prefix("10.2.0.2/30")},
		"inet 10.3.0.1/24 scope global noprefixroute eth0":                      {Prefix: prefix("10.3.0.1/24"), Flags: NoPrefixRoute},
		"inet6 fd00::1/64 scope global nodad":                                   {Prefix: prefix("fd00::1/64"), Flags: NoDAD},
		"inet6 fd00::2/128 scope global nodad deprecated":                       {Prefix: prefix("fd00::2/128"), Flags: NoDAD, Preferred: Some(uint32(0))},
		"inet6 fd00:1::1/64 scope global nodad home mngtmpaddr noprefixroute":   {Prefix: prefix("fd00:1::1/64"), Flags: NoDAD | Home | MngTmpAddr | NoPrefixRoute},
		"inet6 fd00:2::1 peer fd00:2::2/128 scope global nodad":                 {Prefix: prefix("fd00:2::1/128"), Peer: prefix("fd00:2::2/128"), Flags: NoDAD},
		"inet6 fe80::100/64 scope link nodad":                                   {Prefix: prefix("fe80::100/64"), Flags: NoDAD, Scope: ScopeLink},
		"inet 224.0.0.77/32 scope global autojoin eth0":                         {Prefix: prefix("224.0.0.77/32"), Flags: AutoJoin},
		"inet6 fd00:3::1/64 scope global nodad valid_lft forever preferred_lft": {Prefix: prefix("fd00:3::1/64"), Flags: NoDAD, Preferred: Some(uint32(500))},
	} {
		a.Index = index
		if err := c.AddAddress(a); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if out := squeeze(s.Run("ip addr show dev eth0")); !strings.Contains(out, text) {
			t.Errorf("%s is missing in\n%s", text, out)
		}
		all, err := c.Addresses()
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(b Address) bool { return a.Same(&b) })
		if i < 0 {
			t.Fatalf("%s is not listed: %v", text, all)
		}
		if got := all[i]; got.Broadcast != a.Broadcast || got.Scope != a.Scope || got.Flags&a.Flags != a.Flags || got.Preferred.Ok != a.Preferred.Ok || a.Label != "" && got.Label != a.Label {
			t.Errorf("%s became %+v", text, got)
		}
		if err := c.AddAddress(a); !errors.Is(err, ErrExists) {
			t.Errorf("%s again: %v", text, err)
		}
		if err := c.DeleteAddress(a); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if err := c.DeleteAddress(a); !errors.Is(err, ErrNotFound) {
			t.Errorf("%s deleted twice: %v", text, err)
		}
	}
	if err := c.AddAddress(Address{Index: 9999, Prefix: prefix("10.0.0.1/32")}); !errors.Is(err, ErrNoLink) {
		t.Error(err)
	}
}

func TestBroadcastOf(t *testing.T) {
	for p, want := range map[string]string{"10.1.2.3/24": "10.1.2.255", "10.1.2.3/30": "10.1.2.3", "10.1.2.3/0": "255.255.255.255", "10.1.2.3/31": "invalid IP", "fd00::1/64": "invalid IP"} {
		if got := BroadcastOf(prefix(p)); got.String() != want {
			t.Errorf("%s: %v", p, got)
		}
	}
}

func TestWithoutPermission(t *testing.T) {
	_, c, index := inside(t)
	head := &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	unix.Capget(head, &data[0])
	less := data
	less[0].Effective &^= 1 << unix.CAP_NET_ADMIN
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Capset(head, &less[0]); err != nil {
		t.Fatal(err)
	}
	err := c.AddAddress(Address{Index: index, Prefix: prefix("10.0.0.1/32")})
	if e := unix.Capset(head, &data[0]); e != nil {
		t.Fatal(e)
	}
	if !errors.Is(err, fs.ErrPermission) || !errors.Is(err, unix.EPERM) || err.Error() != "adding the address 10.0.0.1/32: operation not permitted: the capability NET_ADMIN is missing" {
		t.Error(err)
	}
}
