package log

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_log_module.
var Module = &httpd.Module{
	Name:    "log",
	Doc:     "Writes a line about each request to access logs.",
	NewMain: func() any { return newMain() },
	NewConf: func() any { return new(conf) },
}

func init() {
	// Setters and handlers refer to the module: filled in here to break that ring.
	Module.Directives = rows()
	Module.Merge = merge
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Log, Run: handle, When: wanted, Of: "access_log"}}
}

func rows() []directive.Directive {
	const levels = directive.HTTP | directive.Server | directive.Location
	return []directive.Directive{
		{Name: "log_format", Syntax: "name [escape=default|json|none] string ...", In: directive.HTTP, Args: directive.TwoMore,
			Set: directive.Func(readFormat), Doc: "Names a format for access_log."},
		{Name: "access_log", Syntax: "path [format [buffer=size] [gzip[=level]] [flush=time] [if=condition]] | off",
			In: levels | directive.LocationIf | directive.LimitExcept, Args: directive.OneMore,
			Set: directive.Func(readAccessLog), Doc: "Where lines about requests go, and what they look like."},
		{Name: "open_log_file_cache", Syntax: "max=N [inactive=time] [min_uses=N] [valid=time] | off", In: levels, Args: directive.Take1234,
			Set: directive.Parsed(func(c *conf) *directive.Value[*fileCache] { return &c.cache }, parseFileCache),
			Doc: "Keeps log files open whose names have variables."},
	}
}
