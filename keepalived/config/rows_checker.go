package config

import (
	"math"
	"strconv"
	"strings"
)

var checkerRows = []keyword{
	{name: "url", in: inHTTPs, body: inURL, set: do(func(r *reader, w []string) { r.url = &URL{Pos: r.pos} }), end: endURL, doc: "A request; several are made one after the other."},
	{name: "http_protocol", in: inHTTPs, args: "1.0 | 1.0C | 1.1", def: "1.0", set: do(func(r *reader, w []string) {
		switch p := word(w, 1); strings.ToUpper(p) {
		case "":
			r.err("Missing http_protocol version")
		case "1.0", "1.0C", "1.1":
			r.chk.HTTP.Protocol = strings.ToUpper(p)
		default:
			r.err("Invalid http_protocol version %s", p)
		}
	}), doc: "The version; 1.0C asks for the connection to be closed."},
	{name: "virtualhost", in: inHTTPs, args: "NAME", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("HTTP_GET virtualhost name missing")
			return
		}
		r.chk.HTTP.VirtualHost = w[1]
	}), doc: "The Host of its requests."},
	{name: "fast_recovery", in: inHTTPs, args: "[BOOL]", def: "off", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "Invalid fast_recovery parameter %s", word(w, 1)); ok {
			r.chk.HTTP.FastRecovery = on
		}
	}), doc: "A server that comes back has all urls checked at once."},
	{name: "enable_sni", in: inHTTPs, args: "[BOOL]", def: "off", set: do(func(r *reader, w []string) {
		if on, ok := r.flag(w, "Invalid enable_sni parameter %s", word(w, 1)); ok {
			r.chk.HTTP.SNI = on
		}
	}), doc: "The name of the host is told in the TLS handshake."},
	{name: "sni_name", in: inHTTPs, newer: true, need: 1, args: "NAME", set: do(func(r *reader, w []string) { r.chk.HTTP.SNI, r.chk.HTTP.SNIName = true, w[1] }), doc: "This name, instead."},
	{name: "tls_compliant", in: inSSLGet, newer: true, args: "[BOOL]", def: "off", idle: true, doc: "The end of a connection must be announced. We never insist."},
	{name: "path", in: inURL, need: 1, args: "PATH", set: do(func(r *reader, w []string) { r.url.Path = w[1] }), doc: "What is asked for."},
	{name: "status_code", in: inURL, args: "N | N-N ...", def: "200-299", set: do(statusCodes), doc: "The statuses that are good."},
	{name: "digest", in: inURL, need: 1, args: "MD5", set: do(digest), doc: "The MD5 sum of the body."},
	{name: "virtualhost", in: inURL, args: "NAME", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("Missing HTTP_GET virtualhost name")
			return
		}
		r.url.VirtualHost = w[1]
	}), doc: "The Host of this request."},
	{name: "regex", in: inURL, args: "REGEX", set: do(func(r *reader, _ []string) {
		// It is quoted as a command is, and must be one word.
		switch w, ok := r.quoted(); {
		case !ok:
		case len(w) != 2:
			r.log("regex missing or too many fields")
		default:
			r.url.Regex = w[1]
		}
	}), doc: "What must be found in the body."},
	{name: "regex_no_match", in: inURL, set: do(func(r *reader, w []string) { r.url.RegexNoMatch = true }), doc: "It must not be found."},
	{name: "regex_options", in: inURL, args: "WORDS", set: do(func(r *reader, w []string) { r.url.RegexOptions = append(r.url.RegexOptions, w[1:]...) }), doc: "caseless, multiline, dotall, extended, ungreedy, utf, ..."},
	{name: "regex_stack", in: inURL, args: "START MAX", idle: true, doc: "Ours needs no stack."},
	{name: "regex_min_offset", in: inURL, need: 1, args: "N", set: offset("min", func(u *URL) *int { return &u.RegexMin }), doc: "Look from here on."},
	{name: "regex_max_offset", in: inURL, need: 1, args: "N", set: offset("max", func(u *URL) *int { return &u.RegexMax }), doc: "A match must begin before this."},

	{name: "misc_path", in: inMisc, args: "CMD", set: do(func(r *reader, _ []string) {
		w, ok := r.quoted()
		if !ok || len(w) < 2 {
			return
		}
		if args, ok := r.command(w[1]); ok {
			r.chk.Misc.Command.Args, r.chk.Misc.Command.Pos = args, r.pos
		}
	}), doc: "The program. It exits with 0 when all is well."},
	{name: "misc_timeout", in: inMisc, need: 1, args: "SECONDS", def: "delay_loop", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, math.MaxUint32/1000000, soft); ok {
			r.chk.Misc.Timeout = seconds(n)
		} else {
			r.err("Invalid misc_timeout value '%s'", w[1])
		}
	}), doc: "How long it may take."},
	{name: "misc_dynamic", in: inMisc, set: do(func(r *reader, w []string) { r.chk.Misc.Dynamic = true }), doc: "A status from 2 on is a weight plus 2."},
	{name: "user", in: inMisc, args: "USER [GROUP]", def: "script_user", set: do(func(r *reader, w []string) {
		c := &r.chk.Misc.Command
		if len(w) < 2 {
			r.err("No user specified for misc checker script %s", quoted(c.Args))
			return
		}
		if r.chk.user = r.owner(c, w[1:]); !r.chk.user {
			r.err("Failed to set uid/gid for misc checker script %s - removing", quoted(c.Args))
			r.chk.badUser = true
		}
	}), doc: "Who runs it."},

	{name: "helo_name", in: inSMTP, args: "NAME", def: "smtpchecker.keepalived.org", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("SMTP_CHECK helo name missing")
			return
		}
		r.chk.Helo = w[1]
	}), doc: "The name to greet with."},
	{name: "host", in: inSMTP, body: inSMTPHost, set: do(func(r *reader, w []string) {
		r.log("The SMTP_CHECK host block is deprecated. Please define additional checkers.")
		r.chk.host = &SMTPHost{}
	}), end: func(r *reader) {
		if h := r.chk.host; h.BindIf == "" && h.Connect.Addr().IsLinkLocalUnicast() && h.Connect.Addr().Is6() {
			r.err("Checker link local address %s requires a bind_if", h.Connect.Addr())
		}
		r.chk.Hosts = append(r.chk.Hosts, *r.chk.host)
		r.chk.host = nil
	}, doc: "Another address to ask, too."},
	{name: "type", in: inDNS, need: 1, args: "A | NS | CNAME | SOA | MX | TXT | AAAA | RRSIG | DNSKEY", def: "SOA", set: do(func(r *reader, w []string) {
		switch t := strings.ToUpper(w[1]); t {
		case "A", "NS", "CNAME", "SOA", "MX", "TXT", "AAAA", "RRSIG", "DNSKEY":
			r.chk.DNS.Type = t
		default:
			r.err("Unknown DNS check type %s - ignoring", w[1])
		}
	}), doc: "What is asked for."},
	{name: "name", in: inDNS, need: 1, args: "NAME", def: ".", set: do(func(r *reader, w []string) {
		switch {
		case r.chk.nameSet:
			r.err("DNS_CHECK name already specified - ignoring")
		case w[1] != "." && (strings.HasPrefix(w[1], ".") || strings.Contains(w[1], "..")):
			r.err("DNS_CHECK name '%s' has empty label - ignoring", w[1])
		default:
			r.chk.DNS.Name, r.chk.nameSet = w[1], true
		}
	}), doc: "Whose."},
	{name: "payload", in: inUDP, args: "HEX", def: "chance", set: do(func(r *reader, w []string) {
		if len(w) < 2 {
			r.err("UDP_CHECK payload requires a payload")
			return
		}
		b, _, ok := hexBytes(w[1:], false)
		if !ok {
			r.err("Invalid hex string for UDP_CHECK payload")
			return
		}
		r.chk.UDP.Payload = b
	}), doc: "What is sent."},
	{name: "require_reply", in: inUDP, args: "[HEX]", set: do(func(r *reader, w []string) {
		u := r.chk.UDP
		u.NeedReply = true
		b, mask, ok := hexBytes(w[1:], true)
		if !ok {
			r.err("Invalid hex string for UDP_CHECK reply")
			return
		}
		u.Reply, u.Mask = b, mask
	}), doc: "There must be an answer, and it must be this; x is any digit."},
	{name: "min_reply_length", in: inUDP, need: 1, args: "0..65535", def: "0", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, 65535, hard); ok {
			r.chk.UDP.MinLen = int(n)
		} else {
			r.err("UDP_CHECK min length %s not valid - must be between 0 & %d", w[1], 65535)
		}
	}), doc: "The least length of an answer."},
	{name: "max_reply_length", in: inUDP, need: 1, args: "0..65535", def: "255", set: do(func(r *reader, w []string) {
		if n, ok := r.uint(w[1], 0, 65535, hard); ok {
			r.chk.UDP.MaxLen = int(n)
		} else {
			r.err("UDP_CHECK max length %s not valid - must be between 0 & %d", w[1], 65535)
		}
	}), doc: "The greatest."},

	{name: "track_file", in: inFileCheck, need: 1, args: "NAME", set: do(func(r *reader, w []string) {
		f := named[File](r.found, "file", w[1])
		if f == nil {
			r.err("track_file %s not found", w[1])
			return
		}
		f.Tracked = true
		r.chk.File = &Tracked{Name: w[1], Weight: f.Weight, Reverse: f.Reverse, Pos: r.pos}
	}), doc: "The file."},
	{name: "dynamic", in: inFileCheck, newer: true, idle: true, set: do(func(r *reader, w []string) { r.chk.FileDynamic = true }), doc: "Its number is added to the weight; ours always is, as with 2.2.7."},
	{name: "weight", in: inFileCheck, need: 1, args: "N [reverse]", set: do(func(r *reader, w []string) {
		n, ok := r.int(w[1], -math.MaxInt32, math.MaxInt32, soft)
		if !ok {
			r.err("weight for track file must be in [%d..%d] inclusive. Ignoring...", -math.MaxInt32, math.MaxInt32)
			return
		}
		reverse := word(w, 2) == "reverse"
		if len(w) > 2 && !reverse {
			r.err("unknown track file weight option %s - ignoring", w[2])
		}
		r.chk.fileWeight, r.chk.fileReverse = &n, reverse
	}), doc: "What the number is multiplied by."},
	{name: "name", in: inBFDCheck, args: "NAME", set: do(func(r *reader, w []string) {
		rs := r.endpoint(r.rs.Addr)
		switch {
		case len(w) != 2:
			r.err("(%s) BFD_CHECK - No or too many names specified - skipping checker", rs)
			r.chk.told = true
		case r.chk.BFD != "":
			r.err("(%s) BFD_CHECK - BFD %s already specified as %s", rs, w[1], r.chk.BFD)
		case !r.hasBFD(w[1]):
			r.err("(%s) BFD_CHECK - BFD %s not configured", rs, w[1])
			r.chk.told = true
		default:
			r.chk.BFD = w[1]
		}
	}), doc: "The session."},
}

