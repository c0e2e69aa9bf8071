package config

import (
	"math"
	"time"
)

const maxLoop = time.Duration(math.MaxInt64) // keepalived's limit lies beyond what we can hold

// shared is where a setting goes that several levels have.
func (r *reader) shared() (*shared, string) {
	switch {
	case r.chk != nil:
		return &r.chk.shared, ""
	case r.rs != nil:
		return &r.rs.shared, "real server "
	}
	return &r.vs.shared, "virtual server "
}

// sharedRows may stand in a virtual server, a real server, or a checker: the
// innermost that says something holds.
var sharedRows = []keyword{
	{name: "delay_loop", in: inServer | inReal | inChecks, need: 1, args: "SECONDS", def: "60", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		if d, ok := r.long(w[1], time.Microsecond, soft); ok {
			s.loop = &d
			return
		}
		switch level {
		case "":
			r.err("delay_loop '%s' is invalid - ignoring", w[1])
		case "real server ":
			r.err("real server delay_loop '%s' invalid - ignoring", w[1])
		default:
			r.err("virtual server delay loop '%s' invalid - ignoring", w[1])
		}
	}), doc: "Time between checks."},
	{name: "connect_timeout", in: inServer | inReal | inConnects, need: 1, args: "SECONDS", def: "5", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		if d, ok := r.seconds(w[1], time.Microsecond, maxMicros, soft); ok {
			s.timeout = &d
		} else {
			r.err("%sconnect_timeout %s invalid - ignoring", level, w[1])
		}
	}), doc: "How long a connection, and each answer, may take."},
	{name: "retry", in: inServer | inReal | inChecks, need: 1, args: "N", def: "1; MISC_CHECK 0, DNS_CHECK 3", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		lo, how := uint32(1), hard
		if level == "" {
			lo, how = 0, soft
		}
		n, ok := r.uint(w[1], lo, math.MaxUint32, how)
		switch {
		case ok:
			s.retry = ptr(int(n))
		case level == "":
			r.err("Invalid retry connection value '%s'", w[1])
		default:
			r.err("retry value invalid - %s", w[1])
		}
	}), doc: "How many more tries a failure gets."},
	{name: "nb_get_retry", in: inHTTPs, need: 1, args: "N", set: do(func(r *reader, w []string) {
		r.err("nb_get_retry is deprecated - please use 'retry'")
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.chk.shared.retry = ptr(int(n))
		} else {
			r.err("Invalid nb_get_retry value '%s'", w[1])
		}
	}), doc: "The old name of retry."},
	{name: "delay_before_retry", in: inServer | inReal | inChecks, need: 1, args: "SECONDS", def: "1; HTTP_GET, SSL_GET 3; DNS_CHECK delay_loop", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		d, ok := r.seconds(w[1], 0, maxMicros, soft)
		switch {
		case ok:
			s.retryDelay = &d
		case level == "":
			r.err("Invalid delay_before_retry connection value '%s'", w[1])
		case level == "real server ":
			r.err("real server delay_before_retry '%s' invalid - ignoring", w[1])
		default:
			r.err("virtual server delay before retry '%s' invalid - ignoring", w[1])
		}
	}), doc: "Time before such a try."},
	{name: "warmup", in: inServer | inReal | inChecks, need: 1, args: "SECONDS", def: "delay_loop", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		d, ok := r.seconds(w[1], 0, maxMicros, soft)
		switch {
		case ok:
			s.warmup = &d
		case level == "":
			r.err("Invalid warmup connection value '%s'", w[1])
		default:
			r.err("%swarmup '%s' invalid - ignoring", level, w[1])
		}
	}), doc: "The first check comes at a random time up to this."},
	{name: "alpha", in: inServer | inReal | inChecks | inBFDCheck, args: "[BOOL]", def: "off", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		if level == "virtual server " {
			s.alpha = On
		} else if on, ok := r.flag(w, "Invalid alpha parameter %s", word(w, 1)); ok {
			s.alpha = tristate(on)
		}
	}), doc: "A server is down until its first check is good."},
	{name: "log_all_failures", in: inChecks, args: "[BOOL]", def: "checker_log_all_failures", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "Invalid log_all_failures parameter %s", word(w, 1)); ok {
			r.chk.shared.logAll = tristate(on)
		}
	}), doc: "Failures that are tried again are logged, too."},
	{name: "inhibit_on_failure", in: inServer | inReal, args: "[BOOL]", def: "off", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		if level == "virtual server " {
			s.inhibit = On
		} else if on, ok := r.flag(w, "Invalid inhibit_on_failure parameter %s", word(w, 1)); ok {
			s.inhibit = tristate(on)
		}
	}), doc: "A server that fails gets weight 0, and keeps what it has, instead of being taken out."},
	{name: "smtp_alert", in: inServer | inReal, args: "[BOOL]", def: "smtp_alert_checker", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		what := "virtual_server"
		if level != "virtual server " {
			what = "real_server"
		}
		if on, ok := r.flag(w, "Invalid %s smtp_alert parameter %s", what, word(w, 1)); ok {
			s.mail = tristate(on)
		}
	}), doc: "Changes are mailed."},
	{name: "virtualhost", in: inServer | inReal, args: "NAME", set: do(func(r *reader, w []string) {
		s, level := r.shared()
		if len(w) < 2 {
			r.err("%svirtualhost missing", level)
			return
		}
		s.host = w[1]
	}), doc: "The Host of requests."},
	{name: "lb_kind", old: []string{"lvs_method"}, in: inServer, need: 1, args: methodWords, def: "NAT", set: do(func(r *reader, w []string) {
		if f, ok := r.forward(w, "virtual"); ok {
			r.vs.forward = &f
		}
	}), doc: "How packets reach the servers."},
	{name: "lvs_method", in: inReal, need: 1, args: methodWords, def: "that of the virtual server", set: do(func(r *reader, w []string) {
		if f, ok := r.forward(w, "real"); ok {
			r.rs.Forward = f
		}
	}), doc: "How packets reach this server."},
	{name: "snmp_name", in: inServer | inReal, args: "NAME", set: do(func(r *reader, w []string) {
		_, level := r.shared()
		switch {
		case len(w) != 2:
			r.err("%ssnmp_name missing or extra parameters", level)
		case r.rs != nil:
			r.rs.SNMPName = w[1]
		default:
			r.vs.SNMPName = w[1]
		}
	}), doc: "A name for SNMP and metrics."},
}

