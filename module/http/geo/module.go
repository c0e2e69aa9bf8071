package geo

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_geo_module.
var Module = &httpd.Module{
	Name:    "geo",
	Doc:     "Makes variables that depend on the client's address.",
	NewMain: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "geo", Syntax: "[$address] $variable {}", In: directive.HTTP, Args: directive.Take12, Body: directive.Pairs,
		Set: directive.Func(read), Doc: "Makes a variable.",
	}},
}

type conf struct{}
