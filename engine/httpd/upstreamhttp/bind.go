package upstreamhttp

import (
	"net/netip"

	"moongate/core/config/directive"
	"moongate/edge/sys/host"
	"moongate/engine/httpd"
)

// Bind is proxy_bind.
type Bind struct {
	Addr        netip.AddrPort
	Value       *httpd.Value // with variables
	Transparent bool
}

// ReadBind reads the arguments of proxy_bind and its like
// (ngx_http_upstream_bind_set_slot).
func ReadBind(c *directive.Call) (*Bind, error) {
	if len(c.Args) == 1 && c.Args[0] == "off" {
		return nil, nil
	}
	bind := new(Bind)
	v, err := httpd.CompileArg(c, c.Args[0])
	if err != nil {
		return nil, err
	}
	if v.Literal() {
		var ok bool
		if bind.Addr, ok = host.ParsePort(c.Args[0]); !ok {
			return nil, directive.Errorf("invalid address \"%s\"", c.Args[0])
		}
	} else {
		bind.Value = v
	}
	if len(c.Args) == 2 {
		if c.Args[1] != "transparent" {
			return nil, directive.Errorf("invalid parameter \"%s\"", c.Args[1])
		}
		bind.Transparent = true
	}
	return bind, nil
}
