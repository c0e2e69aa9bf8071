package lua

import (
	"time"

	"moongate/core/config/directive"
)

// settingRows are the lua_* directives that are plain values.
func settingRows() []directive.Directive {
	return []directive.Directive{
		{Name: "lua_code_cache", In: withIf, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.codeCache }).Then(warnCodeCache),
			Doc: "Keeps compiled code; off makes a fresh VM for each request."},
		{Name: "lua_need_request_body", In: withIf, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.needBody }), Doc: "Reads the body before Lua runs."},
		{Name: "lua_transform_underscores_in_response_headers", In: withIf, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.transform }), Doc: "ngx.header.a_b means A-B."},
		{Name: "lua_http10_buffering", In: withIf, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.http10Buffering }), Doc: "Keeps the body of an HTTP/1.0 response until its length is known."},
		{Name: "lua_check_client_abort", In: withIf, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.checkClientAbort }), Doc: "Notices a client that goes away while Lua waits."},
		{Name: "lua_use_default_type", In: withIf, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.useDefaultType }), Doc: "Gives responses of Lua the type of default_type."},
		{Name: "lua_upstream_skip_openssl_default_verify", In: directive.Location | directive.LocationIf, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.skipVerify }), Doc: "Leaves the judgement of an upstream server's certificate to proxy_ssl_verify_by_lua* alone."},
		{Name: "lua_max_running_timers", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "256",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.maxRunning }), Doc: "How many timers may run at a time."},
		{Name: "lua_max_pending_timers", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "1024",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.maxPending }), Doc: "How many timers may wait."},
		{Name: "lua_regex_cache_max_entries", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "1024",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.regexCache }), Doc: "How many patterns of ngx.re with option o are kept."},
		{Name: "lua_regex_match_limit", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "0",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.regexLimit }), Doc: "Bounds the work of a match of ngx.re; 0 is the engine's own bound."},
		{Name: "lua_thread_cache_max_entries", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "1024",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.threadCache }), Doc: "How many coroutines are kept for the next requests."},
		{Name: "lua_worker_thread_vm_pool_size", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "10",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.workerThreads }), Doc: "VMs of ngx.run_worker_thread; accepted."},
		{Name: "lua_malloc_trim", Syntax: "count", In: directive.HTTP, Args: directive.Take1, Default: "1000",
			Set: directive.Int(func(c *mainConf) *directive.Value[int] { return &c.mallocTrim }), Doc: "Accepted; Go returns memory by itself."},
		{Name: "lua_load_resty_core", In: directive.HTTP, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *mainConf) *directive.Value[bool] { return &c.loadCore }).Then(warnLoadCore), Doc: "Accepted; resty.core is built in."},
		{Name: "lua_sa_restart", In: directive.HTTP, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *mainConf) *directive.Value[bool] { return &c.saRestart }), Doc: "Accepted; Go restarts system calls by itself."},
		{Name: "lua_capture_error_log", Syntax: "size", In: directive.HTTP, Args: directive.Take1,
			Set: directive.Func(readCapture), Doc: "Keeps lines of the error log for ngx.errlog."},
		{Name: "rewrite_by_lua_no_postpone", In: directive.HTTP, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *mainConf) *directive.Value[bool] { return &c.rewriteNow }), Doc: "Runs rewrite_by_lua* in its module's place of the phase."},
		{Name: "access_by_lua_no_postpone", In: directive.HTTP, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *mainConf) *directive.Value[bool] { return &c.accessNow }), Doc: "Runs access_by_lua* in its module's place of the phase."},
		{Name: "precontent_by_lua_no_postpone", In: directive.HTTP, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *mainConf) *directive.Value[bool] { return &c.precontentNow }), Doc: "Runs precontent_by_lua* in its module's place of the phase."},
		{Name: "lua_package_path", Syntax: "path", In: directive.HTTP, Args: directive.Take1,
			Set: directive.Str(func(c *mainConf) *directive.Value[string] { return &c.path }), Doc: "Where require looks for Lua files; ;; is the default path."},
		{Name: "lua_package_cpath", Syntax: "path", In: directive.HTTP, Args: directive.Take1,
			Set: directive.Str(func(c *mainConf) *directive.Value[string] { return &c.cpath }), Doc: "Where require looks for C modules."},
		{Name: "lua_shared_dict", Syntax: "name size", In: directive.HTTP, Args: directive.Take2,
			Set: directive.Func(readSharedDict), Doc: "Makes a dictionary shared by all workers: ngx.shared.NAME."},
	}
}