func (r *reader) hasBFD(name string) bool {
	b := r.known[name]
	return b != nil && b.Checker
}

func offset(which string, field func(*URL) *int) func(*reader, []string) bool {
	return do(func(r *reader, w []string) {
		n, over, ok := signed(w[1])
		if !ok || over || n < 0 {
			r.log("Invalid regex_%s_offset %s specified", which, w[1])
			return
		}
		*field(r.url) = n
	})
}

func statusCodes(r *reader, w []string) {
	for _, text := range w[1:] {
		from, to, ranged := strings.Cut(text, "-")
		lo, err := strconv.Atoi(from)
		hi := lo
		if ranged && err == nil {
			hi, err = strconv.Atoi(to)
		}
		if err != nil || lo < 100 || hi > 599 || hi < lo {
			r.err("Invalid HTTP_GET status code '%s'", text)
			continue
		}
		r.url.Status = append(r.url.Status, [2]int{lo, hi})
	}
}

func digest(r *reader, w []string) {
	switch {
	case r.url.Digest != "":
		r.err("Digest '%s' is a duplicate", w[1])
		return
	case len(w[1]) != 32:
		r.err("digest '%s' character length should be %d rather than %d", w[1], 32, len(w[1]))
		return
	}
	for i := 0; i < 32; i += 2 {
		if _, err := strconv.ParseUint(w[1][i:i+2], 16, 8); err != nil {
			r.err("Unable to interpret hex digit in '%s' at offset %d/%d", w[1][i:i+2], i, i+1)
			return
		}
	}
	r.url.Digest = strings.ToLower(w[1])
}

