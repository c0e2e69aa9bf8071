package netlink

import (
	"net/netip"
	"os"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// What says what a Change is about.
type What uint8

// The kinds of news.
const (
	LinkChanged    What = iota // also: a new one
	LinkGone                   //
	AddressAdded               // also: its flags or lifetime changed
	AddressRemoved             //
	RouteAdded                 // or replaced
	RouteRemoved               //
	RuleRemoved                // which is not told: look at those that matter
	NewsLost                   // news of routes and rules may have been lost: the same
)

// Change is one piece of news.
type Change struct {
	What    What
	Link    Link    // LinkChanged, LinkGone
	Address Address // AddressAdded, AddressRemoved
	Route   Route   // RouteAdded, RouteRemoved
}

// Interests of a Monitor besides links, of which it always hears.
type Interests struct {
	Addresses bool
	Routes    bool
	Rules     bool
	// Protocols are those whose routes are told of; none given: all. On a router that has
	// the whole internet in its table, most news are nobody's business here.
	Protocols []uint8
}

// A Monitor hears what changes. It knows all links, and the addresses it is interested in,
// so that when news were lost, because more came than the socket holds, it finds out the
// difference by itself. Routes can be too many for that: NewsLost says it.
type Monitor struct {
	fd    int
	conn  *Conn
	want  Interests
	buf   []byte
	links map[int]Link
	addrs map[addressKey]Address
}

type addressKey struct {
	index int
	local netip.Prefix
	peer  netip.Prefix
}

// Watch makes a Monitor, which tells of nothing that is there already: its Links and
// Addresses do. c is used for these lists.
func Watch(c *Conn, want Interests) (*Monitor, error) {
	groups := []int{unix.RTNLGRP_LINK}
	if want.Addresses {
		groups = append(groups, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR)
	}
	if want.Routes {
		groups = append(groups, unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV6_ROUTE)
	}
	if want.Rules {
		groups = append(groups, unix.RTNLGRP_IPV4_RULE, unix.RTNLGRP_IPV6_RULE)
	}
	fd, err := dial(unix.SOCK_NONBLOCK, groups...)
	if err != nil {
		return nil, err
	}
	if want.Routes && len(want.Protocols) > 0 {
		if err := keepProtocols(fd, want.Protocols); err != nil {
			unix.Close(fd)
			return nil, err
		}
	}
	m := &Monitor{fd: fd, conn: c, want: want, buf: make([]byte, bufSize)}
	if err := m.resync(func(*Change) {}); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return m, nil
}

// FD is the descriptor that becomes readable when there are news.
func (m *Monitor) FD() int { return m.fd }

// Close closes the descriptor.
func (m *Monitor) Close() error { return unix.Close(m.fd) }

// SetBuffer sets how many bytes of news can wait.
func (m *Monitor) SetBuffer(n int) error {
	if unix.SetsockoptInt(m.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, n) == nil {
		return nil
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(m.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, n))
}

// Read hands on what is there, and returns when nothing is left or much was read. The
// Change is valid during the call only.
func (m *Monitor) Read(f func(*Change)) error {
	for range 16 {
		n, _, err := unix.Recvfrom(m.fd, m.buf, 0)
		switch err {
		case nil:
			m.messages(m.buf[:n], f)
		case unix.EAGAIN:
			return nil
		case unix.EINTR:
		case unix.ENOBUFS:
			if err := m.resync(f); err != nil {
				return err
			}
			if m.want.Routes || m.want.Rules {
				f(&Change{What: NewsLost})
			}
		default:
			return os.NewSyscallError("recvfrom", err)
		}
	}
	return nil
}

func (m *Monitor) messages(b []byte, f func(*Change)) {
	for len(b) > 0 {
		h, body, rest, err := nlmsg.Next(b)
		if err != nil {
			return
		}
		b = rest
		c := Change{}
		switch h.Type {
		case unix.RTM_NEWLINK:
			if c.Link.parse(body) && m.setLink(c.Link) {
				f(&c)
			}
		case unix.RTM_DELLINK:
			if c.What = LinkGone; c.Link.parse(body) {
				m.dropLink(c.Link.Index, f)
			}
		case unix.RTM_NEWADDR:
			if c.What = AddressAdded; c.Address.parse(body) && m.setAddress(c.Address) {
				f(&c)
			}
		case unix.RTM_DELADDR:
			if c.What = AddressRemoved; c.Address.parse(body) && m.dropAddress(&c.Address) {
				f(&c)
			}
		case unix.RTM_NEWROUTE:
			if c.What = RouteAdded; c.Route.parse(body) {
				f(&c)
			}
		case unix.RTM_DELROUTE:
			if c.What = RouteRemoved; c.Route.parse(body) {
				f(&c)
			}
		case unix.RTM_DELRULE:
			f(&Change{What: RuleRemoved})
		}
	}
}
