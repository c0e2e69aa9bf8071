package charset

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_charset_filter_module.
var Module = &httpd.Module{
	Name:    "charset",
	Doc:     "Names the charset of responses and recodes them.",
	NewMain: func() any { return new(mainConf) },
	NewConf: func() any { return new(conf) },
}

func init() {
	// Filters and setters refer to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "charset", Syntax: "charset | off", In: levels | directive.LocationIf, Args: directive.Take1,
			Set: directive.Parsed(func(c *conf) *directive.Value[choice] { return &c.charset }, parseCharset), Doc: "The charset that responses shall have."},
		{Name: "source_charset", Syntax: "charset", In: levels | directive.LocationIf, Args: directive.Take1,
			Set: directive.Parsed(func(c *conf) *directive.Value[choice] { return &c.source }, parseCharset), Doc: "The charset that responses have."},
		{Name: "override_charset", In: levels | directive.LocationIf, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.override }), Doc: "Recodes also what backends have named a charset for."},
		{Name: "charset_types", Syntax: "mime-type ...", In: levels, Args: directive.OneMore,
			Default: "text/html text/xml text/plain text/vnd.wap.wml application/javascript application/rss+xml",
			Set:     httpd.TypeSetter(func(c *conf) *directive.Value[*httpd.TypeSet] { return &c.types }, "text/html"),
			Doc:     "Which responses, besides text/html; * for all."},
		{Name: "charset_map", Syntax: "charset1 charset2", In: directive.HTTP, Args: directive.Take2, Body: directive.Pairs,
			Set: directive.Func(readMap), Doc: "How to recode between two charsets."},
	}
	Module.Merge = merge
	Module.Init = checkMaps
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filterHeader, When: func(c any) bool { return c.(*conf).active }}}
}
