package config

import (
	"math"
	"net/netip"
	"strings"
	"time"
)

// serverDraft is a virtual server with the defaults for its real servers.
type serverDraft struct {
	*Server
	family    family
	groupName string
	weight    int
	shared    shared
	forward   *Forward
	sorry     *RealServer
	reals     []*realDraft
}

// realDraft is a real server until its virtual server is complete.
type realDraft struct {
	*RealServer
	shared    shared
	weightSet bool
	checks    []*checkDraft
}

// shared are the settings that a checker takes from its real server, and that
// from the virtual one. Nil is what was not written.
type shared struct {
	timeout, retryDelay, warmup, loop *time.Duration
	retry                             *int
	alpha, logAll, mail, inhibit      Tristate
	host                              string
}

func beginServer(r *reader, w []string) bool {
	s := &Server{Quorum: 1, Granularity: 32, Pos: r.pos}
	r.vs = &serverDraft{Server: s, weight: 1}
	switch {
	case w[1] == "fwmark":
		if len(w) < 3 {
			r.missing(w)
		}
		n, ok := r.uint(w[2], 0, math.MaxUint32, soft)
		if !ok || n == 0 {
			r.err("virtual server fwmark '%s' must be in [0, %d] - ignoring", w[2], uint32(math.MaxUint32))
			return true
		}
		s.FwMark = n
	case w[1] == "group":
		if len(w) < 3 {
			r.missing(w)
		}
		r.vs.groupName = w[2]
		s.Group = named[ServerGroup](r.found, "server group", w[2])
	default:
		a, ok := r.serverAddr(w[1:])
		if !ok {
			slash, port := "", ""
			if len(w) > 2 {
				slash, port = "/", w[2]
			}
			what := ""
			if slash != "" {
				what = "/port"
			}
			r.err("Invalid virtual server IP address%s %s%s%s - skipping", what, w[1], slash, port)
			return true
		}
		s.Addr = a
		r.vs.family = familyOf(a.Addr())
		s.V6 = a.Addr().Is6()
		if r.vs.family == v6 {
			s.Granularity = 128
		}
	}
	return false
}

func sorryServer(r *reader, w []string) {
	a, ok := r.serverAddr(w[1:])
	if !ok {
		r.err("Invalid sorry server IP address %s - skipping", w[1])
		return
	}
	r.vs.sorry = &RealServer{Addr: a, Weight: 1, Pos: r.pos}
}

func beginReal(r *reader, w []string) bool {
	a, ok := r.serverAddr(w[1:])
	if !ok {
		port := "(null)"
		if len(w) > 2 {
			port = w[2]
		}
		r.err("Invalid real server ip address/port %s/%s - skipping", w[1], port)
		return true
	}
	r.rs = &realDraft{RealServer: &RealServer{Addr: a, Weight: 1, Pos: r.pos}}
	r.chk = nil
	return false
}

// endReal takes out a server of the wrong family.
func endReal(r *reader) {
	d, x := r.vs, r.rs
	r.rs = nil
	if d.tunnels(x.Forward) {
		d.reals = append(d.reals, x)
		return
	}
	f := familyOf(x.Addr.Addr())
	if d.family != 0 && f != d.family {
		r.err("Address family of virtual server and real server %s don't match - skipping real server.", x.Addr.Addr())
		return
	}
	d.family = f
	d.reals = append(d.reals, x)
}

func (d *serverDraft) tunnels(f Forward) bool {
	return f.Method == "TUN" || f.Method == "" && d.forward != nil && d.forward.Method == "TUN"
}

func endServer(r *reader) {
	d := r.vs
	if s := d.sorry; s != nil && d.family != 0 && familyOf(s.Addr.Addr()) != d.family && !d.tunnels(s.Forward) {
		r.err("Address family of virtual server and sorry server %s don't match - skipping sorry server.", s.Addr.Addr())
		d.sorry = nil
	}
	d.V6 = d.family == v6
	r.vses = append(r.vses, d)
	r.vs = nil
}

