package httpmap

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_map_module.
var Module = &httpd.Module{
	Name:    "map",
	Doc:     "Makes variables whose values depend on other values.",
	NewMain: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "map", Syntax: "string $variable {}", In: directive.HTTP, Args: directive.Take2, Body: directive.Pairs, Set: directive.Func(read), Doc: "Makes a variable."},
		{Name: "map_hash_max_size", In: directive.HTTP, Args: directive.Take1, Default: "2048",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.max }), Doc: "Accepted for nginx's sake; tables grow by themselves."},
		{Name: "map_hash_bucket_size", In: directive.HTTP, Args: directive.Take1, Default: "64",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.bucket }), Doc: "Accepted for nginx's sake."},
	},
}

type conf struct {
	max    directive.Value[int]
	bucket directive.Value[int]
}
