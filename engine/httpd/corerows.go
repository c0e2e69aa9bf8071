package httpd

import (
	"moongate/core/config/directive"
)

// coreModule is what nginx calls ngx_http_core_module.
var coreModule = &Module{
	Name:    "core",
	Doc:     "Servers, locations, connections, bodies: what every configuration stands on.",
	NewMain: func() any { return new(coreMain) },
	NewConf: func() any { return new(CoreConf) },
}

func init() {
	// The rows refer to functions that refer to the module: filled in here to
	// break that ring.
	coreModule.Directives = append(append(append(blockRows(), serverRows()...), locationRows()...), gzipRows()...)
	coreModule.Variables = coreVariables()
	coreModule.Merge = mergeCore
}

const (
	inHTTP   = directive.HTTP
	inServer = directive.HTTP | directive.Server
	inAll    = directive.HTTP | directive.Server | directive.Location
	inAllIf  = inAll | directive.LocationIf
)

type (
	row = directive.Directive
	cc  = CoreConf
)

// idle marks a row whose setting steers nothing.
func idle(why string, r row) row {
	r.Idle = why
	return r
}

func blockRows() []row {
	return []row{
		{Name: "server", In: inHTTP, Args: directive.NoArgs, Body: directive.Block, Set: directive.Func(readServer), Doc: "A virtual server."},
		{Name: "location", Syntax: "[ = | ~ | ~* | ^~ ] uri", In: directive.Server | directive.Location, Args: directive.Take12, Body: directive.Block, Set: directive.Func(readLocation), Doc: "Settings for a part of the URIs."},
		{Name: "limit_except", Syntax: "method ...", In: directive.Location, Args: directive.OneMore, Body: directive.Block, Set: directive.Func(readLimitExcept), Doc: "Settings for all methods but these."},
		{Name: "listen", Syntax: "address[:port] [options]", In: directive.Server, Args: directive.OneMore, Set: directive.Func(readListen), Doc: "An address the server is reached at."},
		{Name: "server_name", Syntax: "name ...", In: directive.Server, Args: directive.OneMore, Set: directive.Func(readServerName), Doc: "Names the server answers to."},
		{Name: "types", In: inAll, Args: directive.NoArgs, Body: directive.Pairs, Set: directive.Func(readTypes).Inherited(func(p, c *cc) { c.Types.InheritFrom(&p.Types) }), Doc: "Maps file name extensions to MIME types."},
		{Name: "root", Syntax: "path", In: inAllIf, Args: directive.Take1, Set: directive.Func(readRoot).Inherited(func(p, c *cc) { inheritRoot(p, c) }), Doc: "The folder that URIs are looked up in."},
		{Name: "alias", Syntax: "path", In: directive.Location, Args: directive.Take1, Set: directive.Func(readRoot), Doc: "What replaces the location's name in the file's path."},
		{Name: "error_page", Syntax: "code ... [=[response]] uri", In: inAllIf, Args: directive.TwoMore, Set: directive.Func(readErrorPage), Doc: "What is shown for these statuses."},
		{Name: "error_log", Syntax: "file [level]", In: inAll, Args: directive.OneMore, Set: directive.Func(readErrorLog), Doc: "Where errors are logged."},
		{Name: "internal", In: directive.Location, Args: directive.NoArgs, Set: directive.Func(func(_ *directive.Call, c *cc) error { c.Internal.V, c.Internal.Written = true, true; return nil }), Doc: "The location serves internal requests alone."},
		{Name: "resolver", Syntax: "address ... [valid=time] [ipv4=on|off] [ipv6=on|off]", In: inAll, Args: directive.OneMore, Set: directive.Func(readResolver).Inherited(func(p, c *cc) { c.Resolver.InheritFrom(&p.Resolver) }), Doc: "The name servers for names known only at run time."},
	}
}

