package config

import (
	"math"
	"net/netip"
)

// checkDraft is a checker while it is read.
type checkDraft struct {
	*Checker
	shared   shared
	bind     netip.Addr
	bindPort uint16
	connect  netip.Addr
	port     uint16
	host     *SMTPHost
	user     bool // somebody runs it who was named
	badUser  bool // and does not exist
	nameSet  bool
	told     bool // what is wrong with its name

	fileWeight  *int
	fileReverse bool
}

func beginCheck(r *reader, w []string) bool {
	c := &Checker{Kind: w[0], Pos: r.pos}
	r.chk = &checkDraft{Checker: c, connect: r.rs.Addr.Addr(), port: r.rs.Addr.Port()}
	switch w[0] {
	case "HTTP_GET", "SSL_GET":
		c.HTTP = &HTTPCheck{TLS: w[0] == "SSL_GET", Protocol: "1.0"}
	case "MISC_CHECK":
		c.Misc = &MiscCheck{}
	case "DNS_CHECK":
		c.DNS = &DNSCheck{Type: "SOA", Name: "."}
	case "UDP_CHECK":
		c.UDP = &UDPCheck{MaxLen: 255}
	case "SMTP_CHECK":
		c.Helo = "smtpchecker.keepalived.org"
	}
	return false
}

// endCheck keeps a checker. What it takes from its servers is filled in at the end.
func endCheck(r *reader) {
	c := r.chk
	if c.connect.IsLinkLocalUnicast() && c.connect.Is6() && c.BindIf == "" && c.Misc == nil && c.File == nil && c.BFD == "" {
		r.err("Checker link local address %s requires a bind_if", c.connect)
	}
	c.Connect = netip.AddrPortFrom(c.connect, c.port)
	if c.bind.IsValid() || c.bindPort != 0 {
		c.Bind = netip.AddrPortFrom(c.bind, c.bindPort)
	}
	r.rs.checks = append(r.rs.checks, c)
	r.chk = nil
}

var checkRows = []keyword{
	{name: "connect_ip", in: inConnects | inSMTPHost, need: 1, args: "IP", def: "the real server's", set: do(func(r *reader, w []string) {
		a, ok := addr(w[1])
		switch {
		case !ok:
			r.err("Invalid connect_ip address %s - ignoring", w[1])
		case r.chk.host != nil:
			r.chk.host.Connect = netip.AddrPortFrom(a, r.chk.host.Connect.Port())
		case r.chk.bind.IsValid() && r.chk.bind.Is4() != a.Is4():
			r.err("connect_ip address %s does not match address family of bindto - skipping", w[1])
		default:
			r.chk.connect = a
		}
	}), doc: "Where to connect."},
	{name: "connect_port", in: inConnects | inSMTPHost, need: 1, args: "1..65535", def: "the real server's", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, 65535, soft)
		switch {
		case !ok:
			r.err("Invalid checker connect_port '%s'", w[1])
		case r.chk.host != nil:
			r.chk.host.Connect = netip.AddrPortFrom(r.chk.host.Connect.Addr(), uint16(n))
		default:
			r.chk.port = uint16(n)
		}
	}), doc: "Where to connect."},
	{name: "bindto", in: inConnects | inSMTPHost, need: 1, args: "IP", set: do(func(r *reader, w []string) {
		a, ok := addr(w[1])
		to := r.chk.connect
		if r.chk.host != nil {
			to = r.chk.host.Connect.Addr()
		}
		switch {
		case !ok:
			r.err("Invalid bindto address %s - ignoring", w[1])
		case to.IsValid() && to.Is4() != a.Is4():
			r.err("bindto address %s does not match address family of connect_ip - skipping", w[1])
		case r.chk.host != nil:
			r.chk.host.Bind = netip.AddrPortFrom(a, r.chk.host.Bind.Port())
		default:
			r.chk.bind = a
		}
	}), doc: "Where from."},
	{name: "bind_port", in: inConnects | inSMTPHost, need: 1, args: "1..65535", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 1, 65535, soft)
		switch {
		case !ok:
			r.err("Invalid checker bind_port '%s'", w[1])
		case r.chk.host != nil:
			r.chk.host.Bind = netip.AddrPortFrom(r.chk.host.Bind.Addr(), uint16(n))
		default:
			r.chk.bindPort = uint16(n)
		}
	}), doc: "Where from."},
	{name: "bind_if", in: inConnects | inSMTPHost, need: 1, args: "IF", set: do(func(r *reader, w []string) {
		switch {
		case len(w[1]) > maxIfName:
			r.err("Interface name %s is too long - ignoring", w[1])
		case r.chk.host != nil:
			r.chk.host.BindIf = w[1]
		default:
			r.chk.BindIf = w[1]
		}
	}), doc: "The interface; a link-local address needs one."},
	{name: "fwmark", in: inConnects | inSMTPHost, need: 1, args: "N", set: do(func(r *reader, w []string) {
		n, ok := r.uint(w[1], 0, math.MaxUint32, soft)
		switch {
		case !ok:
			r.err("Invalid fwmark connection value '%s'", w[1])
		case r.chk.host != nil:
			r.chk.host.FwMark = n
		default:
			r.chk.FwMark = n
		}
	}), doc: "The mark of the checker's packets."},
}