// serverGroup reads a virtual_server_group.
func serverGroup(r *reader, w []string) {
	g := &ServerGroup{Name: w[1], Pos: r.pos}
	r.lines(func(w []string) {
		if e, ok := r.groupEntry(g.Name, w); ok {
			g.Entries = append(g.Entries, e)
		}
	})
	if len(g.Entries) == 0 {
		r.err("virtual server group %s has no entries - removing", g.Name)
		return
	}
	r.config.ServerGroups = append(r.config.ServerGroups, g)
	r.found.first("server group", g.Name, g)
}

func (r *reader) groupEntry(name string, w []string) (e GroupEntry, ok bool) {
	if w[0] == "fwmark" {
		if len(w) < 2 {
			r.missing(w)
		}
		n, ok := r.uint(w[1], 0, math.MaxUint32, soft)
		if !ok {
			r.err("(%s): fwmark '%s' must be in [0, %d] - ignoring", name, w[1], uint32(math.MaxUint32))
			return e, false
		}
		e.FwMark = n
		switch word(w, 2) {
		case "", "inet":
		case "inet6":
			e.V6 = true
		default:
			r.err("(%s): fwmark '%d' family %s unknown - ignoring", name, n, w[2])
			return e, false
		}
		return e, true
	}
	text, last, ranged := strings.Cut(w[0], "-")
	if ranged {
		last = w[0][len(text)+1:]
	}
	text, length, masked := strings.Cut(text, "/")
	var port uint32
	first, ok := addr(text)
	if ok && len(w) > 1 {
		lo := uint32(1)
		if w[1] == "0" {
			lo = 0
		}
		port, ok = r.uint(w[1], lo, 65535, soft)
	}
	invalid := func() (GroupEntry, bool) {
		slash, p := "", ""
		if len(w) > 1 {
			slash, p = "/port/", w[1]
		}
		r.err("Invalid virtual server group IP address %s %s%s - skipping", w[0], slash, p)
		return e, false
	}
	if !ok {
		return invalid()
	}
	e = GroupEntry{First: first, Last: first, Port: uint16(port), V6: first.Is6()}
	switch {
	case masked:
		n, over, ok := signed(length)
		if !ok || over || n < 1 || n > first.BitLen() {
			r.err("Invalid netmask - %s - skipping", w[0])
			return e, false
		}
		p := netip.PrefixFrom(first, n)
		if p.Masked().Addr() != first {
			r.err("Address mask bits not empty - %s - skipping", w[0])
			return e, false
		}
		e.Last = lastOf(p)
	case ranged:
		if to, ok := addr(last); ok {
			if to.Is4() != first.Is4() {
				return invalid()
			}
			e.Last = to
		} else if e.Last, ok = r.lastByte(first, last, w[0]); !ok {
			return e, false
		}
		if !first.Less(e.Last) {
			r.err("Address range end is not greater than address range start - %s - skipping", w[0])
			return e, false
		}
	}
	return e, true
}

// lastByte is the end of a range that is written as the last part of an address:
// decimal in IPv4, hexadecimal in IPv6.
func (r *reader) lastByte(first netip.Addr, text, whole string) (netip.Addr, bool) {
	base, most := 10, 255
	if first.Is6() {
		base, most = 16, 0xffff
	}
	n, i := 0, 0
	for i < len(text) {
		d := strings.IndexByte("0123456789abcdef", text[i]|0x20)
		if text[i] < '0' || d < 0 || d >= base {
			break
		}
		n = min(n*base+d, 1<<20)
		i++
	}
	switch {
	case i < len(text) || text == "":
		r.err("Virtual server group range '%s' has extra characters at end '%s'", whole, text)
		return first, false
	case n > most:
		r.err("Virtual server group range '%s' end '%s' too large", whole, text)
		return first, false
	}
	b := first.AsSlice()
	if first.Is6() {
		b[14] = byte(n >> 8)
	}
	b[len(b)-1] = byte(n)
	a, _ := netip.AddrFromSlice(b)
	return a, true
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Masked().Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
