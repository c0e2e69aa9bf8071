package access

import (
	"net/netip"

	"moongate/core/config/directive"
	"moongate/edge/sys/host"
	"moongate/engine/httpd"
)

// conf is what a level says: its rules, or those of the level above.
type conf struct {
	rules *rules
}

var everything = [...]netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}

// readRule is ngx_http_access_rule.
func readRule(c *directive.Call, cf *conf) error {
	v := verdict(allow)
	if c.Name == "deny" {
		v = deny
	}
	if cf.rules == nil {
		cf.rules = new(rules)
	}
	switch text := c.Args[0]; text {
	case "all":
		for _, p := range everything {
			cf.rules.add(p, v)
		}
		cf.rules.addUnix(v)
	case "unix:":
		cf.rules.addUnix(v)
	default:
		p, masked, ok := host.ParseNetwork(text)
		if !ok {
			return directive.Errorf("invalid parameter \"%s\"", text)
		}
		if masked {
			c.Warn("low address bits of %s are meaningless", text)
		}
		cf.rules.add(p, v)
	}
	return nil
}

// merge is ngx_http_access_merge_loc_conf.
func merge(_ *httpd.Builder, parent, child any) error {
	c := child.(*conf)
	if c.rules == nil && parent != nil {
		c.rules = parent.(*conf).rules
		return nil
	}
	c.rules.build()
	return nil
}
