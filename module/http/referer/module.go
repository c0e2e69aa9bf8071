package referer

import (
	"moongate/core/config/directive"
	"moongate/engine/hostnames"
	"moongate/engine/httpd"
	"moongate/engine/regex"
)

// Module is nginx's ngx_http_referer_module.
var Module = &httpd.Module{
	Name:    "referer",
	Doc:     "Tells whether a request comes from a page of another site.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "valid_referers", Syntax: "none | blocked | server_names | string ...", In: inServer, Args: directive.OneMore,
			Set: directive.Func(read), Doc: "The pages that requests may come from."},
		{Name: "referer_hash_max_size", In: inServer, Args: directive.Take1, Default: "2048",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.max }), Doc: "Accepted for nginx's sake; tables grow by themselves."},
		{Name: "referer_hash_bucket_size", In: inServer, Args: directive.Take1, Default: "64",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.bucket }), Doc: "Accepted for nginx's sake."},
	},
	Merge: merge,
}

const inServer = directive.Server | directive.Location

func init() {
	// The variable refers to the module.
	Module.Variables = []httpd.Variable{{Name: "invalid_referer", Doc: "1 for pages of other sites, else empty.", Changeable: true, Get: invalid}}
}

type conf struct {
	max    directive.Value[int]
	bucket directive.Value[int]
	valid  *referers
}

// referers is what valid_referers of one level says.
type referers struct {
	none        bool
	blocked     bool
	serverNames bool
	server      *httpd.Server
	names       hostnames.Table[string] // the URI's beginning, "" for any
	patterns    []*regex.Regex
	serverRegex []*httpd.Regex
}
