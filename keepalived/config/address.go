package config

import (
	"net/netip"
	"strings"
	"time"
)

const addressWords = "lines of IP[/LEN] [dev IF] [brd IP|-|+] [scope S] [label L] [peer IP] [home] [-nodad] [mngtmpaddr] [noprefixroute] [autojoin] [no_track] [preferred_lft N|forever] [use_vmac]"

// address reads a line with an address: of an instance, or a static one, which
// has other words.
func (r *reader) address(w []string, need family) (a Address, ok bool) {
	return r.addressLine(w, need, false)
}

func (r *reader) addressLine(w []string, need family, static bool) (a Address, ok bool) {
	a.Pos = r.pos
	if w[0] == "default" || w[0] == "default6" {
		r.err("VRRP parsed invalid IP %s. skipping IP...", w[0])
		return a, false
	}
	text, length, masked := strings.Cut(w[0], "/")
	ip, ok := addr(text)
	if !ok {
		r.err("VRRP parsed invalid IP %s. skipping IP...", w[0])
		return a, false
	}
	bits := ip.BitLen()
	if masked && length != "" {
		if n, ok := r.uint(length, 0, uint32(bits), soft); ok {
			bits = int(n)
		} else {
			r.err("Invalid address prefix len %s for address %s - using %d", length, w[0], bits)
		}
	}
	a.Prefix = netip.PrefixFrom(ip, bits)
	l := &addressLine{reader: r, a: &a, masked: masked && length != "", static: static, words: w}
	if !l.read() {
		return a, false
	}
	if ip.Is6() && bits == 128 && !l.preferred {
		zero := time.Duration(0)
		a.Preferred = &zero
	}
	if need != 0 && familyOf(ip) != need {
		r.err("(%s): address family must match VRRP instance [%s] - ignoring", r.vi.Name, w[0])
		return a, false
	}
	return a, true
}

type addressLine struct {
	*reader
	a                         *Address
	words                     []string
	masked, static, preferred bool
	brd, computed             bool // a broadcast address is written, and which is left to us
}

// read takes the words behind the address; false: it is left out.
func (l *addressLine) read() bool {
	a, ip := l.a, l.a.Prefix.Addr()
	for i := 1; i < len(l.words); i++ {
		word := l.words[i]
		if word == "broadcast" {
			word = "brd"
		}
		switch word {
		case "dev", "brd", "scope", "label", "peer", "preferred_lft", "track_group":
			if word == "track_group" && !l.static {
				l.unknown(word)
				continue
			}
			if i+1 == len(l.words) {
				l.err("No %s parameter specified for %s", word, l.words[0])
				return false
			}
			i++
			if keep, more := l.valued(word, l.words[i]); !keep {
				return false
			} else if more {
				i--
			}
		case "home":
			a.Home = true
		case "-nodad":
			a.NoDAD = true
		case "mngtmpaddr":
			a.MngTmpAddr = true
		case "noprefixroute":
			a.NoPrefixRoute = true
		case "autojoin":
			a.AutoJoin = true
		case "no_track":
			a.NoTrack = true
		case "use_vmac":
			a.VMAC = true
		default:
			l.unknown(word)
		}
	}
	if l.brd && a.Peer.IsValid() {
		l.err("Cannot specify broadcast and peer addresses - ignoring broadcast address")
		a.Broadcast, a.AutoBroadcast = netip.Addr{}, false
	}
	if l.computed && !a.Peer.IsValid() && a.Prefix.Bits() > 30 {
		l.err("Address prefix length %d too long for broadcast", a.Prefix.Bits())
		a.Broadcast, a.AutoBroadcast = netip.Addr{}, false
	}
	if l.masked && a.Peer.IsValid() {
		l.err("Cannot specify address prefix when specifying peer address - ignoring")
		a.Prefix = netip.PrefixFrom(ip, ip.BitLen())
	}
	return true
}

func (l *addressLine) unknown(word string) {
	l.err("Unknown configuration entry '%s' for ip address - ignoring", word)
}

