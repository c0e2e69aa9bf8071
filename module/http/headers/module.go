package headers

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_headers_filter_module.
var Module = &httpd.Module{
	Name:    "headers",
	Doc:     "Adds header lines, trailers and times of expiry to responses.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "expires", Syntax: "[modified] time | epoch | max | off", In: inAll, Args: directive.Take12,
			Set: directive.Parsed(func(c *conf) *directive.Value[expiry] { return &c.expires }, readExpires), Doc: "Adds Expires and Cache-Control."},
		{Name: "add_header", Syntax: "name value [always]", In: inAll, Args: directive.Take23,
			Set: directive.Func(func(c *directive.Call, cf *conf) error { return add(c, &cf.headers) }), Doc: "Adds a header line."},
		{Name: "add_trailer", Syntax: "name value [always]", In: inAll, Args: directive.Take23,
			Set: directive.Func(func(c *directive.Call, cf *conf) error { return add(c, &cf.trailers) }), Doc: "Adds a line behind the body."},
		{Name: "add_header_inherit", Syntax: "on | off | merge", In: inAll, Args: directive.Take1, Default: "on",
			Set: directive.Enum(func(c *conf) *directive.Value[inheritance] { return &c.headersFrom }, inheritances), Doc: "What becomes of add_header of the level above."},
		{Name: "add_trailer_inherit", Syntax: "on | off | merge", In: inAll, Args: directive.Take1, Default: "on",
			Set: directive.Enum(func(c *conf) *directive.Value[inheritance] { return &c.trailersFrom }, inheritances), Doc: "What becomes of add_trailer of the level above."},
	},
	Merge: merge,
}

const inAll = directive.HTTP | directive.Server | directive.Location | directive.LocationIf

func init() {
	// The filter refers to the module.
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filter, When: func(c any) bool { return c.(*conf).used() }}}
}
