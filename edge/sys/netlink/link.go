package netlink

import (
	"fmt"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Link is an interface.
type Link struct {
	Index    int
	Name     string
	MAC      [6]byte
	Ethernet bool // it has a MAC, and frames of Ethernet
	MTU      int
	Flags    uint32 // IFF_...
	Kind     string // "macvlan", "veth", "vrf", ...; empty for most cards
	Parent   int    // the interface that this one is made on; 0: none
	Master   int    // the bridge, bond or VRF that this one is in; 0: none
	Group    uint32
	Table    uint32 // of routes, when it is a VRF
}

// Up tells whether the administrator wants it up.
func (l *Link) Up() bool { return l.Flags&unix.IFF_UP != 0 }

// Running tells whether it is up and has a carrier.
func (l *Link) Running() bool { return l.Up() && l.Flags&unix.IFF_RUNNING != 0 }

// Loopback tells whether it is lo.
func (l *Link) Loopback() bool { return l.Flags&unix.IFF_LOOPBACK != 0 }

// PointToPoint tells whether there is just one other side.
func (l *Link) PointToPoint() bool { return l.Flags&unix.IFF_POINTOPOINT != 0 }

// Multicast tells whether it can send to groups.
func (l *Link) Multicast() bool { return l.Flags&unix.IFF_MULTICAST != 0 }

// NoARP tells whether neighbours on it have no hardware addresses.
func (l *Link) NoARP() bool { return l.Flags&unix.IFF_NOARP != 0 }

const (
	ifinfoSize = unix.SizeofIfInfomsg
	ethernet   = unix.ARPHRD_ETHER
)

// parse reads what follows the header of RTM_NEWLINK or RTM_DELLINK. It is false
// for what is about something else, as bridges' news about their ports are.
func (l *Link) parse(b []byte) bool {
	if len(b) < ifinfoSize || b[0] != unix.AF_UNSPEC {
		return false
	}
	*l = Link{Index: int(nlmsg.Uint32(b[4:])), Flags: nlmsg.Uint32(b[8:])}
	l.Ethernet = nlmsg.Uint16(b[2:]) == ethernet
	for kind, v := range nlmsg.Attrs(b[ifinfoSize:]) {
		switch kind {
		case unix.IFLA_IFNAME:
			l.Name = nlmsg.String(v)
		case unix.IFLA_ADDRESS:
			if len(v) == 6 {
				l.MAC = [6]byte(v)
			}
		case unix.IFLA_MTU:
			l.MTU = int(nlmsg.Uint32(v))
		case unix.IFLA_LINK:
			l.Parent = int(nlmsg.Uint32(v))
		case unix.IFLA_MASTER:
			l.Master = int(nlmsg.Uint32(v))
		case unix.IFLA_GROUP:
			l.Group = nlmsg.Uint32(v)
		case unix.IFLA_LINKINFO:
			l.parseInfo(v)
		}
	}
	return true
}

// parseInfo reads what an interface is, and what only some kinds have.
func (l *Link) parseInfo(b []byte) {
	for kind, v := range nlmsg.Attrs(b) {
		switch {
		case kind == unix.IFLA_INFO_KIND:
			l.Kind = nlmsg.String(v)
		case kind == unix.IFLA_INFO_DATA && l.Kind == "vrf": // which stands behind the kind
			for kind, v := range nlmsg.Attrs(v) {
				if kind == unix.IFLA_VRF_TABLE {
					l.Table = nlmsg.Uint32(v)
				}
			}
		}
	}
}

// Links lists all interfaces.
func (c *Conn) Links() (all []Link, err error) {
	err = c.list("listing interfaces", unix.RTM_GETLINK,
		func(e *nlmsg.Encoder) { ifinfo(e, 0, 0, 0) },
		func() { all = all[:0] },
		func(_ uint16, b []byte) {
			var l Link
			if l.parse(b) {
				all = append(all, l)
			}
		})
	return all, err
}

func ifinfo(e *nlmsg.Encoder, index int, flags, change uint32) {
	var b [ifinfoSize]byte
	put32(b[4:], uint32(index))
	put32(b[8:], flags)
	put32(b[12:], change)
	e.Raw(b[:]...)
}

// LinkByName finds an interface.
func (c *Conn) LinkByName(name string) (Link, error) {
	ifinfo(c.begin(unix.RTM_GETLINK, unix.NLM_F_ACK), 0, 0, 0)
	c.enc.String(unix.IFLA_IFNAME, name)
	return c.link("looking for the interface " + name)
}

// LinkByIndex finds an interface.
func (c *Conn) LinkByIndex(index int) (Link, error) {
	ifinfo(c.begin(unix.RTM_GETLINK, unix.NLM_F_ACK), index, 0, 0)
	return c.link(fmt.Sprintf("looking for interface %d", index))
}

func (c *Conn) link(op string) (l Link, err error) {
	err = c.ask(op, func(_ uint16, b []byte) { l.parse(b) })
	return l, err
}

// SetUp brings an interface up or down.
func (c *Conn) SetUp(index int, up bool) error {
	op, flags := "bringing interface %d down", uint32(0)
	if up {
		op, flags = "bringing interface %d up", unix.IFF_UP
	}
	ifinfo(c.begin(unix.RTM_NEWLINK, unix.NLM_F_ACK), index, flags, unix.IFF_UP)
	return c.do(fmt.Sprintf(op, index))
}

// DeleteLink takes an interface away that was made by somebody.
func (c *Conn) DeleteLink(index int) error {
	ifinfo(c.begin(unix.RTM_DELLINK, unix.NLM_F_ACK), index, 0, 0)
	return c.do(fmt.Sprintf("deleting interface %d", index))
}
