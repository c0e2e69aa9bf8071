package rangefilter

import "moongate/engine/httpd"

// Module is nginx's ngx_http_range_header_filter_module with its body filter.
// max_ranges is the engine's directive.
var Module = &httpd.Module{
	Name:          "range_filter",
	Doc:           "Answers requests for parts of a body.",
	HeaderFilters: []httpd.HeaderFilter{{Run: filter}},
}
