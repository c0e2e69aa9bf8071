package config

import (
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// schedulers are those of ip_vs.
var schedulers = []string{"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "mh", "dh", "sed", "nq", "fo", "ovf", "twos"}

var serverRows = []keyword{
	{name: "lb_algo", old: []string{"lvs_sched"}, in: inServer, need: 1, args: strings.Join(schedulers, " | "), def: "wlc", set: do(func(r *reader, w []string) {
		if !slices.Contains(schedulers, w[1]) {
			r.err("Invalid lvs_scheduler '%s' - ignoring", w[1])
			return
		}
		r.vs.Scheduler = w[1]
	}), doc: "How connections are spread."},
	{name: "protocol", in: inServer, need: 1, args: "TCP | UDP | SCTP", set: do(func(r *reader, w []string) {
		switch w[1] {
		case "TCP", "UDP", "SCTP":
			r.vs.Protocol = w[1]
		default:
			r.err("Unknown protocol %s - ignoring", w[1])
		}
	}), doc: "What is spread."},
	{name: "persistence_timeout", in: inServer, args: "[SECONDS]", def: "off; 360 without a number", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.vs.Persistence = 360 * time.Second
		} else if n, ok := r.uint(w[1], 1, 2678400, hard); ok {
			r.vs.Persistence = seconds(n)
		} else {
			r.err("persistence_timeout invalid")
		}
	}), doc: "A client stays with its server for so long."},
	{name: "persistence_granularity", in: inServer, need: 1, args: "NETMASK | LENGTH", def: "32", set: do(granularity), doc: "The part of an address that makes a client."},
	{name: "persistence_engine", in: inServer, need: 1, args: "sip", set: do(func(r *reader, w []string) {
		if len(w[1]) > 15 {
			r.err("persistence_name too long, truncating - %s", w[1])
			w[1] = w[1][:15]
		}
		r.vs.Engine = w[1]
	}), doc: "What in a packet makes a client."},
	{name: "ops", in: inServer, set: flagWord("ops", ""), doc: "UDP: each packet is spread anew."},
	{name: "flag-1", in: inServer, set: flagWord("flag-1", ""), doc: "The scheduler's first flag."},
	{name: "flag-2", in: inServer, set: flagWord("flag-2", ""), doc: "The scheduler's second flag."},
	{name: "flag-3", in: inServer, set: flagWord("flag-3", ""), doc: "The scheduler's third flag."},
	{name: "sh-port", in: inServer, set: flagWord("sh-port", "sh"), doc: "sh: the port counts too."},
	{name: "sh-fallback", in: inServer, set: flagWord("sh-fallback", "sh"), doc: "sh: another server when the chosen one is not there."},
	{name: "mh-port", in: inServer, set: flagWord("mh-port", "mh"), doc: "mh: the port counts too."},
	{name: "mh-fallback", in: inServer, set: flagWord("mh-fallback", "mh"), doc: "mh: another server when the chosen one is not there."},
	{name: "hashed", in: inServer, set: flagWord("hashed", "sh"), doc: "Services are found by a hash; an old flag."},
	{name: "ip_family", in: inServer, need: 1, args: "inet | inet6", set: do(func(r *reader, w []string) {
		var f family
		switch w[1] {
		case "inet":
			f = v4
		case "inet6":
			f = v6
		default:
			r.err("unknown address family %s", w[1])
			return
		}
		if r.vs.family != 0 && r.vs.family != f {
			r.err("Virtual server specified family %s conflicts with server family", w[1])
			return
		}
		r.vs.family = f
	}), doc: "The family of a mark of the firewall."},
	{name: "omega", in: inServer, set: do(func(r *reader, w []string) { r.vs.Omega = true }), doc: "At shutdown notify_down and quorum_down run."},
	{name: "ha_suspend", in: inServer, set: do(func(r *reader, w []string) { r.vs.HASuspend = true }), doc: "No checks while the address is not on this machine."},
	{name: "quorum", in: inServer, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, math.MaxUint32, soft)
		if !ok {
			r.err("Quorum %s must be in [1, %d]. Setting to 1.", w[1], uint32(math.MaxUint32))
			n = 1
		}
		r.vs.Quorum = int(n)
	}), doc: "The weight of living servers that the service needs."},
	{name: "hysteresis", in: inServer, need: 1, args: "N", def: "0", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32, soft)
		if !ok {
			r.err("Hysteresis %s must be in [0, %d] - ignoring", w[1], uint32(math.MaxUint32))
			return
		}
		r.vs.Hysteresis = int(n)
	}), doc: "How far from the quorum that changes."},
	{name: "quorum_up", in: inServer, need: 1, args: "CMD [USER [GROUP]]", set: checkNotify("quorum_up", "quorum", func(r *reader) *Command { return &r.vs.QuorumUp }), doc: "Run when the quorum is there."},
	{name: "quorum_down", in: inServer, need: 1, args: "CMD [USER [GROUP]]", set: checkNotify("quorum_down", "quorum", func(r *reader) *Command { return &r.vs.QuorumDown }), doc: "Run when it is lost."},
	{name: "sorry_server", in: inServer, need: 1, args: "IP [PORT]", set: do(sorryServer), doc: "The server without quorum."},
	{name: "sorry_server_inhibit", in: inServer, set: do(func(r *reader, w []string) {
		if r.vs.sorry == nil {
			r.err("Ignoring sorry_server inhibit used before or without sorry_server")
			return
		}
		r.vs.sorry.Inhibit = true
	}), doc: "inhibit_on_failure for it."},
	{name: "sorry_server_lvs_method", in: inServer, need: 1, args: methodWords, set: do(func(r *reader, w []string) {
		if r.vs.sorry == nil {
			r.err("sorry_server forwarding used without sorry_server")
			return
		}
		if f, ok := r.forward(w, "sorry"); ok {
			r.vs.sorry.Forward = f
		}
	}), doc: "How packets reach it."},
	{name: "weight", in: inServer, need: 1, args: "N", def: "1", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 1, math.MaxInt32, soft); ok {
			r.vs.weight = int(n)
		} else {
			r.err("Virtual server weight %s is outside range 1-%d", w[1], math.MaxInt32)
		}
	}), doc: "The weight of servers that say none."},
	{name: "real_server", in: inServer, need: 1, args: "IP [PORT]", body: inReal, set: beginReal, end: endReal, doc: "A server that connections go to."},
	{name: "password", in: inSSL, args: "STRING", set: sslWord("password", func(s *SSL) *string { return &s.Password }), doc: "Of the key."},
	{name: "ca", in: inSSL, args: "FILE", set: sslWord("ca", func(s *SSL) *string { return &s.CA }), doc: "The certificates of authorities."},
	{name: "certificate", in: inSSL, args: "FILE", set: sslWord("certificate", func(s *SSL) *string { return &s.Certificate }), doc: "The certificate to show."},
	{name: "key", in: inSSL, args: "FILE", set: sslWord("key", func(s *SSL) *string { return &s.Key }), doc: "Its key."},
}

