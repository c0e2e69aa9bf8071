package upstream

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Module is nginx's ngx_http_upstream_module with its balancing, keepalive and zone
// modules.
var Module = &httpd.Module{
	Name:      "upstream",
	Doc:       "Groups of servers that requests are passed to.",
	NewMain:   func() any { return new(conf) },
	NewConf:   func() any { return new(idle) },
	Variables: upstreamhttp.Variables(),
}

func init() {
	// Setters refer to the module: filled in here to break that ring.
	Module.Directives = append(rows(), tempPathRows()...)
	Module.Merge = mergeTempPaths
	Module.Init = prepare
	Module.Start = start
	Module.Stop = stop
}

func rows() []directive.Directive {
	in := directive.Upstream
	return []directive.Directive{
		{Name: "upstream", Syntax: "name {}", In: directive.HTTP, Args: directive.Take1, Body: directive.Block, Set: directive.Func(readUpstream), Doc: "A group of servers."},
		{Name: "server", Syntax: "address [parameters]", In: in, Args: directive.OneMore, Set: directive.Func(readServer), Doc: "A server of the group."},
		{Name: "zone", Syntax: "name [size]", In: in, Args: directive.Take12, Set: directive.Func(readZone), Doc: "Shared memory in which all workers keep the group's state."},
		{Name: "resolver", Syntax: "address ... [parameters]", In: in, Args: directive.OneMore, Set: directive.Func(readResolver), Doc: "Name servers for servers with resolve."},
		{Name: "resolver_timeout", Syntax: "time", In: in, Args: directive.Take1, Set: directive.Func(readResolverTimeout), Doc: "How long a name may take to resolve."},
		{Name: "keepalive", Syntax: "connections [local]", In: in, Args: directive.Take12, Set: directive.Func(readKeepalive), Doc: "How many idle connections each worker keeps."},
		{Name: "keepalive_requests", Syntax: "number", In: in, Args: directive.Take1, Set: directive.Func(readKeepaliveRequests), Doc: "How many requests a connection serves."},
		{Name: "keepalive_time", Syntax: "time", In: in, Args: directive.Take1, Set: directive.Func(readKeepaliveTime), Doc: "How long a connection serves."},
		{Name: "keepalive_timeout", Syntax: "timeout", In: in, Args: directive.Take1, Set: directive.Func(readKeepaliveTimeout), Doc: "How long a connection may idle."},
		{Name: "ip_hash", In: in, Args: directive.NoArgs, Set: directive.Func(readIPHash), Doc: "Clients of one network go to one server."},
		{Name: "least_conn", In: in, Args: directive.NoArgs, Set: directive.Func(readLeastConn), Doc: "The server with the fewest connections is next."},
		{Name: "least_time", Syntax: "header | last_byte [inflight]", In: in, Args: directive.Take12, Set: directive.Func(readLeastTime), Doc: "The server that will probably be done first is next."},
		{Name: "sticky", Syntax: "cookie name [parameters] | route $variable ... | learn parameters", In: in, Args: directive.TwoMore, Set: directive.Func(readSticky), Doc: "A client comes back to the server that it was with."},
		{Name: "hash", Syntax: "key [consistent]", In: in, Args: directive.Take12, Set: directive.Func(readHash), Doc: "Requests with one key go to one server."},
		{Name: "random", Syntax: "[two [method]]", In: in, Args: directive.NoArgs | directive.Take12, Set: directive.Func(readRandom), Doc: "A server is drawn by lot."},
	}
}
