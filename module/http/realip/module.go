package realip

import (
	"net/netip"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_realip_module.
var Module = &httpd.Module{
	Name:    "realip",
	Doc:     "Takes the client's address from what trusted proxies say.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	from      *trusted
	header    directive.Value[source]
	recursive directive.Value[bool]
}

// source is where the address stands.
type source struct {
	kind kind
	name string
}

type kind uint8

const (
	oneHeader kind = iota
	forwardedFor
	proxyProtocol
)

// trusted are the proxies that are believed.
type trusted struct {
	nets []netip.Prefix
	unix bool
}

func (t *trusted) has(a netip.Addr) bool {
	if !a.IsValid() {
		return t.unix
	}
	a = a.Unmap()
	for _, n := range t.nets {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

func init() {
	// Handlers refer to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	wanted := func(c any) bool { return c.(*conf).from != nil }
	Module.Directives = []directive.Directive{
		{Name: "set_real_ip_from", Syntax: "address | CIDR | unix:", In: levels, Args: directive.Take1,
			Set: directive.Func(readFrom).Inherited(inheritFrom), Doc: "Proxies whose word is trusted."},
		{Name: "real_ip_header", Syntax: "field | X-Real-IP | X-Forwarded-For | proxy_protocol", In: levels, Args: directive.Take1, Default: "X-Real-IP",
			Set: directive.Parsed(func(c *conf) *directive.Value[source] { return &c.header }, parseSource), Doc: "Where the address stands."},
		{Name: "real_ip_recursive", In: levels, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.recursive }), Doc: "Takes the last address that is not a trusted proxy's."},
	}
	Module.Handlers = []httpd.PhaseHandler{
		{Phase: httpd.PostRead, Run: handle, When: wanted},
		{Phase: httpd.PreAccess, Run: handle, When: wanted},
	}
	Module.Variables = []httpd.Variable{
		{Name: "realip_remote_addr", Get: varAddr, Doc: "The client's address before it was replaced."},
		{Name: "realip_remote_port", Get: varPort, Doc: "The client's port before it was replaced."},
	}
}
