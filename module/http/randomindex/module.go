package randomindex

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_random_index_module.
var Module = &httpd.Module{
	Name:    "random_index",
	Doc:     "Answers URIs of folders with one of their files, chosen at random.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "random_index", In: directive.Location, Args: directive.FlagArg, Default: "off",
		Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.on }), Doc: "Chooses an index at random.",
	}},
}

func init() {
	// The handler refers to the module.
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Content, Run: handle, When: func(c any) bool { return c.(*conf).on.V }}}
}

type conf struct {
	on directive.Value[bool]
}
