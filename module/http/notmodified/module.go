package notmodified

import "moongate/engine/httpd"

// Module is nginx's ngx_http_not_modified_filter_module. if_modified_since is the
// engine's directive.
var Module = &httpd.Module{
	Name:          "not_modified",
	Doc:           "Answers conditional requests with 304 or 412.",
	HeaderFilters: []httpd.HeaderFilter{{Run: filter}},
}
