package config

import (
	"math"
	"strconv"
	"strings"
)

// ruleLine is a rule while its words are read.
type ruleLine struct {
	*reader
	x      Rule
	w      []string
	i      int
	family family
	bad    bool
	action bool // table, goto, nop, blackhole ... was there
}

func (l *ruleLine) arg() string {
	if l.i+1 >= len(l.w) {
		l.missing(l.w)
	}
	l.i++
	return l.w[l.i]
}

// refuse leaves the rule out.
func (l *ruleLine) refuse(format string, args ...any) {
	l.err(format, args...)
	l.bad = true
}

// rule reads a line of virtual_rules or static_rules.
func (r *reader) rule(w []string, static bool) (Rule, bool) {
	l := &ruleLine{reader: r, w: w, x: Rule{Words: w, Action: "lookup", Pos: r.pos}}
	for ; l.i < len(w) && !l.bad; l.i++ {
		l.word(w[l.i], static)
	}
	x := &l.x
	if l.bad {
		return *x, false
	}
	x.V6 = l.family == v6
	switch {
	case !l.action && !x.L3Mdev:
		r.err("No action specified for rule - ignoring")
		return *x, false
	case x.Action == "goto" && x.Priority == nil:
		r.err("Invalid rule - goto target %d specified without preference", x.Goto)
		return *x, false
	case x.Action == "goto" && *x.Priority >= x.Goto:
		r.err("Invalid rule - preference %d >= goto target %d", *x.Priority, x.Goto)
		return *x, false
	case x.Action != "lookup" && (x.SuppressPrefix != nil || x.SuppressGroup != nil || x.Realms != 0):
		r.err("suppressor/realm specified for non table action - skipping")
		return *x, false
	}
	if x.Priority == nil {
		r.err("Rule has no preference specified - setting to %d. This is probably not what you want.", r.nextRule)
		x.Priority = ptr(r.nextRule)
		r.nextRule--
	}
	switch {
	case x.Proto == 0:
		x.Proto = protoKeepalived
	case !x.NoTrack && x.Proto != protoKeepalived:
		r.err("Rule cannot be tracked if protocol is not RTPROT_KEEPALIVED(%d), resetting protocol", protoKeepalived)
		x.Proto = protoKeepalived
	}
	return *x, true
}

func (l *ruleLine) mix(f family) bool {
	if l.family != 0 && l.family != f {
		l.refuse("rule specification has mixed IPv4 and IPv6")
		return false
	}
	l.family = f
	return true
}

// acts notes what the rule does; a second time is an error.
func (l *ruleLine) acts(what string) bool {
	if l.action || what == "lookup" && l.x.L3Mdev {
		others := "/l3mdev"
		if what == "lookup" {
			others = ""
		}
		l.refuse("Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable%s for rule", others)
		return false
	}
	l.action, l.x.Action = true, what
	return true
}

