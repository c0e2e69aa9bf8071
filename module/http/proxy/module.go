package proxy

import (
	"time"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Module is nginx's ngx_http_proxy_module.
var Module = &httpd.Module{
	Name:      "proxy",
	Doc:       "Passes requests to other servers.",
	NewMain:   func() any { return new(mainConf) },
	NewConf:   func() any { return new(conf) },
	Variables: variables(),
}

func init() {
	// Setters refer to the module: filled in here to break that ring.
	Module.Directives = rows()
	Module.Merge = merge
	Module.Explain = explain
	Module.Init = prepare
	Module.Start = openCaches
}

const (
	everywhere = directive.HTTP | directive.Server | directive.Location
	passable   = directive.Location | directive.LocationIf | directive.LimitExcept
)

func rows() []directive.Directive {
	all := []directive.Directive{
		{Name: "proxy_pass", Syntax: "URL", In: passable, Args: directive.Take1, Set: directive.Func(readPass), Doc: "The server that requests are passed to."},
		{Name: "proxy_redirect", Syntax: "default | off | redirect replacement", In: everywhere, Args: directive.Take12, Set: directive.Func(readRedirect), Doc: "How Location and Refresh of a response are rewritten."},
		{Name: "proxy_cookie_domain", Syntax: "off | domain replacement", In: everywhere, Args: directive.Take12, Set: directive.Func(readCookieDomain), Doc: "How the domain attribute of cookies is rewritten."},
		{Name: "proxy_cookie_path", Syntax: "off | path replacement", In: everywhere, Args: directive.Take12, Set: directive.Func(readCookiePath), Doc: "How the path attribute of cookies is rewritten."},
		{Name: "proxy_cookie_flags", Syntax: "off | cookie [flag ...]", In: everywhere, Args: directive.Take1234, Set: directive.Func(readCookieFlags), Doc: "Which flags cookies are given."},
		{Name: "proxy_set_header", Syntax: "field value", In: everywhere, Args: directive.Take2, Set: directive.Func(readSetHeader).Inherited(inheritHeaders), Doc: "A header of the request to the server."},
		{Name: "proxy_set_body", Syntax: "value", In: everywhere, Args: directive.Take1, Set: httpd.ValueSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.setBody }), Doc: "The body of the request to the server."},
		{Name: "proxy_method", Syntax: "method", In: everywhere, Args: directive.Take1, Set: httpd.ValueSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.method }), Doc: "The method of the request to the server."},
		{Name: "proxy_bind", Syntax: "address [transparent] | off", In: everywhere, Args: directive.Take12, Set: directive.Parsed(func(c *conf) *directive.Value[*upstreamhttp.Bind] { return &c.bind }, upstreamhttp.ReadBind), Doc: "The local address of connections to the server."},
		{Name: "proxy_store", Syntax: "on | off | string", In: everywhere, Args: directive.Take1, Set: directive.Func(readStore).Inherited(func(p, c *conf) { c.store.InheritFrom(&p.store) }), Doc: "Responses are saved as files."},
		{Name: "proxy_store_access", Syntax: "users:permissions ...", In: everywhere, Args: directive.Take123, Default: "user:rw", Set: directive.Parsed(func(c *conf) *directive.Value[int] { return &c.storeAccess }, readAccess), Doc: "Permissions of those files."},
		{Name: "proxy_limit_rate", Syntax: "rate", In: everywhere, Args: directive.Take1, Set: httpd.SizeSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.limitRate }), Doc: "Bytes a second that are read of one response."},
		{Name: "proxy_buffers", Syntax: "number size", In: everywhere, Args: directive.Take2, Default: "8 4k", Set: directive.Bufs(func(c *conf) *directive.Value[directive.Buffers] { return &c.buffers }), Doc: "How much of a response is kept in memory."},
		{Name: "proxy_temp_path", Syntax: "path [level1 [level2 [level3]]]", In: everywhere, Args: directive.Take1234, Default: "proxy_temp", Set: httpd.TempPathSetter(func(c *conf) *directive.Value[httpd.TempPath] { return &c.tempPath }), Doc: "Where responses are kept that outgrow memory."},
		{Name: "proxy_next_upstream", Syntax: "condition ...", In: everywhere, Args: directive.OneMore, Default: "error timeout", Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Condition] { return &c.next }, upstreamhttp.NextWords), Doc: "When the next server is tried."},
		{Name: "proxy_ignore_headers", Syntax: "field ...", In: everywhere, Args: directive.OneMore, Set: directive.Bits(func(c *conf) *directive.Value[upstreamhttp.Ignored] { return &c.ignore }, upstreamhttp.IgnoreWords), Doc: "Headers of a response that have no effect here."},
		{Name: "proxy_pass_header", Syntax: "field", In: everywhere, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.passHeaders }), Doc: "A header that is passed to clients although it usually is not."},
		{Name: "proxy_hide_header", Syntax: "field", In: everywhere, Args: directive.Take1, Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.hideHeaders }), Doc: "A header that is not passed to clients."},
		{Name: "proxy_http_version", Syntax: "1.0 | 1.1", In: everywhere, Args: directive.Take1, Default: "1.1", Set: directive.Enum(func(c *conf) *directive.Value[int] { return &c.version }, map[string]int{"1.0": 10, "1.1": 11, "2": 20}).Then(knownVersion), Doc: "The version of HTTP that is spoken."},
		flag("proxy_buffering", "on", func(c *conf) *directive.Value[bool] { return &c.buffering }, "Responses are read as fast as the server sends them."),
		flag("proxy_request_buffering", "on", func(c *conf) *directive.Value[bool] { return &c.requestBuffering }, "Bodies are read in full before the server is asked."),
		flag("proxy_ignore_client_abort", "off", func(c *conf) *directive.Value[bool] { return &c.ignoreAbort }, "A client that goes away does not end the request."),
		flag("proxy_socket_keepalive", "off", func(c *conf) *directive.Value[bool] { return &c.socketKeepalive }, "SO_KEEPALIVE on connections to the server."),
		flag("proxy_intercept_errors", "off", func(c *conf) *directive.Value[bool] { return &c.intercept }, "error_page applies to the server's answers."),
		flag("proxy_pass_request_headers", "on", func(c *conf) *directive.Value[bool] { return &c.requestHeaders }, "The client's headers are passed on."),
		flag("proxy_pass_request_body", "on", func(c *conf) *directive.Value[bool] { return &c.requestBody }, "The client's body is passed on."),
		flag("proxy_pass_trailers", "off", func(c *conf) *directive.Value[bool] { return &c.trailers }, "Trailers of a response are passed on."),
		flag("proxy_force_ranges", "off", func(c *conf) *directive.Value[bool] { return &c.forceRanges }, "Ranges are served whatever the server says."),
		size("proxy_buffer_size", "4k", func(c *conf) *directive.Value[int64] { return &c.bufferSize }, "The most that the header of a response may take."),
		idle("buffers are pooled", size("proxy_busy_buffers_size", "", func(c *conf) *directive.Value[int64] { return &c.busySize }, "Checked for nginx's sake.")),
		size("proxy_max_temp_file_size", "", func(c *conf) *directive.Value[int64] { return &c.maxTemp }, "The largest temporary file of a response; 0 for none."),
		idle("a buffer is written at once", size("proxy_temp_file_write_size", "", func(c *conf) *directive.Value[int64] { return &c.tempWrite }, "Checked for nginx's sake.")),
		size("proxy_socket_rcvbuf", "0", func(c *conf) *directive.Value[int64] { return &c.rcvbuf }, "SO_RCVBUF of connections to the server."),
		size("proxy_socket_sndbuf", "0", func(c *conf) *directive.Value[int64] { return &c.sndbuf }, "SO_SNDBUF of connections to the server."),
		{Name: "proxy_send_lowat", Syntax: "size", In: everywhere, Args: directive.Take1, Default: "0",
			Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.sendLowat }).Then(func(c *directive.Call, _ *conf) error {
				c.Warn("\"proxy_send_lowat\" is not supported, ignored")
				return nil
			}), Doc: "Does nothing on Linux."},
		msec("proxy_connect_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.connectTimeout }, "How long it may take to connect."),
		msec("proxy_send_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.sendTimeout }, "How long the server may take nothing."),
		msec("proxy_read_timeout", "60s", func(c *conf) *directive.Value[time.Duration] { return &c.readTimeout }, "How long the server may send nothing."),
		msec("proxy_next_upstream_timeout", "0", func(c *conf) *directive.Value[time.Duration] { return &c.nextTimeout }, "How long next servers may be tried."),
		num("proxy_next_upstream_tries", "0", func(c *conf) *directive.Value[int] { return &c.nextTries }, "How many servers may be tried."),
		num("proxy_headers_hash_max_size", "512", func(c *conf) *directive.Value[int] { return &c.hash[0] }, "Has no effect: there is no such table."),
		num("proxy_headers_hash_bucket_size", "64", func(c *conf) *directive.Value[int] { return &c.hash[1] }, "Has no effect: there is no such table."),
	}
	return append(append(all, cacheRows()...), upstreamhttp.TLSRows("proxy", func(c *conf) *upstreamhttp.TLSConf { return &c.tls })...)
}

func flag(name, def string, get func(*conf) *directive.Value[bool], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "on | off", In: everywhere, Args: directive.FlagArg, Default: def, Set: directive.Flag(get), Doc: doc}
}

func size(name, def string, get func(*conf) *directive.Value[int64], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "size", In: everywhere, Args: directive.Take1, Default: def, Set: directive.Size(get), Doc: doc}
}

// idle marks a row whose setting is checked and steers nothing.
func idle(why string, d directive.Directive) directive.Directive {
	d.Idle = why
	return d
}

func msec(name, def string, get func(*conf) *directive.Value[time.Duration], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "time", In: everywhere, Args: directive.Take1, Default: def, Set: directive.Msec(get), Doc: doc}
}

func num(name, def string, get func(*conf) *directive.Value[int], doc string) directive.Directive {
	return directive.Directive{Name: name, Syntax: "number", In: everywhere, Args: directive.Take1, Default: def, Set: directive.Int(get), Doc: doc}
}

// knownVersion refuses by name the version that nginx speaks to servers and we do not.
func knownVersion(_ *directive.Call, cf *conf) error {
	if cf.version.V == 20 {
		return directive.Errorf("the version \"2\" of \"proxy_http_version\" is not implemented yet")
	}
	return nil
}