// valued takes a word with its value. keep: the address stays; again: the value
// is to be read as a word.
func (l *addressLine) valued(word, value string) (keep, again bool) {
	a, ip := l.a, l.a.Prefix.Addr()
	switch word {
	case "dev":
		if a.Dev != "" {
			l.err("Cannot specify ipaddress device more than once for %s", l.words[0])
			return true, false
		}
		if _, ok := l.host.Interface(value); !ok {
			l.absent(value, "WARNING - interface %s for ip address %s doesn't exist", value, l.words[0])
		}
		a.Dev = value
	case "brd":
		if ip.Is6() {
			l.err("VRRP is trying to assign a broadcast %s to the IPv6 address %s !!?? WTF... skipping VIP...", "brd", ip)
			return false, false
		}
		switch value {
		case "+":
			a.AutoBroadcast, l.brd, l.computed = true, true, true
		case "-":
			l.brd, l.computed = true, true
			a.Broadcast = a.Prefix.Masked().Addr()
		default:
			b, ok := addr(value)
			if !ok || !b.Is4() {
				l.err("VRRP is trying to assign invalid broadcast %s. skipping VIP...", value)
				return false, false
			}
			a.Broadcast, l.brd = b, true
		}
	case "scope":
		if ip.Is6() {
			l.err("Cannot specify scope for IPv6 addresses (%s) - ignoring scope", l.words[0])
			return true, false
		}
		n, ok := l.named("rt_scopes", value, 255)
		if !ok {
			l.err("Invalid scope '%s' specified for %s - ignoring", value, l.words[0])
			return true, false
		}
		a.Scope = uint8(n)
	case "label":
		switch {
		case ip.Is6():
			l.err("Cannot specify label for IPv6 addresses (%s) - ignoring label", l.words[0])
		case len(value) > maxIfName:
			l.err("Address label %s is longer than maximum length %d - removing address", value, maxIfName)
			return false, false
		default:
			a.Label = value
		}
	case "peer":
		if a.Peer.IsValid() {
			l.err("Peer %s - another peer has already been specified", value)
			return true, true
		}
		p, ok := addr(value)
		switch {
		case !ok:
			l.err("VRRP parsed invalid IP %s. skipping IP...", value)
			l.err("Invalid peer address %s", value)
			return false, false
		case p.Is4() != ip.Is4():
			l.err("Peer address %s does not match address family", value)
			return false, false
		}
		a.Peer = netip.PrefixFrom(p, p.BitLen())
	case "preferred_lft":
		l.preferred = true
		if value == "forever" {
			return true, false
		}
		n, ok := l.uint(value, 0, 1<<32-2, soft)
		if !ok {
			l.err("preferred_lft %s is invalid", value)
			return true, false
		}
		a.Preferred = ptr(seconds(n))
	case "track_group":
		if a.TrackGroup != "" {
			l.err("track_group %s is a duplicate", value)
			return true, false
		}
		if _, ok := l.config.TrackGroups[value]; !ok {
			l.err("track_group %s not found", value)
			return true, false
		}
		a.TrackGroup = value
	}
	return true, false
}

// named reads a number, or a name that one of the system's files gives it.
func (r *reader) named(file, text string, most uint32) (uint32, bool) {
	if n, ok := builtin[file][text]; ok {
		return n, true
	}
	if v, over, ok := cUint(text); ok {
		return uint32(v), !over && v <= uint64(most)
	}
	return r.host.Number(file, text)
}

// builtin are the names that hold without a file.
var builtin = map[string]map[string]uint32{
	"rt_scopes": {"global": 0, "universe": 0, "site": 200, "link": 253, "host": 254, "nowhere": 255},
	"rt_tables": {"default": 253, "main": 254, "local": 255},
	"rt_protos": {"unspec": 0, "redirect": 1, "kernel": 2, "boot": 3, "static": 4, "gated": 8, "ra": 9, "mrt": 10, "zebra": 11, "bird": 12, "babel": 42,
		"dnrouted": 13, "xorp": 14, "ntk": 15, "dhcp": 16, "keepalived": 18, "bgp": 186, "isis": 187, "ospf": 188, "rip": 189, "eigrp": 192},
	"protocols": {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "dccp": 33, "gre": 47, "esp": 50, "ah": 51, "ipv6-icmp": 58, "ospf": 89, "sctp": 132, "udplite": 136},
}

// staticAddresses reads the block of that name.
func staticAddresses(r *reader, w []string) {
	r.extra(w)
	r.lines(func(w []string) {
		a, ok := r.addressLine(w, 0, true)
		if !ok {
			return
		}
		if a.Dev == "" {
			a.Dev = r.config.Global.DefaultInterface
			if _, ok := r.host.Interface(a.Dev); !ok {
				r.err("Static address %s requires either an interface or default interface must exist", w[0])
				return
			}
		}
		r.config.StaticAddrs = append(r.config.StaticAddrs, a)
	})
}