func (l *ruleLine) word(word string, static bool) {
	x := &l.x
	switch word {
	case "inet":
		l.mix(v4)
	case "inet6":
		l.mix(v6)
	case "not":
		x.Not = true
	case "from", "to":
		l.prefixOf(word)
	case "table", "lookup":
		text := l.arg()
		n, ok := l.named("rt_tables", text, math.MaxUint32)
		if !ok {
			l.refuse("Routing table %s not found for rule", text)
		} else if l.acts("lookup") {
			x.Table = n
		}
	case "goto":
		l.arg()
		if l.acts("goto") {
			x.Goto = *l.number("Invalid target %s specified")
		}
	case "nop", "blackhole", "prohibit", "unreachable":
		l.acts(word)
	case "type":
		if kind := l.arg(); kind == "blackhole" || kind == "prohibit" || kind == "unreachable" || kind == "nop" {
			l.acts(kind)
		} else {
			l.refuse("Unknown rule option %s", kind)
		}
	case "preference", "priority", "order":
		l.arg()
		x.Priority = l.number("Invalid rule preference %s specified")
	case "tos", "dsfield":
		text := l.arg()
		n, ok := l.named("rt_dsfield", text, 255)
		if !ok {
			l.refuse("TOS value %s is invalid", text)
		}
		x.TOS = uint8(n)
	case "fwmark":
		l.fwmark()
	case "iif", "dev", "oif":
		name := l.arg()
		if _, found := l.host.Interface(name); !found {
			l.absent(name, "WARNING - interface %s for rule doesn't exist", name)
		}
		if word == "oif" {
			x.OIF = name
		} else {
			x.IIF = name
		}
	case "realms":
		text := l.arg()
		n, ok := l.realms(text)
		if !ok {
			l.refuse("invalid realms %s for rule", text)
		}
		x.Realms = n
	case "suppress_prefixlength", "sup_pl":
		l.arg()
		x.SuppressPrefix = l.number("Invalid suppress_prefixlength %s specified")
	case "suppress_ifgroup", "suppress_group", "sup_group":
		text := l.arg()
		n, ok := l.named("group", text, math.MaxInt32)
		if !ok {
			l.refuse("suppress_group %s is invalid", text)
		}
		x.SuppressGroup = &n
	case "tunnel-id", "tun_id":
		l.arg()
		x.TunnelID = uint64(*l.number("Invalid tunnel-id %s specified"))
	case "uidrange":
		lo, hi, ok := pair(l.arg(), math.MaxUint32)
		if !ok {
			l.refuse("Invalid uidrange %s specified", word)
		}
		x.UIDs = &[2]uint32{lo, hi}
	case "protocol":
		text := l.arg()
		n, ok := l.uint(text, 0, 255, hard)
		if !ok {
			l.refuse("Invalid protocol %s", text)
		}
		x.Proto = uint8(n)
	case "ipproto":
		text := l.arg()
		n, ok := l.named("protocols", strings.ToLower(text), 255)
		if !ok {
			l.refuse("Invalid ipproto %s", text)
		}
		x.IPProto = uint8(n)
	case "sport", "dport":
		text := l.arg()
		lo, hi, ok := pair(text, 65535)
		if !ok {
			l.refuse("invalid %s range %s", word, text)
		}
		if ports := (&[2]uint16{uint16(lo), uint16(hi)}); word == "sport" {
			x.Sport = ports
		} else {
			x.Dport = ports
		}
	case "l3mdev":
		if l.action {
			l.refuse("Cannot specify l3mdev with other action")
		}
		x.L3Mdev = true
	case "no_track":
		x.NoTrack = true
	default:
		if word != "track_group" || !static {
			l.refuse("Unknown rule option %s", word)
			return
		}
		group := l.arg()
		if _, known := l.config.TrackGroups[group]; !known {
			l.err("track_group %s not found", group)
			return
		}
		x.TrackGroup = group
	}
}

// prefixOf reads the address of from or to.
func (l *ruleLine) prefixOf(word string) {
	text := l.arg()
	p, ok := l.prefix(text, l.family)
	if !ok {
		l.refuse("Invalid rule %s address %s", word, text)
		return
	}
	if text != "default" && text != "any" && text != "all" && !l.mix(familyOf(p.Addr())) {
		return
	}
	if word == "from" {
		l.x.From = p
	} else {
		l.x.To = p
	}
}

// number is the word that was just read as a number. As keepalived does, the
// message names the keyword, not the number.
func (l *ruleLine) number(message string) *uint32 {
	n, ok := l.uint(l.w[l.i], 0, math.MaxUint32, hard)
	if !ok {
		l.refuse(message, l.w[l.i-1])
	}
	return &n
}

// fwmark is a mark, and behind a slash which of its bits count.
func (l *ruleLine) fwmark() {
	text := l.arg()
	mark, mask, masked := strings.Cut(text, "/")
	v, over, ok := cUint(mark)
	m, overMask, okMask := uint64(math.MaxUint32), false, true
	if masked {
		m, overMask, okMask = cUint(mask)
	}
	if !ok || over || !okMask || overMask || v > math.MaxUint32 || m > math.MaxUint32 {
		l.refuse("Invalid rule fwmark %s specified", text)
		return
	}
	l.x.FwMark, l.x.FwMask = uint32(v), uint32(m)
}

// pair reads "LO-HI".
func pair(text string, most uint64) (lo, hi uint32, ok bool) {
	from, to, ok := strings.Cut(text, "-")
	a, err := strconv.ParseUint(from, 10, 32)
	b, err2 := strconv.ParseUint(to, 10, 32)
	return uint32(a), uint32(b), ok && err == nil && err2 == nil && a <= most && b <= most
}

func staticRules(r *reader, w []string) {
	r.extra(w)
	r.lines(func(w []string) {
		if x, ok := r.rule(w, true); ok {
			if x.TrackGroup != "" && x.IIF == "" {
				r.err("Static rule cannot have track_group if dev/iif not specified")
				x.TrackGroup = ""
			}
			r.config.StaticRules = append(r.config.StaticRules, x)
		}
	})
}
