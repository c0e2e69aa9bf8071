package netlink

import (
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// AddRoute adds a route.
func (c *Conn) AddRoute(r Route) error {
	c.newRoute(unix.NLM_F_EXCL, &r)
	return c.do("adding the route " + r.Dst.String())
}

// ReplaceRoute adds a route in place of the one that is there.
func (c *Conn) ReplaceRoute(r Route) error {
	c.newRoute(unix.NLM_F_REPLACE, &r)
	return c.do("replacing the route " + r.Dst.String())
}

func (c *Conn) newRoute(flags uint16, r *Route) {
	if r.Protocol == 0 {
		r.Protocol = unix.RTPROT_BOOT // as "ip route" does
	}
	c.route(c.begin(unix.RTM_NEWROUTE, unix.NLM_F_ACK|unix.NLM_F_CREATE|flags), r)
}

// DeleteRoute takes a route away. What is given must fit.
func (c *Conn) DeleteRoute(r Route) error {
	e := c.begin(unix.RTM_DELROUTE, unix.NLM_F_ACK)
	if r.Scope == ScopeGlobal && !r.v6() {
		r.Scope = ScopeNowhere // any
	}
	c.route(e, &r)
	return c.do("deleting the route " + r.Dst.String())
}

const rtmsgSize = unix.SizeofRtMsg

func (c *Conn) route(e *nlmsg.Encoder, r *Route) {
	var head [rtmsgSize]byte
	head[0], head[1], head[3] = family(r.v6()), uint8(r.Dst.Bits()), r.TOS
	head[4], head[5], head[6], head[7] = tableByte(r.table()), r.Protocol, r.Scope, uint8(r.Type)
	if r.Type == 0 {
		head[7] = unix.RTN_UNICAST
	}
	if r.From.IsValid() {
		head[2] = uint8(r.From.Bits())
	}
	if len(r.Hops) == 1 && r.Hops[0].OnLink {
		put32(head[8:], unix.RTNH_F_ONLINK)
	}
	e.Raw(head[:]...)
	e.Uint32(unix.RTA_TABLE, r.table())
	if r.Dst.Bits() > 0 {
		e.Attr(unix.RTA_DST, r.Dst.Masked().Addr().AsSlice())
	}
	if r.From.IsValid() && r.From.Bits() > 0 {
		e.Attr(unix.RTA_SRC, r.From.Masked().Addr().AsSlice())
	}
	if r.PrefSrc.IsValid() {
		e.Attr(unix.RTA_PREFSRC, r.PrefSrc.AsSlice())
	}
	if r.Metric != 0 {
		e.Uint32(unix.RTA_PRIORITY, r.Metric)
	}
	if r.Pref.Ok {
		e.Uint8(unix.RTA_PREF, r.Pref.V)
	}
	if r.Expires != 0 {
		e.Uint32(unix.RTA_EXPIRES, r.Expires)
	}
	if r.TTLProp.Ok {
		e.Uint8(unix.RTA_TTL_PROPAGATE, r.TTLProp.V)
	}
	r.writeHops(e)
	r.writeMetrics(e)
}

// tableByte is the old place for a table's number, which is too small for most.
func tableByte(t uint32) uint8 {
	if t > 255 {
		return unix.RT_TABLE_COMPAT
	}
	return uint8(t)
}

func (r *Route) writeHops(e *nlmsg.Encoder) {
	switch len(r.Hops) {
	case 0:
	case 1:
		if r.Hops[0].Index != 0 {
			e.Uint32(unix.RTA_OIF, uint32(r.Hops[0].Index))
		}
		r.Hops[0].write(e, r.v6())
	default:
		e.Open(unix.RTA_MULTIPATH)
		for i := range r.Hops {
			h := &r.Hops[i]
			var flags byte
			if h.OnLink {
				flags = unix.RTNH_F_ONLINK
			}
			var head [unix.SizeofRtNexthop]byte
			head[2], head[3] = flags, uint8(max(h.Weight, 1)-1)
			put32(head[4:], uint32(h.Index))
			e.OpenRaw(head[:]...)
			h.write(e, r.v6())
			e.Close()
		}
		e.Close()
	}
}

func (h *Hop) write(e *nlmsg.Encoder, v6 bool) {
	switch {
	case !h.Via.IsValid():
	case h.Via.Is6() == v6:
		e.Attr(unix.RTA_GATEWAY, h.Via.AsSlice())
	default:
		e.Attr(unix.RTA_VIA, append([]byte{family(h.Via.Is6()), 0}, h.Via.AsSlice()...))
	}
	if h.Realm != 0 {
		e.Uint32(unix.RTA_FLOW, h.Realm)
	}
	if h.Encap.Kind != 0 {
		e.Uint16(unix.RTA_ENCAP_TYPE, h.Encap.Kind)
		e.Attr(unix.RTA_ENCAP|nlmsg.Nested, []byte(h.Encap.Attrs))
	}
}

func (r *Route) writeMetrics(e *nlmsg.Encoder) {
	if r.Metrics == [MetricCount]uint32{} && r.Locked == 0 && !r.QuickACK.Ok && r.Congctl == "" {
		return
	}
	e.Open(unix.RTA_METRICS)
	if r.Locked != 0 {
		e.Uint32(unix.RTAX_LOCK, r.Locked)
	}
	for i, v := range r.Metrics {
		if v != 0 {
			e.Uint32(uint16(i), v)
		}
	}
	if r.QuickACK.Ok {
		e.Uint32(unix.RTAX_QUICKACK, r.QuickACK.V)
	}
	if r.Congctl != "" {
		e.String(unix.RTAX_CC_ALGO, r.Congctl)
	}
	e.Close()
}