// hexBytes reads digits that may stand together or apart; one that is left alone
// is a byte. x is any digit where that is allowed.
func hexBytes(words []string, any bool) (b, mask []byte, ok bool) {
	half := func(c byte) (v, m byte, ok bool) {
		if any && (c == 'x' || c == 'X') {
			return 0, 0, true
		}
		n := strings.IndexByte("0123456789abcdef", c|0x20)
		return byte(n), 15, n >= 0 && (c >= 'A' || c <= '9') && c >= '0'
	}
	for _, w := range words {
		for i := 0; i < len(w); i += 2 {
			v, m, ok := half(w[i])
			if !ok {
				return nil, nil, false
			}
			if i+1 == len(w) {
				b, mask = append(b, v), append(mask, m|0xf0)
				break
			}
			v2, m2, ok := half(w[i+1])
			if !ok {
				return nil, nil, false
			}
			b, mask = append(b, v<<4|v2), append(mask, m<<4|m2)
		}
	}
	return b, mask, true
}

func endURL(r *reader) {
	u := r.url
	r.url = nil
	if u.Path == "" {
		r.err("HTTP/SSL_GET checker url has no path - ignoring")
		return
	}
	if u.RegexMax != 0 && u.RegexMin > u.RegexMax {
		r.log("regex min offset %d > regex_max_offset %d - ignoring", u.RegexMin, u.RegexMax)
		u.RegexMin, u.RegexMax = 0, 0
	}
	r.chk.HTTP.URLs = append(r.chk.HTTP.URLs, *u)
}

