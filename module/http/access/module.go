package access

import (
	"moongate/core/config/directive"
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_access_module.
var Module = &httpd.Module{
	Name:    "access",
	Doc:     "Allows and denies clients by their addresses.",
	NewConf: func() any { return new(conf) },
}

func init() {
	// The handler refers to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location | directive.LimitExcept
	Module.Directives = []directive.Directive{
		{Name: "allow", Syntax: "address | CIDR | unix: | all", In: levels, Args: directive.Take1,
			Set: directive.Func(readRule), Doc: "Lets these clients in, unless a rule before has decided."},
		{Name: "deny", Syntax: "address | CIDR | unix: | all", In: levels, Args: directive.Take1,
			Set: directive.Func(readRule), Doc: "Refuses these clients, unless a rule before has decided."},
	}
	Module.Merge = merge
	Module.Together = true
	Module.Explain = func(x *httpd.Explanation, _ httpd.Phase) httpd.Result {
		res := handle(x.R)
		x.Verdict(res)
		return res
	}
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Access, Run: handle, When: func(c any) bool { return c.(*conf).rules.some() }}}
}

// handle is ngx_http_access_handler.
func handle(r *httpd.Request) httpd.Result {
	switch httpd.Conf[conf](r, Module).rules.find(r.Conn.RemoteAddr().Addr()) {
	case none:
		return httpd.Declined
	case allow:
		return httpd.OK
	}
	if r.Core().SatisfyAll() {
		r.Logf(errlog.Error, "access forbidden by rule")
	}
	return 403
}
