package upstream

import (
	"moongate/core/config/directive"
)

// readKeepalive is ngx_http_upstream_keepalive.
func readKeepalive(c *directive.Call, cf *conf) error {
	g := cf.now
	if g.Keep.Max >= 0 {
		return directive.Duplicate
	}
	n, ok := directive.ParseInt(c.Args[0])
	if !ok {
		return directive.Errorf("invalid value \"%s\" in \"keepalive\" directive", c.Args[0])
	}
	g.Keep.Max = n
	if len(c.Args) == 2 {
		if c.Args[1] != "local" {
			return directive.Errorf("invalid parameter \"%s\"", c.Args[1])
		}
		g.Keep.Local = true
	}
	return nil
}

// once refuses a second directive of the three below in one group.
func (g *group) once(which int) error {
	if g.keptFor[which] {
		return directive.Duplicate
	}
	g.keptFor[which] = true
	return nil
}

func readKeepaliveRequests(c *directive.Call, cf *conf) error {
	if err := cf.now.once(0); err != nil {
		return err
	}
	n, ok := directive.ParseInt(c.Args[0])
	if !ok {
		return directive.Reason("invalid number")
	}
	cf.now.Keep.Requests = n
	return nil
}

func readKeepaliveTime(c *directive.Call, cf *conf) error {
	if err := cf.now.once(1); err != nil {
		return err
	}
	d, ok := directive.ParseMsec(c.Args[0])
	if !ok {
		return directive.Reason("invalid value")
	}
	cf.now.Keep.Time = d
	return nil
}

func readKeepaliveTimeout(c *directive.Call, cf *conf) error {
	if err := cf.now.once(2); err != nil {
		return err
	}
	d, ok := directive.ParseMsec(c.Args[0])
	if !ok {
		return directive.Reason("invalid value")
	}
	cf.now.Keep.Timeout = d
	return nil
}