func serverRows() []row {
	return []row{
		{Name: "variables_hash_max_size", In: inHTTP, Args: directive.Take1, Default: "1024", Set: directive.Int(func(c *coreMain) *directive.Value[int] { return &c.VarHash[0] }), Doc: "Accepted for nginx's sake; tables grow by themselves."},
		{Name: "variables_hash_bucket_size", In: inHTTP, Args: directive.Take1, Default: "64", Set: directive.Int(func(c *coreMain) *directive.Value[int] { return &c.VarHash[1] }), Doc: "Accepted for nginx's sake."},
		{Name: "server_names_hash_max_size", In: inHTTP, Args: directive.Take1, Default: "512", Set: directive.Int(func(c *coreMain) *directive.Value[int] { return &c.NameHash[0] }), Doc: "Accepted for nginx's sake."},
		{Name: "server_names_hash_bucket_size", In: inHTTP, Args: directive.Take1, Default: "64", Set: directive.Int(func(c *coreMain) *directive.Value[int] { return &c.NameHash[1] }), Doc: "Accepted for nginx's sake."},
		{Name: "connection_pool_size", In: inServer, Args: directive.Take1, Default: "512", Set: directive.Size(func(c *cc) *directive.Value[int64] { return &c.PoolSize }).Then(func(_ *directive.Call, c *cc) error { return checkPoolSize(c.PoolSize.V) }), Doc: "Accepted for nginx's sake."},
		{Name: "request_pool_size", In: inServer, Args: directive.Take1, Default: "4k", Set: directive.Size(func(c *cc) *directive.Value[int64] { return &c.RequestPoolSize }).Then(func(_ *directive.Call, c *cc) error { return checkPoolSize(c.RequestPoolSize.V) }), Doc: "Accepted for nginx's sake."},
		msec("client_header_timeout", "60s", inServer, func(c *cc) *durValue { return &c.HeaderTimeout }, "How long a client may take to send a header."),
		size("client_header_buffer_size", "1k", inServer, func(c *cc) *sizeValue { return &c.HeaderBufferSize }, "The first buffer of a header."),
		{Name: "large_client_header_buffers", Syntax: "number size", In: inServer, Args: directive.Take2, Default: "4 8k", Set: directive.Bufs(func(c *cc) *directive.Value[directive.Buffers] { return &c.LargeHeaderBuffers }), Doc: "Buffers for long lines in a header; none may be longer than one of them."},
		num("max_headers", "1000", inServer, func(c *cc) *intValue { return &c.MaxHeaders }, "How many header lines a request may have."),
		flag("ignore_invalid_headers", "on", inServer, func(c *cc) *flagValue { return &c.IgnoreInvalidHeaders }, "Header lines with odd names are dropped."),
		flag("merge_slashes", "on", inServer, func(c *cc) *flagValue { return &c.MergeSlashes }, "Several slashes in a path count as one."),
		flag("underscores_in_headers", "off", inServer, func(c *cc) *flagValue { return &c.UnderscoresInHeaders }, "Header names may have underscores."),
		flag("allow_connect", "off", inServer, func(c *cc) *flagValue { return &c.AllowConnect }, "The CONNECT method is allowed."),
		flag("http2", "off", inServer, func(c *cc) *flagValue { return &c.HTTP2 }, "HTTP/2 by ALPN and by prior knowledge."),
	}
}

