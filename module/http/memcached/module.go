package memcached

import (
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Module is nginx's ngx_http_memcached_module.
var Module = &httpd.Module{
	Name:    "memcached",
	Doc:     "Answers from memcached servers.",
	NewConf: func() any { return new(conf) },
	Merge:   merge,
}

func init() {
	// Setters refer to the module: filled in here to break that ring.
	Module.Directives = rows()
}

const (
	everywhere = directive.HTTP | directive.Server | directive.Location
	passable   = directive.Location | directive.LocationIf
)

func rows() []directive.Directive {
	return []directive.Directive{
		{Name: "memcached_pass", Syntax: "address", In: passable, Args: directive.Take1, Set: directive.Func(readPass), Doc: "The server that has the answers."},
		{Name: "memcached_bind", Syntax: "address [transparent] | off", In: everywhere, Args: directive.Take12, Set: directive.Parsed(func(c *conf) *directive.Value[*upstreamhttp.Bind] { return &c.bind }, upstreamhttp.ReadBind), Doc: "The local address of connections to the server."},
		{Name: "memcached_socket_keepalive", Syntax: "on | off", In: everywhere, Args: directive.FlagArg, Default: "off", Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.keepalive }), Doc: "SO_KEEPALIVE on connections to the server."},
		{Name: "memcached_buffer_size", Syntax: "size", In: everywhere, Args: directive.Take1, Default: "4k", Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.size }), Doc: "The most that the first line of an answer may take."},
		{Name: "memcached_next_upstream", Syntax: "condition ...", In: everywhere, Args: directive.OneMore, Default: "error timeout", Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Condition] { return &c.next }, nextWords), Doc: "When the next server is tried."},
		{Name: "memcached_next_upstream_tries", Syntax: "number", In: everywhere, Args: directive.Take1, Default: "0", Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.tries }), Doc: "How many servers may be tried."},
		{Name: "memcached_gzip_flag", Syntax: "number", In: everywhere, Args: directive.Take1, Default: "0", Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.gzipFlag }), Doc: "A bit of an item's flags that says that it is compressed."},
		msec("memcached_connect_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.connectTimeout }, "How long it may take to connect."),
		msec("memcached_send_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.sendTimeout }, "How long the server may take nothing."),
		msec("memcached_read_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.readTimeout }, "How long the server may send nothing."),
		msec("memcached_next_upstream_timeout", "0", func(c *conf) *directive.Value[time.Duration] { return &c.nextTimeout }, "How long next servers may be tried."),
	}
}

func msec(name, def string, get func(*conf) *directive.Value[time.Duration], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "time", In: everywhere, Args: directive.Take1, Default: def, Set: directive.Msec(get), Doc: doc}
}
