package gateway

import (
	"slices"

	"moongate/edge/sys/socket"
	"moongate/engine/httpd"
	"moongate/gateway/admin"
)

// listens are the addresses of servers with gateway_pass, as ingress controllers read them
// from GET /.
func (cf *mainConf) listens() (list []admin.Listen) {
	cf.builder.Listens(func(a socket.Addr, o httpd.ListenOptions, servers []*httpd.Server) {
		if slices.ContainsFunc(servers, func(s *httpd.Server) bool { return cf.passing[s] }) {
			list = appendListen(list, a, o)
		}
	})
	return list
}

// appendListen leaves out unix sockets: Kong's form has an address and a port.
func appendListen(list []admin.Listen, a socket.Addr, o httpd.ListenOptions) []admin.Listen {
	if a.IsUnix() {
		return list
	}
	l := admin.Listen{Listener: a.String(), IP: a.AddrPort().Addr().String(), Port: int(a.AddrPort().Port()), SSL: o.SSL, HTTP2: o.HTTP2}
	if o.SSL {
		l.Listener += " ssl"
	}
	if o.HTTP2 {
		l.Listener += " http2"
	}
	return append(list, l)
}

// adminListens are those of the Admin API.
func (cf *mainConf) adminListens() []admin.Listen {
	if cf.noAdmin {
		return nil
	}
	return appendListen(nil, cf.admin, httpd.ListenOptions{})
}
