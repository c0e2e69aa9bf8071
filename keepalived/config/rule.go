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
	table  bool
}

func (l *ruleLine) arg() (string, bool) {
	if l.i+1 >= len(l.w) {
		l.err("No %s parameter specified for %s", l.w[l.i], "rule")
		l.bad = true
		return "", false
	}
	l.i++
	return l.w[l.i], true
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
		next := uint32(16383)
		for _, have := range r.ruleCount {
			if have <= next {
				next = have - 1
			}
		}
		r.ruleCount = append(r.ruleCount, next)
		r.err("Rule has no preference specified - setting to %d. This is probably not what you want.", next)
		x.Priority = &next
	}
	return *x, true
}

func (l *ruleLine) mix(f family) bool {
	if l.family != 0 && l.family != f {
		l.err("Cannot mix IPv4 and IPv6 addresses for rule")
		l.bad = true
		return false
	}
	l.family = f
	return true
}

// acts notes what the rule does; a second time is an error.
func (l *ruleLine) acts(what string) bool {
	if l.action {
		l.err("Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable for rule")
		l.bad = true
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
		text, ok := l.arg()
		if !ok {
			return
		}
		p, ok := l.prefix(text, l.family)
		if !ok {
			l.err("Invalid rule %s address %s", word, text)
			l.bad = true
			return
		}
		if text != "default" && text != "any" && text != "all" && !l.mix(familyOf(p.Addr())) {
			return
		}
		if word == "from" {
			x.From = p
		} else {
			x.To = p
		}
	case "table", "lookup":
		text, ok := l.arg()
		if !ok {
			return
		}
		n, ok := l.named("rt_tables", text, math.MaxUint32)
		if !ok {
			l.err("Routing table %s not found for rule", text)
			l.bad = true
			return
		}
		if l.acts("lookup") {
			x.Table, l.table = n, true
		}
	case "goto":
		text, ok := l.arg()
		if !ok || !l.acts("goto") {
			return
		}
		n, ok := l.uint(text, 0, math.MaxUint32, soft)
		if !ok {
			l.err("Invalid target %s specified", text)
			l.bad = true
		}
		x.Goto = n
	case "nop", "blackhole", "prohibit", "unreachable":
		l.acts(word)
	case "type":
		text, ok := l.arg()
		if !ok {
			return
		}
		switch text {
		case "blackhole", "prohibit", "unreachable":
			l.acts(text)
		case "unicast":
		default:
			l.err("Invalid rule action %s", text)
			l.bad = true
		}
	case "preference", "priority", "order":
		x.Priority = l.number("Invalid rule preference %s specified", math.MaxUint32)
	case "tos", "dsfield":
		if text, ok := l.arg(); ok {
			n, ok := l.named("rt_dsfield", text, 255)
			if !ok {
				l.err("TOS value %s is invalid", text)
				l.bad = true
			}
			x.TOS = uint8(n)
		}
	case "fwmark":
		l.fwmark()
	case "iif", "dev", "oif":
		text, ok := l.arg()
		if !ok {
			return
		}
		if _, found := l.host.Interface(text); !found {
			l.err("WARNING - interface %s for rule doesn't exist", text)
			l.absent(text)
		}
		if word == "oif" {
			x.OIF = text
		} else {
			x.IIF = text
		}
	case "realms":
		if text, ok := l.arg(); ok {
			n, ok := l.realms(text)
			if !ok {
				l.err("invalid realms %s for rule", text)
				l.bad = true
			}
			x.Realms = n
		}
	case "suppress_prefixlength", "sup_pl":
		x.SuppressPrefix = l.number("Invalid suppress_prefixlength %s specified", 128)
	case "suppress_ifgroup", "suppress_group", "sup_group":
		if text, ok := l.arg(); ok {
			n, ok := l.named("group", text, math.MaxInt32)
			if !ok {
				l.err("suppress_group %s is invalid", text)
				l.bad = true
			}
			x.SuppressGroup = &n
		}
	case "tunnel-id", "tun_id":
		if text, ok := l.arg(); ok {
			v, over, ok := cUint(text)
			if !ok || over {
				l.err("Invalid tunnel-id %s specified", text)
				l.bad = true
			}
			x.TunnelID = v
		}
	case "uidrange":
		if text, ok := l.arg(); ok {
			lo, hi, ok := pair(text, math.MaxUint32)
			if !ok {
				l.err("Invalid uidrange %s specified", text)
				l.bad = true
			}
			x.UIDs = &[2]uint32{lo, hi}
		}
	case "protocol":
		if text, ok := l.arg(); ok {
			n, ok := l.named("rt_protos", text, 255)
			if !ok {
				l.err("Invalid protocol %s", text)
				l.bad = true
			}
			x.Proto = uint8(n)
		}
	case "ipproto", "ip_proto":
		if text, ok := l.arg(); ok {
			n, ok := l.named("protocols", strings.ToLower(text), 255)
			if !ok {
				l.err("Invalid ipproto %s", text)
				l.bad = true
			}
			x.IPProto = uint8(n)
		}
	case "sport", "dport":
		if text, ok := l.arg(); ok {
			lo, hi, ok := pair(text, 65535)
			if !ok {
				l.err("invalid %s range %s", word, text)
				l.bad = true
			}
			ports := &[2]uint16{uint16(lo), uint16(hi)}
			if word == "sport" {
				x.Sport = ports
			} else {
				x.Dport = ports
			}
		}
	case "l3mdev":
		if l.action {
			l.err("Cannot specify l3mdev with other action")
			l.bad = true
		}
		x.L3Mdev = true
	case "no_track":
		x.NoTrack = true
	case "track_group":
		if static {
			if text, ok := l.arg(); ok {
				if _, known := l.config.TrackGroups[text]; !known {
					l.err("track_group %s not found", text)
					return
				}
				x.TrackGroup = text
			}
			return
		}
		fallthrough
	default:
		l.err("Unknown rule option %s", word)
		l.bad = true
	}
}

func (l *ruleLine) number(message string, most uint32) *uint32 {
	text, ok := l.arg()
	if !ok {
		return nil
	}
	n, ok := l.uint(text, 0, most, soft)
	if !ok {
		l.err(message, text)
		l.bad = true
	}
	return &n
}

// fwmark is a mark, and behind a slash which of its bits count.
func (l *ruleLine) fwmark() {
	text, ok := l.arg()
	if !ok {
		return
	}
	mark, mask, masked := strings.Cut(text, "/")
	v, over, ok := cUint(mark)
	m, overMask, okMask := uint64(math.MaxUint32), false, true
	if masked {
		m, overMask, okMask = cUint(mask)
	}
	if !ok || over || !okMask || overMask || v > math.MaxUint32 || m > math.MaxUint32 {
		l.err("Invalid rule fwmark %s specified", text)
		l.bad = true
		return
	}
	l.x.FwMark, l.x.FwMask = uint32(v), uint32(m)
}

// pair reads "LO-HI" or one number for both.
func pair(text string, most uint32) (lo, hi uint32, ok bool) {
	from, to, both := strings.Cut(text, "-")
	a, err := strconv.ParseUint(from, 10, 32)
	b := a
	if both && err == nil {
		b, err = strconv.ParseUint(to, 10, 32)
	}
	return uint32(a), uint32(b), err == nil && a <= b && b <= uint64(most)
}

func staticRules(r *reader, w []string) {
	r.extra(w)
	r.lines(func(w []string) {
		if x, ok := r.rule(w, true); ok {
			r.config.StaticRules = append(r.config.StaticRules, x)
		}
	})
}
