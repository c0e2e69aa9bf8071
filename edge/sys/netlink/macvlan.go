package netlink

import (
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Macvlan is an interface with a MAC of its own on another one, in private mode: what
// is sent by others on the same parent does not reach it.
type Macvlan struct {
	Name   string
	Parent int
	MAC    [6]byte
	Group  uint32 // of interfaces, for "ip link"; 0: the default one
	Master int    // the VRF that it is in; 0: none
	// NoLinkLocal has the kernel make no link-local address of the MAC: an address
	// that two machines have at once must be given by who knows which of them is master.
	NoLinkLocal bool
}

const (
	macvlanPrivate  = 1
	addrGenModeNone = 1

	ipvlanL2      = 0 // what if_link.h calls these
	ipvlanPrivate = 1
	ipvlanVEPA    = 2
)

// AddMacvlan makes one, which is down.
func (c *Conn) AddMacvlan(m Macvlan) (Link, error) {
	e := c.newLink(m.Name, m.Parent, m.Group, m.Master)
	e.Attr(unix.IFLA_ADDRESS, m.MAC[:])
	e.Open(unix.IFLA_LINKINFO | nlmsg.Nested)
	e.String(unix.IFLA_INFO_KIND, "macvlan")
	e.Open(unix.IFLA_INFO_DATA | nlmsg.Nested)
	e.Uint32(unix.IFLA_MACVLAN_MODE, macvlanPrivate)
	e.Close()
	e.Close()
	return c.made(m.Name, m.NoLinkLocal)
}

// IPVlan is an interface with the MAC of its parent and addresses of its own, at layer 2.
type IPVlan struct {
	Name        string
	Parent      int
	Mode        string // "bridge", the default, "private" or "vepa": what others on the same parent see of it
	Group       uint32
	Master      int
	NoLinkLocal bool
}

// AddIPVlan makes one, which is down.
func (c *Conn) AddIPVlan(v IPVlan) (Link, error) {
	e := c.newLink(v.Name, v.Parent, v.Group, v.Master)
	e.Open(unix.IFLA_LINKINFO | nlmsg.Nested)
	e.String(unix.IFLA_INFO_KIND, "ipvlan")
	e.Open(unix.IFLA_INFO_DATA | nlmsg.Nested)
	e.Uint16(unix.IFLA_IPVLAN_MODE, ipvlanL2)
	e.Uint16(unix.IFLA_IPVLAN_FLAGS, map[string]uint16{"private": ipvlanPrivate, "vepa": ipvlanVEPA}[v.Mode])
	e.Close()
	e.Close()
	return c.made(v.Name, v.NoLinkLocal)
}

func (c *Conn) newLink(name string, parent int, group uint32, master int) *nlmsg.Encoder {
	e := c.begin(unix.RTM_NEWLINK, unix.NLM_F_ACK|unix.NLM_F_CREATE|unix.NLM_F_EXCL)
	ifinfo(e, 0, 0, 0)
	e.String(unix.IFLA_IFNAME, name)
	e.Uint32(unix.IFLA_LINK, uint32(parent))
	if group != 0 {
		e.Uint32(unix.IFLA_GROUP, group)
	}
	if master != 0 {
		e.Uint32(unix.IFLA_MASTER, uint32(master))
	}
	return e
}

// made sends the request for a new interface, and finds it.
func (c *Conn) made(name string, noLinkLocal bool) (Link, error) {
	if err := c.do("making the interface " + name); err != nil {
		return Link{}, err
	}
	l, err := c.LinkByName(name)
	if err == nil && noLinkLocal {
		err = c.noLinkLocal(l)
	}
	return l, err
}

// noLinkLocal must come before the interface is up. A machine without IPv6 has nothing to set.
func (c *Conn) noLinkLocal(l Link) error {
	e := c.begin(unix.RTM_NEWLINK, unix.NLM_F_ACK)
	ifinfo(e, l.Index, 0, 0)
	e.Open(unix.IFLA_AF_SPEC | nlmsg.Nested)
	e.Open(unix.AF_INET6 | nlmsg.Nested)
	e.Uint8(unix.IFLA_INET6_ADDR_GEN_MODE, addrGenModeNone)
	e.Close()
	e.Close()
	err := c.do("keeping link-local addresses off " + l.Name)
	if f, ok := err.(*Fault); ok && f.Errno == unix.EAFNOSUPPORT {
		return nil
	}
	return err
}
