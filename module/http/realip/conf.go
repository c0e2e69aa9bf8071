package realip

import (
	"net/netip"

	"moongate/core/config/directive"
	"moongate/edge/sys/host"
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
	if p, masked, ok := host.ParseNetwork(text); ok {
		if masked {
			c.Warn("low address bits of %s are meaningless", text)
		}
		cf.from.nets = append(cf.from.nets, p)
		return nil
	}
	found, err := host.Lookup(text)
	if err != nil {
		return directive.Errorf("host not found in set_real_ip_from \"%s\"", text)
	}
	for _, a := range found {
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
