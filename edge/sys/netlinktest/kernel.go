// Package netlinktest has a kernel for tests: tables of interfaces, addresses, routes
// and rules in memory, which refuse what the real ones refuse, and write down what
// was done to them.
package netlinktest

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"moongate/edge/sys/netlink"

	"golang.org/x/sys/unix"
)

// A Kernel is the false one. It is for one goroutine, as the real one.
type Kernel struct {
	// Log has what was changed: "add address 10.0.0.1/24 dev eth0". Failed requests are not in it.
	Log []string
	// Fail is asked before each change, with the line that Log is going to get.
	Fail func(line string) error

	links    []netlink.Link
	addrs    []netlink.Address
	routes   []netlink.Route
	rules    []netlink.Rule
	sysctls  map[string]string
	next     int
	watchers []*Watcher
}

var _ netlink.Kernel = (*Kernel)(nil)

// New makes a kernel with lo and the given Ethernet interfaces, which are up.
func New(names ...string) *Kernel {
	k := &Kernel{sysctls: map[string]string{}, next: 1}
	k.addLink(netlink.Link{Name: "lo", MTU: 65536, Flags: unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_LOOPBACK})
	for _, name := range names {
		k.addLink(netlink.Link{Name: name, MAC: [6]byte{2, 0, 0, 0, 0, byte(k.next)}, Ethernet: true, MTU: 1500,
			Flags: unix.IFF_UP | unix.IFF_RUNNING | unix.IFF_BROADCAST | unix.IFF_MULTICAST})
	}
	return k
}

func (k *Kernel) addLink(l netlink.Link) netlink.Link {
	l.Index = k.next
	k.next++
	k.links = append(k.links, l)
	k.tell(netlink.Change{What: netlink.LinkChanged, Link: l})
	return l
}

// change lets Fail refuse, and writes down what is going to be done.
func (k *Kernel) change(format string, args ...any) error {
	line := fmt.Sprintf(format, args...)
	if k.Fail != nil {
		if err := k.Fail(line); err != nil {
			return err
		}
	}
	k.Log = append(k.Log, line)
	return nil
}

func refuse(errno syscall.Errno, format string, args ...any) error {
	return netlink.Refuse(fmt.Sprintf(format, args...), errno, "")
}

// Name is the name of an interface, for messages.
func (k *Kernel) Name(index int) string {
	if l := k.at(index); l != nil {
		return l.Name
	}
	return fmt.Sprint(index)
}

func (k *Kernel) at(index int) *netlink.Link {
	for i := range k.links {
		if k.links[i].Index == index {
			return &k.links[i]
		}
	}
	return nil
}

// SetRunning gives an interface its carrier, or takes it.
func (k *Kernel) SetRunning(name string, on bool) {
	k.setFlags(name, unix.IFF_RUNNING, on)
}

func (k *Kernel) setFlags(name string, flag uint32, on bool) {
	for i := range k.links {
		if l := &k.links[i]; l.Name == name {
			l.Flags &^= flag
			if on {
				l.Flags |= flag
			}
			k.tell(netlink.Change{What: netlink.LinkChanged, Link: *l})
		}
	}
}

// Links lists all interfaces.
func (k *Kernel) Links() ([]netlink.Link, error) { return slices.Clone(k.links), nil }

// LinkByName finds an interface.
func (k *Kernel) LinkByName(name string) (netlink.Link, error) {
	for _, l := range k.links {
		if l.Name == name {
			return l, nil
		}
	}
	return netlink.Link{}, refuse(unix.ENODEV, "looking for the interface %s", name)
}

// LinkByIndex finds an interface.
func (k *Kernel) LinkByIndex(index int) (netlink.Link, error) {
	if l := k.at(index); l != nil {
		return *l, nil
	}
	return netlink.Link{}, refuse(unix.ENODEV, "looking for interface %d", index)
}

