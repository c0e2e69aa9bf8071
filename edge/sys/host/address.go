package host

import (
	"net/netip"
	"strconv"
	"strings"
)

// Parse reads an address of either family without brackets (ngx_parse_addr).
func Parse(text string) (netip.Addr, bool) {
	if a, ok := ParseIPv4(text); ok {
		return a, true
	}
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Is6() && a.Zone() == ""
}

// ParsePort reads an address, [IPv6] also in brackets, or one with a port; the
// port is 0 where none is written (ngx_parse_addr_port).
func ParsePort(text string) (netip.AddrPort, bool) {
	if a, ok := Parse(text); ok {
		return netip.AddrPortFrom(a, 0), true
	}
	name, port, found := strings.Cut(text, ":")
	if inside, ok := strings.CutPrefix(text, "["); ok {
		if name, port, found = strings.Cut(inside, "]"); found && port == "" {
			a, ok := Parse(name)
			return netip.AddrPortFrom(a, 0), ok
		}
		port, found = strings.CutPrefix(port, ":")
	}
	a, ok := Parse(name)
	n, good := decimal(port, 65535)
	return netip.AddrPortFrom(a, uint16(n)), found && ok && good && n > 0
}

// ParseNetwork reads an address or a network (ngx_ptocidr). masked tells that
// bits were set which the mask makes meaningless; the prefix comes without them.
// ::ffff:0:0/96 stays what it is: clients are compared unmapped.
func ParseNetwork(text string) (p netip.Prefix, masked, ok bool) {
	name, mask, network := strings.Cut(text, "/")
	a, ok := Parse(name)
	if !ok {
		return netip.Prefix{}, false, false
	}
	bits := a.BitLen()
	if network {
		if bits, ok = decimal(mask, bits); !ok {
			return netip.Prefix{}, false, false
		}
	}
	p = netip.PrefixFrom(a, bits)
	return p.Masked(), p != p.Masked(), true
}

// decimal is ngx_atoi: digits and nothing else.
func decimal(s string, most int) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 32)
	return int(n), err == nil && n <= uint64(most)
}
