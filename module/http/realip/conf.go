package realip

import (
	"net"
	"net/netip"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// readFrom is ngx_http_realip_from.
func readFrom(c *directive.Call, cf *conf) error {
	if cf.from == nil {
		cf.from = new(trusted)
	}
	text := c.Args[0]
	if text == "unix:" {
		cf.from.unix = true
		return nil
	}
	if p, masked, ok := httpd.ParseCIDR(text); ok {
		if masked {
			c.Warn("low address bits of %s are meaningless", text)
		}
		cf.from.nets = append(cf.from.nets, p)
		return nil
	}
	found, err := net.LookupIP(text)
	if err != nil || len(found) == 0 {
		return directive.Errorf("host not found in set_real_ip_from \"%s\"", text)
	}
	for _, ip := range found {
		a, _ := netip.AddrFromSlice(ip)
		a = a.Unmap()
		cf.from.nets = append(cf.from.nets, netip.PrefixFrom(a, a.BitLen()))
	}
	return nil
}

func inheritFrom(p, c *conf) {
	if c.from == nil {
		c.from = p.from
	}
}

// parseSource is ngx_http_realip.
func parseSource(c *directive.Call) (source, error) {
	switch name := c.Args[0]; name {
	case "X-Forwarded-For":
		return source{kind: forwardedFor, name: name}, nil
	case "proxy_protocol":
		return source{kind: proxyProtocol}, nil
	default:
		return source{kind: oneHeader, name: name}, nil
	}
}