func sslWord(name string, field func(*SSL) *string) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		at := field(&r.config.SSL)
		switch {
		case len(w) < 2:
			r.err("SSL %s missing", name)
			return
		case *at != "":
			r.err("SSL %s already specified - replacing", name)
		}
		*at = w[1]
	})
}

// flagWord is a flag; some belong to one scheduler.
func flagWord(name, scheduler string) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		if scheduler != "" && r.vs.Scheduler != scheduler {
			r.err("%s only applies to sh scheduler - ignoring", name)
			return
		}
		if !slices.Contains(r.vs.Flags, name) {
			r.vs.Flags = append(r.vs.Flags, name)
		}
	})
}

func granularity(r *reader, w []string) {
	if r.vs.family == v6 {
		if n, over, ok := signed(w[1]); ok && !over && n >= 1 && n <= 128 {
			r.vs.Granularity = n
		} else {
			r.err("Invalid IPv6 persistence_granularity specified - %s", w[1])
		}
		return
	}
	if a, ok := addr(w[1]); ok && a.Is4() {
		b := a.As4()
		mask := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
		n := 0
		for n < 32 && mask&(1<<(31-n)) != 0 {
			n++
		}
		r.vs.Granularity = n
		return
	}
	if n, err := strconv.Atoi(w[1]); err == nil && n >= 1 {
		r.vs.Granularity = min(n, 32)
		return
	}
	r.err("Invalid IPv4 persistence_granularity specified - %s", w[1])
}

// checkNotify sets a script of a virtual or real server; the first stays.
func checkNotify(name, kind string, field func(*reader) *Command) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		at := field(r)
		if at.Set() {
			r.err("(%s) %s script already specified - ignoring %s", "(null)", name, w[1])
			return
		}
		*at, _ = r.notify(kind)
	})
}

// forward reads NAT, DR, or TUN with what belongs to it.
func (r *reader) forward(w []string, what string) (f Forward, ok bool) {
	switch w[1] {
	case "NAT", "DR":
		f.Method = w[1]
	case "TUN":
		f.Method, f.Tunnel = w[1], "ipip"
	default:
		r.err("PARSER : unknown [%s] routing method for %s server.", w[1], what)
		return f, false
	}
	typed, port := false, false
	for i := 2; i < len(w); i++ {
		switch {
		case f.Method == "TUN" && w[i] == "type":
			if i++; i == len(w) {
				r.err("Missing tunnel type for %s server.", what)
				return f, false
			}
			switch w[i] {
			case "ipip", "gue", "gre":
				f.Tunnel, typed = w[i], true
			default:
				r.err("Unknown tunnel type %s for %s server.", w[i], what)
				return f, false
			}
		case typed && w[i] == "port":
			if i++; i == len(w) {
				r.err("Missing port for %s server gue tunnel.", what)
				return f, false
			}
			n, ok := r.uint(w[i], 1, 65535, hard)
			if !ok {
				r.err("Invalid gue tunnel port %s for %s server.", w[i], what)
				return f, false
			}
			f.Port, port = uint16(n), true
		case typed && (w[i] == "nocsum" || w[i] == "csum" || w[i] == "remcsum"):
			f.Sum = w[i]
		default:
			r.err("Invalid tunnel option %s for %s server.", w[i], what)
			return f, false
		}
	}
	switch {
	case port != (f.Tunnel == "gue"):
		r.err("gue tunnels require port, otherwise cannot have port.")
	case f.Tunnel == "ipip" && f.Sum != "":
		r.err("ipip tunnels do not support checksum option.")
	case f.Tunnel == "gre" && f.Sum == "remcsum":
		r.err("gre tunnels do not support remote checksum option.")
	default:
		return f, true
	}
	return f, false
}

// serverAddr reads "IP [PORT]".
func (r *reader) serverAddr(w []string) (a netip.AddrPort, ok bool) {
	port := uint32(0)
	if len(w) > 1 {
		lo := uint32(1)
		if w[1] == "0" {
			lo = 0
		}
		if port, ok = r.uint(w[1], lo, 65535, soft); !ok {
			return a, false
		}
	}
	text, _, _ := strings.Cut(w[0], "/")
	text, _, _ = strings.Cut(text, "-")
	ip, ok := addr(text)
	return netip.AddrPortFrom(ip, uint16(port)), ok
}
