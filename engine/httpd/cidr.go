package httpd

import (
	"net/netip"
	"strconv"
	"strings"
)

// ParseCIDR reads an address or a network as ngx_ptocidr does. masked tells that
// bits were set which the mask makes meaningless; the prefix comes without them.
// ::ffff:0:0/96 stays what it is: clients are compared unmapped.
func ParseCIDR(text string) (p netip.Prefix, masked, ok bool) {
	addr, bits, network := strings.Cut(text, "/")
	a, err := netip.ParseAddr(addr)
	if err != nil || a.Zone() != "" {
		return netip.Prefix{}, false, false
	}
	if !network {
		return netip.PrefixFrom(a, a.BitLen()), false, true
	}
	n, err := strconv.Atoi(bits)
	if err != nil || n < 0 || n > a.BitLen() || bits[0] == '+' || bits[0] == '-' {
		return netip.Prefix{}, false, false
	}
	p = netip.PrefixFrom(a, n)
	return p.Masked(), p != p.Masked(), true
}

// SatisfyAll tells whether all access modules must allow a request.
func (c *CoreConf) SatisfyAll() bool { return c.Satisfy.V == satisfyAll }
