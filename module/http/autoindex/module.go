package autoindex

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_autoindex_module.
var Module = &httpd.Module{
	Name:    "autoindex",
	Doc:     "Lists folders that have no index.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "autoindex", In: inAll, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.on }), Doc: "Lists folders."},
		{Name: "autoindex_format", Syntax: "html | xml | json | jsonp", In: inAll, Args: directive.Take1, Default: "html",
			Set: directive.Enum(func(c *conf) *directive.Value[format] { return &c.format }, map[string]format{"html": asHTML, "json": asJSON, "jsonp": asJSONP, "xml": asXML}), Doc: "How lists are written."},
		{Name: "autoindex_localtime", In: inAll, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.local }), Doc: "Times in HTML are local ones."},
		{Name: "autoindex_exact_size", In: inAll, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.exact }), Doc: "Sizes in HTML are bytes, not rounded."},
	},
}

const inAll = directive.HTTP | directive.Server | directive.Location

func init() {
	// The handler refers to the module.
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Content, Run: handle, When: func(c any) bool { return c.(*conf).on.V }}}
}

type conf struct {
	on     directive.Value[bool]
	format directive.Value[format]
	local  directive.Value[bool]
	exact  directive.Value[bool]
}

type format uint8

const (
	asHTML format = iota
	asJSON
	asJSONP
	asXML
)