func endHTTP(r *reader) {
	if len(r.chk.HTTP.URLs) == 0 {
		r.err("HTTP/SSL_GET checker has no urls specified - ignoring")
		r.chk = nil
		return
	}
	endCheck(r)
}

func endMisc(r *reader) {
	c := &r.chk.Misc.Command
	switch {
	case !c.Set():
		r.err("No script path has been specified for MISC_CHECKER - skipping")
		r.chk = nil
		return
	case r.chk.badUser:
		r.chk = nil
		return
	case !r.chk.user:
		r.owner(c, nil)
	}
	endCheck(r)
}

func endUDP(r *reader) {
	if u := r.chk.UDP; u.MinLen > u.MaxLen {
		r.err("UDP_CHECK min_reply length %d > max_reply_length %d - will always fail", u.MinLen, u.MaxLen)
	}
	endCheck(r)
}

func endFileCheck(r *reader) {
	f := r.chk.File
	if f == nil {
		r.err("FILE_CHECK has no track_file specified - ignoring")
		r.chk = nil
		return
	}
	if r.chk.fileWeight != nil {
		f.Weight, f.Reverse = *r.chk.fileWeight, r.chk.fileReverse
	}
	endCheck(r)
}

func endBFDCheck(r *reader) {
	if r.chk.BFD == "" {
		if !r.chk.told {
			r.err("(%s) No name has been specified for BFD_CHECKER - skipping", r.endpoint(r.rs.Addr))
		}
		r.chk = nil
		return
	}
	endCheck(r)
}
