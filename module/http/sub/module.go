package sub

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_sub_filter_module.
var Module = &httpd.Module{
	Name:    "sub",
	Doc:     "Replaces texts in responses.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	pairs        []pair
	types        directive.Value[*httpd.TypeSet]
	once         directive.Value[bool]
	lastModified directive.Value[bool]
}

// pair is one sub_filter.
type pair struct {
	pattern *httpd.Value
	value   *httpd.Value
}

// maxPairs is nginx's limit.
const maxPairs = 255

func init() {
	// Filters refer to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "sub_filter", Syntax: "string replacement", In: levels, Args: directive.Take2,
			Set: directive.Func(readPair).Inherited(func(p, c *conf) {
				if c.pairs == nil {
					c.pairs = p.pairs
				}
			}), Doc: "Replaces one text by another."},
		{Name: "sub_filter_types", Syntax: "mime-type ...", In: levels, Args: directive.OneMore, Default: "text/html",
			Set: httpd.TypeSetter(func(c *conf) *directive.Value[*httpd.TypeSet] { return &c.types }, "text/html"),
			Doc: "In which responses, besides text/html; * for all."},
		{Name: "sub_filter_once", In: levels, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.once }), Doc: "Replaces each text at its first place alone."},
		{Name: "sub_filter_last_modified", In: levels, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.lastModified }), Doc: "Keeps the Last-Modified header."},
	}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filterHeader, When: func(c any) bool { return len(c.(*conf).pairs) > 0 }}}
}

// readPair is ngx_http_sub_filter.
func readPair(c *directive.Call, cf *conf) error {
	if c.Args[0] == "" {
		return directive.Errorf("empty search pattern")
	}
	if len(cf.pairs) == maxPairs {
		return directive.Errorf("number of search patterns exceeds %d", maxPairs)
	}
	pattern, err := httpd.CompileArg(c, strings.ToLower(c.Args[0]))
	if err != nil {
		return err
	}
	value, err := httpd.CompileArg(c, c.Args[1])
	if err != nil {
		return err
	}
	cf.pairs = append(cf.pairs, pair{pattern, value})
	return nil
}
