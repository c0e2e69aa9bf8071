package netlink

import (
	"encoding/binary"
	"errors"
	"net/netip"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Routes lists the routes of all tables, without those that the kernel has only cached.
func (c *Conn) Routes(v6 bool) (all []Route, err error) {
	err = c.list("listing routes", unix.RTM_GETROUTE,
		func(e *nlmsg.Encoder) {
			head := make([]byte, rtmsgSize)
			head[0] = family(v6)
			e.Raw(head...)
		},
		func() { all = all[:0] },
		func(_ uint16, b []byte) {
			var r Route
			if r.parse(b) {
				all = append(all, r)
			}
		})
	return all, err
}

// HasRoute tells whether the kernel has this very entry. It looks only at the table and, if
// r says it, the protocol of r; kernels before 5.0 list all routes all the same.
func (c *Conn) HasRoute(r Route) (found bool, err error) {
	err = c.list("looking for the route "+r.Dst.String(), unix.RTM_GETROUTE,
		func(e *nlmsg.Encoder) {
			head := make([]byte, rtmsgSize)
			head[0], head[5] = family(r.v6()), r.Protocol
			e.Raw(head...)
			e.Uint32(unix.RTA_TABLE, r.table())
		},
		func() { found = false },
		func(_ uint16, b []byte) {
			var o Route
			found = found || o.parse(b) && r.Same(&o)
		})
	if errors.Is(err, ErrNotFound) { // there is no such table
		return false, nil
	}
	return found, err
}

// parse reads what follows the header of RTM_NEWROUTE or RTM_DELROUTE.
func (r *Route) parse(b []byte) bool {
	if len(b) < rtmsgSize || b[0] != unix.AF_INET && b[0] != unix.AF_INET6 {
		return false
	}
	flags := nlmsg.Uint32(b[8:])
	if flags&unix.RTM_F_CLONED != 0 {
		return false
	}
	v6 := b[0] == unix.AF_INET6
	*r = Route{TOS: b[3], Table: uint32(b[4]), Protocol: b[5], Scope: b[6], Type: RouteType(b[7])}
	dst, from := unspecified(v6), unspecified(v6)
	one := Hop{OnLink: flags&unix.RTNH_F_ONLINK != 0}
	for kind, v := range nlmsg.Attrs(b[rtmsgSize:]) {
		switch kind {
		case unix.RTA_DST:
			dst = addr(v)
		case unix.RTA_SRC:
			from = addr(v)
		case unix.RTA_TABLE:
			r.Table = nlmsg.Uint32(v)
		case unix.RTA_PRIORITY:
			r.Metric = nlmsg.Uint32(v)
		case unix.RTA_PREFSRC:
			r.PrefSrc = addr(v)
		case unix.RTA_PREF:
			if p := nlmsg.Uint8(v); p != 0 {
				r.Pref = Some(p)
			}
		case unix.RTA_EXPIRES:
			r.Expires = nlmsg.Uint32(v)
		case unix.RTA_TTL_PROPAGATE:
			r.TTLProp = Some(nlmsg.Uint8(v))
		case unix.RTA_OIF:
			one.Index = int(nlmsg.Uint32(v))
		case unix.RTA_MULTIPATH:
			r.parseHops(v)
		case unix.RTA_METRICS:
			r.parseMetrics(v)
		default:
			one.parse(kind, v)
		}
	}
	if one != (Hop{}) && len(r.Hops) == 0 {
		r.Hops = []Hop{one}
	}
	r.Dst = netip.PrefixFrom(dst, int(b[1]))
	if b[2] != 0 {
		r.From = netip.PrefixFrom(from, int(b[2]))
	}
	return r.Dst.IsValid()
}

func unspecified(v6 bool) netip.Addr {
	if v6 {
		return netip.IPv6Unspecified()
	}
	return netip.IPv4Unspecified()
}

// parse reads an attribute that a route and one of several hops have in common.
func (h *Hop) parse(kind uint16, v []byte) {
	switch kind {
	case unix.RTA_GATEWAY:
		h.Via = addr(v)
	case unix.RTA_VIA:
		if len(v) > 2 {
			h.Via = addr(v[2:])
		}
	case unix.RTA_FLOW:
		h.Realm = nlmsg.Uint32(v)
	case unix.RTA_ENCAP_TYPE:
		h.Encap.Kind = nlmsg.Uint16(v)
	case unix.RTA_ENCAP:
		h.Encap.Attrs = string(v)
	}
}

func (r *Route) parseHops(b []byte) {
	const head = unix.SizeofRtNexthop
	for len(b) >= head {
		n := int(binary.NativeEndian.Uint16(b))
		if n < head || n > len(b) {
			return
		}
		h := Hop{OnLink: b[2]&unix.RTNH_F_ONLINK != 0, Weight: int(b[3]) + 1, Index: int(nlmsg.Uint32(b[4:]))}
		for kind, v := range nlmsg.Attrs(b[head:n]) {
			h.parse(kind, v)
		}
		r.Hops = append(r.Hops, h)
		b = b[min((n+3)&^3, len(b)):]
	}
}

func (r *Route) parseMetrics(b []byte) {
	for kind, v := range nlmsg.Attrs(b) {
		switch {
		case kind == unix.RTAX_LOCK:
			r.Locked = nlmsg.Uint32(v)
		case kind == unix.RTAX_CC_ALGO:
			r.Congctl = nlmsg.String(v)
		case kind == unix.RTAX_QUICKACK:
			r.QuickACK = Some(nlmsg.Uint32(v))
		case int(kind) < len(r.Metrics):
			r.Metrics[kind] = nlmsg.Uint32(v)
		}
	}
}
