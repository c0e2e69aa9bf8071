package slice

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_slice_filter_module.
var Module = &httpd.Module{
	Name:    "slice",
	Doc:     "Asks for large responses in pieces.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct{ size directive.Value[int64] }

func init() {
	// Filters refer to the module: filled in here to break that ring.
	Module.Directives = []directive.Directive{
		{Name: "slice", Syntax: "size", In: directive.HTTP | directive.Server | directive.Location, Args: directive.Take1, Default: "0",
			Set: directive.Size(func(c *conf) *directive.Value[int64] { return &c.size }), Doc: "The size of the pieces that a response is asked for in; 0 for the whole."},
	}
	Module.Variables = []httpd.Variable{{Name: "slice_range", Doc: "The range of the piece that is asked for, as in a Range header.", Volatile: true, Get: sliceRange}}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filterHeader, When: func(c any) bool { return c.(*conf).size.V > 0 }}}
}
