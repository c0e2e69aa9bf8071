package limitconn

import (
	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_limit_conn_module.
var Module = &httpd.Module{
	Name:    "limit_conn",
	Doc:     "Limits how many requests a key may have in flight.",
	NewConf: func() any { return new(conf) },
}

func init() {
	// Handlers and setters refer to the module: filled in here to break that ring.
	Module.Directives = rows()
	Module.Variables = []httpd.Variable{{Name: "limit_conn_status", Get: status, Volatile: true,
		Doc: "PASSED, REJECTED or REJECTED_DRY_RUN."}}
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.PreAccess, Run: handle, When: func(c any) bool { return len(c.(*conf).limits) > 0 }}}
	Module.Start = start
}

func rows() []directive.Directive {
	const levels = directive.HTTP | directive.Server | directive.Location
	return []directive.Directive{
		{Name: "limit_conn_zone", Syntax: "key zone=name:size", In: directive.HTTP, Args: directive.Take2,
			Set: directive.Func(readZone), Doc: "Shared memory for the counts of a key."},
		{Name: "limit_conn", Syntax: "zone number", In: levels, Args: directive.Take2,
			Set: directive.Func(readLimit).Inherited(inheritLimits), Doc: "Applies a limit."},
		{Name: "limit_conn_log_level", In: levels, Args: directive.Take1, Default: "error",
			Set: directive.Enum(func(c *conf) *directive.Value[errlog.Level] { return &c.level }, levelWords),
			Doc: "At what level refused requests are logged."},
		{Name: "limit_conn_status", Syntax: "code", In: levels, Args: directive.Take1, Default: "503",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.status }).Between(400, 599),
			Doc: "Status of refused requests."},
		{Name: "limit_conn_dry_run", In: levels, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.dryRun }),
			Doc: "Counts and logs, but lets all requests through."},
	}
}

var levelWords = map[string]errlog.Level{"info": errlog.Info, "notice": errlog.Notice, "warn": errlog.Warn, "error": errlog.Error}