// AddMacvlan makes an interface.
func (k *Kernel) AddMacvlan(m netlink.Macvlan) (netlink.Link, error) {
	return k.addOn(netlink.Link{Name: m.Name, MAC: m.MAC, Kind: "macvlan", Parent: m.Parent, Master: m.Master, Group: m.Group})
}

// AddIPVlan makes an interface.
func (k *Kernel) AddIPVlan(v netlink.IPVlan) (netlink.Link, error) {
	return k.addOn(netlink.Link{Name: v.Name, Kind: "ipvlan", Parent: v.Parent, Master: v.Master, Group: v.Group})
}

// addOn makes an interface on another one.
func (k *Kernel) addOn(l netlink.Link) (netlink.Link, error) {
	parent := k.at(l.Parent)
	if _, err := k.LinkByName(l.Name); err == nil || parent == nil {
		errno := unix.EEXIST
		if parent == nil {
			errno = unix.ENODEV
		}
		return netlink.Link{}, refuse(errno, "making the interface %s", l.Name)
	}
	if err := k.change("add %s %s on %s", l.Kind, l.Name, parent.Name); err != nil {
		return netlink.Link{}, err
	}
	if l.MAC == [6]byte{} {
		l.MAC = parent.MAC
	}
	l.Ethernet, l.MTU, l.Flags = true, parent.MTU, unix.IFF_BROADCAST|unix.IFF_MULTICAST
	return k.addLink(l), nil
}

// AddVRF makes one with a table of routes, as somebody else does.
func (k *Kernel) AddVRF(name string, table uint32) netlink.Link {
	return k.addLink(netlink.Link{Name: name, Kind: "vrf", Table: table, Ethernet: true, Flags: unix.IFF_UP | unix.IFF_RUNNING})
}

// SetUp brings an interface up, with a carrier, or down.
func (k *Kernel) SetUp(index int, up bool) error {
	l := k.at(index)
	if l == nil {
		return refuse(unix.ENODEV, "interface %d", index)
	}
	if err := k.change("set %s up %v", l.Name, up); err != nil {
		return err
	}
	k.setFlags(l.Name, unix.IFF_UP|unix.IFF_RUNNING, up)
	return nil
}

// DeleteLink takes an interface away, with its addresses and routes.
func (k *Kernel) DeleteLink(index int) error {
	l := k.at(index)
	if l == nil {
		return refuse(unix.ENODEV, "deleting interface %d", index)
	}
	if err := k.change("delete link %s", l.Name); err != nil {
		return err
	}
	gone := *l
	k.links = slices.DeleteFunc(k.links, func(l netlink.Link) bool { return l.Index == index })
	k.addrs = slices.DeleteFunc(k.addrs, func(a netlink.Address) bool { return a.Index == index })
	k.routes = slices.DeleteFunc(k.routes, func(r netlink.Route) bool {
		return slices.ContainsFunc(r.Hops, func(h netlink.Hop) bool { return h.Index == index })
	})
	k.tell(netlink.Change{What: netlink.LinkGone, Link: gone})
	return nil
}

func sysctlName(v6 bool, link, key string) string {
	family := "ipv4"
	if v6 {
		family = "ipv6"
	}
	if link == "" {
		return strings.Join([]string{"net", family, key}, ".")
	}
	return strings.Join([]string{"net", family, "conf", link, key}, ".")
}

// Sysctl reads a setting; what was never set is "0".
func (k *Kernel) Sysctl(v6 bool, link, key string) (string, error) {
	if v, ok := k.sysctls[sysctlName(v6, link, key)]; ok {
		return v, nil
	}
	return "0", nil
}

// SetSysctl changes a setting.
func (k *Kernel) SetSysctl(v6 bool, link, key, value string) error {
	name := sysctlName(v6, link, key)
	if err := k.change("sysctl %s=%s", name, value); err != nil {
		return err
	}
	k.sysctls[name] = value
	return nil
}