const methodWords = "NAT | DR | TUN [type ipip | gue port N | gre] [nocsum | csum | remcsum]"

const maxMicros = math.MaxUint32 * time.Microsecond

// long reads a time in seconds that has no limit in practice.
func (r *reader) long(text string, lo time.Duration, s strictness) (time.Duration, bool) {
	return r.decimal(text, lo, maxLoop, time.Second, 6, s)
}

var realRows = []keyword{
	{name: "weight", in: inReal, need: 1, args: "0..2147483647", def: "1", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxInt32, soft); ok {
			r.rs.Weight, r.rs.weightSet = int(n), true
		} else {
			r.err("Real server weight %s is outside range 0-%d", w[1], math.MaxInt32)
		}
	}), doc: "Its share."},
	{name: "uthreshold", in: inReal, need: 1, args: "N", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.rs.Upper = n
		} else {
			r.err("Invalid real_server uthreshold '%s' - ignoring", w[1])
		}
	}), doc: "So many connections are too many."},
	{name: "lthreshold", in: inReal, need: 1, args: "N", def: "3/4 of uthreshold", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32, soft); ok {
			r.rs.Lower = n
		} else {
			r.err("Invalid real_server lthreshold '%s' - ignoring", w[1])
		}
	}), doc: "So few are no longer."},
	{name: "notify_up", in: inReal, need: 1, args: "CMD [USER [GROUP]]", set: checkNotify("notify_up", "notify", func(r *reader) *Command { return &r.rs.NotifyUp }), doc: "Run when it is up."},
	{name: "notify_down", in: inReal, need: 1, args: "CMD [USER [GROUP]]", set: checkNotify("notify_down", "notify", func(r *reader) *Command { return &r.rs.NotifyDown }), doc: "Run when it is down."},
	{name: "TCP_CHECK", in: inReal, body: inTCP, set: beginCheck, end: endCheck, doc: "It can be connected to."},
	{name: "HTTP_GET", in: inReal, body: inHTTP, set: beginCheck, end: endHTTP, doc: "It answers HTTP requests."},
	{name: "SSL_GET", in: inReal, body: inSSLGet, set: beginCheck, end: endHTTP, doc: "It answers HTTPS requests."},
	{name: "MISC_CHECK", in: inReal, body: inMisc, set: beginCheck, end: endMisc, doc: "A program says so."},
	{name: "SMTP_CHECK", in: inReal, body: inSMTP, set: beginCheck, end: endCheck, doc: "It greets as a mail server."},
	{name: "DNS_CHECK", in: inReal, body: inDNS, set: beginCheck, end: endCheck, doc: "It answers a question of DNS."},
	{name: "UDP_CHECK", in: inReal, body: inUDP, set: beginCheck, end: endUDP, doc: "It answers a packet, or does not refuse it."},
	{name: "PING_CHECK", in: inReal, body: inPing, set: beginCheck, end: endCheck, doc: "It answers a ping."},
	{name: "FILE_CHECK", in: inReal, body: inFileCheck, set: beginCheck, end: endFileCheck, doc: "A file says so."},
	{name: "BFD_CHECK", in: inReal, body: inBFDCheck, set: beginCheck, end: endBFDCheck, doc: "A BFD session says so."},
}
