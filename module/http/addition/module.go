package addition

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_addition_filter_module.
var Module = &httpd.Module{
	Name:    "addition",
	Doc:     "Puts the answers of other locations before and behind a response.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	before directive.Value[string]
	after  directive.Value[string]
	types  directive.Value[*httpd.TypeSet]
}

func init() {
	// Filters refer to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "add_before_body", Syntax: "uri", In: levels, Args: directive.Take1,
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.before }), Doc: "What stands before the body."},
		{Name: "add_after_body", Syntax: "uri", In: levels, Args: directive.Take1,
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.after }), Doc: "What stands behind the body."},
		{Name: "addition_types", Syntax: "mime-type ...", In: levels, Args: directive.OneMore, Default: "text/html",
			Set: httpd.TypeSetter(func(c *conf) *directive.Value[*httpd.TypeSet] { return &c.types }, "text/html"),
			Doc: "Which responses get additions besides text/html; * for all."},
	}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filterHeader, When: func(c any) bool {
		cf := c.(*conf)
		return cf.before.V != "" || cf.after.V != ""
	}}}
}