// socketRows are the settings of cosockets.
func socketRows() []directive.Directive {
	msec := func(name, text, doc string, get func(c *conf) *directive.Value[time.Duration]) directive.Directive {
		return directive.Directive{Name: name, Syntax: "time", In: withIf, Args: directive.Take1, Default: text, Set: directive.Msec(get), Doc: doc}
	}
	return []directive.Directive{
		msec("lua_socket_keepalive_timeout", "60s", "How long a pooled connection may idle.", func(c *conf) *directive.Value[time.Duration] { return &c.keepaliveTimeout }),
		msec("lua_socket_connect_timeout", "60s", "Bounds connect.", func(c *conf) *directive.Value[time.Duration] { return &c.connectTimeout }),
		msec("lua_socket_send_timeout", "60s", "Bounds each wait of send.", func(c *conf) *directive.Value[time.Duration] { return &c.sendTimeout }),
		msec("lua_socket_read_timeout", "60s", "Bounds each wait of receive.", func(c *conf) *directive.Value[time.Duration] { return &c.readTimeout }),
		{Name: "lua_socket_send_lowat", Syntax: "size", In: withIf, Args: directive.Take1, Default: "0",
			Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.sendLowat }), Doc: "Accepted; only FreeBSD knows it."},
		{Name: "lua_socket_buffer_size", Syntax: "size", In: withIf, Args: directive.Take1, Default: "4k",
			Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.bufferSize }), Doc: "How much receive reads at a time."},
		{Name: "lua_socket_pool_size", Syntax: "size", In: withIf, Args: directive.Take1, Default: "30",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.poolSize }), Doc: "How many connections a pool keeps."},
		{Name: "lua_socket_log_errors", In: withIf, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.logSocketErrors }), Doc: "Logs failures of cosockets."},
		{Name: "lua_ssl_protocols", Syntax: "protocol ...", In: levels, Args: directive.OneMore,
			Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.tls.protocols }), Doc: "TLS versions of cosockets."},
		{Name: "lua_ssl_ciphers", Syntax: "ciphers", In: levels, Args: directive.Take1, Default: "DEFAULT",
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.tls.ciphers }), Doc: "Ciphers of cosockets."},
		{Name: "lua_ssl_verify_depth", Syntax: "number", In: levels, Args: directive.Take1, Default: "1",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.tls.depth }), Doc: "How long a chain of certificates may be."},
		{Name: "lua_ssl_trusted_certificate", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.tls.trusted }).Then(fullNames), Doc: "Authorities that cosockets trust."},
		{Name: "lua_ssl_crl", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.tls.crl }).Then(fullNames), Doc: "Certificates that were revoked."},
		{Name: "lua_ssl_certificate", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.tls.certs }), Doc: "Certificate that cosockets show."},
		{Name: "lua_ssl_certificate_key", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.StrList(func(c *conf) *directive.Value[[]string] { return &c.tls.keys }), Doc: "Its key."},
		{Name: "lua_ssl_key_log", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.tls.keyLog }), Doc: "Where secrets are written for a debugger."},
		{Name: "lua_ssl_conf_command", Syntax: "name value", In: levels, Args: directive.Take2,
			Set: directive.KeyVals(func(c *conf) *directive.Value[[]directive.KeyVal] { return &c.tls.commands }), Doc: "OpenSSL command."},
	}
}