func locationRows() []row {
	return []row{
		str("default_type", "text/plain", inAll, func(c *cc) *strValue { return &c.DefaultType }, "The MIME type of what has no other."),
		{Name: "client_max_body_size", Syntax: "size", In: inAll, Args: directive.Take1, Default: "1m", Set: directive.Off(func(c *cc) *sizeValue { return &c.ClientMaxBodySize }), Doc: "Longer bodies are answered with 413; 0 allows all."},
		size("client_body_buffer_size", "16k", inAll, func(c *cc) *sizeValue { return &c.BodyBufferSize }, "Bodies up to this size stay in memory."),
		msec("client_body_timeout", "60s", inAll, func(c *cc) *durValue { return &c.BodyTimeout }, "How long a client may pause while it sends a body."),
		{Name: "client_body_temp_path", Syntax: "path [level1 [level2 [level3]]]", In: inAll, Args: directive.Take1234, Default: "client_body_temp", Set: TempPathSetter(func(c *cc) *directive.Value[TempPath] { return &c.BodyTempPath }), Doc: "Where large bodies are kept meanwhile."},
		enum("client_body_in_file_only", "off", inAll, func(c *cc) *intValue { return &c.BodyInFileOnly }, map[string]int{"off": 0, "on": 1, "clean": 2}, "Every body is put into a file."),
		flag("client_body_in_single_buffer", "off", inAll, func(c *cc) *flagValue { return &c.BodyInSingleBuffer }, "A body is kept in one piece of memory."),
		flag("sendfile", "off", inAllIf, func(c *cc) *flagValue { return &c.Sendfile }, "Files go to the socket inside the kernel."),
		size("sendfile_max_chunk", "2m", inAll, func(c *cc) *sizeValue { return &c.SendfileMaxChunk }, "The most that one sendfile call sends, before other connections have their turn."),
		size("subrequest_output_buffer_size", "4k", inAll, func(c *cc) *sizeValue { return &c.SubrequestBuffer }, "The buffer of a subrequest's answer kept in memory."),
		flag("tcp_nopush", "off", inAll, func(c *cc) *flagValue { return &c.TCPNoPush }, "Header and beginning of a file leave in full packets."),
		flag("tcp_nodelay", "on", inAll, func(c *cc) *flagValue { return &c.TCPNoDelay }, "Small packets are not delayed on kept connections."),
		msec("send_timeout", "60s", inAll, func(c *cc) *durValue { return &c.SendTimeout }, "How long a client may take nothing."),
		{Name: "send_lowat", Syntax: "size", In: inAll, Args: directive.Take1, Default: "0", Set: directive.Size(func(c *cc) *sizeValue { return &c.SendLowat }).Then(func(c *directive.Call, _ *cc) error {
			c.Warn("\"send_lowat\" is not supported, ignored")
			return nil
		}), Doc: "Does nothing on Linux."},
		{Name: "output_buffers", Syntax: "number size", In: inAll, Args: directive.Take2, Default: "2 32k", Set: directive.Bufs(func(c *cc) *directive.Value[directive.Buffers] { return &c.OutputBuffers }), Idle: "files that do not go through sendfile are read in pieces of 32k", Doc: "Accepted for nginx's sake."},
		size("postpone_output", "1460", inAll, func(c *cc) *sizeValue { return &c.PostponeOutput }, "Less than this is kept back while more is to come."),
		{Name: "limit_rate", Syntax: "rate", In: inAllIf, Args: directive.Take1, Set: SizeSetter(func(c *cc) *directive.Value[*Value] { return &c.LimitRate }), Doc: "Bytes a second that one response may have."},
		{Name: "limit_rate_after", Syntax: "size", In: inAllIf, Args: directive.Take1, Set: SizeSetter(func(c *cc) *directive.Value[*Value] { return &c.LimitRateAfter }), Doc: "Bytes before limit_rate begins."},
		msec("keepalive_time", "1h", inAll, func(c *cc) *durValue { return &c.KeepAliveTime }, "How old a kept connection may become."),
		{Name: "keepalive_timeout", Syntax: "timeout [header_timeout]", In: inAll, Args: directive.Take12, Default: "75s", Set: directive.Parsed(func(c *cc) *directive.Value[KeepAlive] { return &c.KeepAliveTimeout }, parseKeepAlive), Doc: "How long an idle connection stays open; 0 closes it."},
		msec("keepalive_min_timeout", "0", inAll, func(c *cc) *durValue { return &c.KeepAliveMinTimeout }, "How long an idle connection is not closed for want of connections or at the end of a worker."),
		num("keepalive_requests", "1000", inAll, func(c *cc) *intValue { return &c.KeepAliveRequests }, "How many requests one connection may bring."),
		{Name: "keepalive_disable", Syntax: "none | browser ...", In: inAll, Args: directive.Take12, Default: "msie6", Set: directive.Bits(func(c *cc) *intValue { return &c.KeepAliveDisable }, map[string]int{"none": disableNone, "msie6": disableMSIE6, "safari": disableSafari}), Doc: "Browsers whose connections are not kept."},
		enum("satisfy", "all", inAll, func(c *cc) *intValue { return &c.Satisfy }, map[string]int{"all": satisfyAll, "any": satisfyAny}, "Whether all access modules must allow, or any."),
		msec("auth_delay", "0", inAll, func(c *cc) *durValue { return &c.AuthDelay }, "What an answer of 401 is delayed by."),
		enum("lingering_close", "on", inAll, func(c *cc) *intValue { return &c.LingeringClose }, map[string]int{"off": lingeringOff, "on": lingeringOn, "always": lingeringAlways}, "Whether the rest of a body is read before a connection is closed."),
		msec("lingering_time", "30s", inAll, func(c *cc) *durValue { return &c.LingeringTime }, "For how long it is read at most."),
		msec("lingering_timeout", "5s", inAll, func(c *cc) *durValue { return &c.LingeringTimeout }, "How long a pause ends it."),
		flag("reset_timedout_connection", "off", inAll, func(c *cc) *flagValue { return &c.ResetTimedout }, "Connections that timed out, and those of status 444, are reset."),
		flag("absolute_redirect", "on", inAll, func(c *cc) *flagValue { return &c.AbsoluteRedirect }, "Redirects of the server's own name scheme and host."),
		flag("server_name_in_redirect", "off", inAll, func(c *cc) *flagValue { return &c.ServerNameInRedirect }, "Redirects use the first server_name."),
		flag("port_in_redirect", "on", inAll, func(c *cc) *flagValue { return &c.PortInRedirect }, "Redirects name the port."),
		flag("msie_padding", "on", inAll, func(c *cc) *flagValue { return &c.MSIEPadding }, "Error pages are padded to 512 bytes for old browsers."),
		flag("msie_refresh", "off", inAll, func(c *cc) *flagValue { return &c.MSIERefresh }, "Redirects to old browsers are pages that refresh."),
		flag("log_not_found", "on", inAll, func(c *cc) *flagValue { return &c.LogNotFound }, "Missing files are logged."),
		flag("log_subrequest", "off", inAll, func(c *cc) *flagValue { return &c.LogSubrequest }, "Subrequests have lines in the access log."),
		flag("recursive_error_pages", "off", inAll, func(c *cc) *flagValue { return &c.RecursiveErrorPages }, "error_page may lead to another error_page."),
		{Name: "server_tokens", Syntax: "on | off | build", In: inAll, Args: directive.Take1, Default: "on", Set: directive.Enum(func(c *cc) *directive.Value[tokens] { return &c.ServerTokens }, map[string]tokens{"off": tokensOff, "on": tokensOn, "build": tokensBuild}), Doc: "Whether the version is shown."},
		enum("if_modified_since", "exact", inAll, func(c *cc) *intValue { return &c.IfModifiedSince }, map[string]int{"off": imsOff, "exact": imsExact, "before": imsBefore}, "How If-Modified-Since is compared."),
		num("max_ranges", "2147483647", inAll, func(c *cc) *intValue { return &c.MaxRanges }, "How many ranges a request may ask for."),
		flag("chunked_transfer_encoding", "on", inAll, func(c *cc) *flagValue { return &c.ChunkedEncoding }, "Responses of unknown length are chunked."),
		flag("etag", "on", inAll, func(c *cc) *flagValue { return &c.ETag }, "Files have entity tags."),
		msec("resolver_timeout", "30s", inAll, func(c *cc) *durValue { return &c.ResolverTimeout }, "How long a name may take to be resolved."),
		flag("gzip_vary", "off", inAll, func(c *cc) *flagValue { return &c.GzipVary }, "\"Vary: Accept-Encoding\" is sent where gzip may apply."),
		{Name: "open_file_cache", Syntax: "off | max=N [inactive=time]", In: inAll, Args: directive.Take12, Default: "off", Set: directive.Parsed(func(c *cc) *directive.Value[*FileCacheConf] { return &c.OpenFileCache }, parseFileCache), Doc: "Keeps descriptors and facts of files."},
		{Name: "open_file_cache_valid", In: inAll, Args: directive.Take1, Default: "60s", Set: directive.Sec(func(c *cc) *durValue { return &c.FileCacheValid }), Doc: "After how long a kept file is looked at again."},
		num("open_file_cache_min_uses", "1", inAll, func(c *cc) *intValue { return &c.FileCacheMinUses }, "How often a file must be used to be kept open."),
		flag("open_file_cache_errors", "off", inAll, func(c *cc) *flagValue { return &c.FileCacheErrors }, "Failed look-ups are kept, too."),
		flag("open_file_cache_events", "off", inAll, func(c *cc) *flagValue { return &c.FileCacheEvents }, "Does nothing on Linux, as in nginx."),
		{Name: "disable_symlinks", Syntax: "off | on | if_not_owner [from=part]", In: inAll, Args: directive.Take12, Default: "off", Set: directive.Parsed(func(c *cc) *directive.Value[Symlinks] { return &c.DisableSymlinks }, parseSymlinks), Doc: "Whether a path may have symbolic links."},
		idle("the kernel decides", size("read_ahead", "0", inAll, func(c *cc) *sizeValue { return &c.ReadAhead }, "Accepted for nginx's sake.")),
		{Name: "directio", Syntax: "size | off", In: inAll, Args: directive.Take1, Default: "off", Set: directive.Parsed(func(c *cc) *strValue { return &c.DirectIO }, parseDirectIO), Idle: "files go through the page cache", Doc: "Accepted for nginx's sake."},
		{Name: "directio_alignment", In: inAll, Args: directive.Take1, Default: "512", Set: directive.Off(func(c *cc) *sizeValue { return &c.DirectIOAlignment }), Idle: "files go through the page cache", Doc: "Accepted for nginx's sake."},
		{Name: "aio", Syntax: "on | off | threads[=pool]", In: inAll, Args: directive.Take1, Default: "off", Set: directive.Parsed(func(c *cc) *strValue { return &c.AIO }, parseAIO), Idle: "reading files never holds the event loop", Doc: "Accepted for nginx's sake."},
		idle("writing files never holds the event loop", flag("aio_write", "off", inAll, func(c *cc) *flagValue { return &c.AIOWrite }, "Accepted for nginx's sake.")),
		num("types_hash_max_size", "1024", inAll, func(c *cc) *intValue { return &c.TypesHash[0] }, "Accepted for nginx's sake."),
		num("types_hash_bucket_size", "64", inAll, func(c *cc) *intValue { return &c.TypesHash[1] }, "Accepted for nginx's sake."),
		str("post_action", "", inAllIf, func(c *cc) *strValue { return &c.PostAction }, "A URI that is requested internally when a request has ended."),
	}
}
