package grpc

import (
	"maps"
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Module is nginx's ngx_http_grpc_module.
var Module = &httpd.Module{
	Name:    "grpc",
	Doc:     "Passes requests to servers of gRPC.",
	NewConf: func() any { return new(conf) },
}

func init() {
	// Setters refer to the module: filled in here to break that ring.
	Module.Directives = rows()
	Module.Merge = merge
	Module.Init = prepare
}

const (
	everywhere = directive.HTTP | directive.Server | directive.Location
	passable   = directive.Location | directive.LocationIf
)

func rows() []directive.Directive {
	return append([]directive.Directive{
		{Name: "grpc_pass", Syntax: "address", In: passable, Args: directive.Take1, Set: directive.Func(readPass), Doc: "The server that requests are passed to, by HTTP/2: [grpc://|grpcs://]host:port."},
		{Name: "grpc_set_header", Syntax: "field value", In: everywhere, Args: directive.Take2, Set: directive.Func(readSetHeader).Inherited(inheritHeaders), Doc: "A header of the request to the server."},
		{Name: "grpc_bind", Syntax: "address [transparent] | off", In: everywhere, Args: directive.Take12, Set: directive.Parsed(func(c *conf) *directive.Value[*upstreamhttp.Bind] { return &c.bind }, upstreamhttp.ReadBind), Doc: "The local address of connections to the server."},
		{Name: "grpc_next_upstream", Syntax: "condition ...", In: everywhere, Args: directive.OneMore, Default: "error timeout", Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Condition] { return &c.next }, nextWords()), Doc: "When the next server is tried."},
		{Name: "grpc_ignore_headers", Syntax: "field ...", In: everywhere, Args: directive.OneMore, Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Ignored] { return &c.ignore }, upstreamhttp.IgnoreWords), Doc: "Headers of a response that have no effect here."},
		{Name: "grpc_pass_header", Syntax: "field", In: everywhere, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.passHeaders }), Doc: "A header that is passed to clients although it usually is not."},
		{Name: "grpc_hide_header", Syntax: "field", In: everywhere, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.hideHeaders }), Doc: "A header that is not passed to clients."},
		{Name: "grpc_buffer_size", Syntax: "size", In: everywhere, Args: directive.Take1, Default: "4k", Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.bufferSize }), Doc: "How much of a response is read at once."},
		flag("grpc_socket_keepalive", "off", func(c *conf) *directive.Value[bool] { return &c.socketKeepalive }, "SO_KEEPALIVE on connections to the server."),
		flag("grpc_intercept_errors", "off", func(c *conf) *directive.Value[bool] { return &c.intercept }, "error_page applies to the server's answers."),
		msec("grpc_connect_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.connectTimeout }, "How long it may take to connect."),
		msec("grpc_send_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.sendTimeout }, "How long the server may take nothing."),
		msec("grpc_read_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.readTimeout }, "How long the server may send nothing."),
		msec("grpc_next_upstream_timeout", "0", func(c *conf) *directive.Value[time.Duration] { return &c.nextTimeout }, "How long next servers may be tried."),
		num("grpc_next_upstream_tries", "0", func(c *conf) *directive.Value[int] { return &c.nextTries }, "How many servers may be tried."),
	}, upstreamhttp.TLSRows("grpc", func(c *conf) *upstreamhttp.TLSConf { return &c.tls })...)
}

// nextWords are those of proxy_next_upstream, but for the one about a cache.
func nextWords() map[string]upstreamhttp.Condition {
	words := maps.Clone(upstreamhttp.NextWords)
	delete(words, "updating")
	return words
}

func flag(name, def string, get func(*conf) *directive.Value[bool], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "on | off", In: everywhere, Args: directive.FlagArg, Default: def, Set: directive.Flag(get), Doc: doc}
}

func msec(name, def string, get func(*conf) *directive.Value[time.Duration], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "time", In: everywhere, Args: directive.Take1, Default: def, Set: directive.Msec(get), Doc: doc}
}

func num(name, def string, get func(*conf) *directive.Value[int], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "number", In: everywhere, Args: directive.Take1, Default: def, Set: directive.Int(get), Doc: doc}
}
