package gunzip

import (
	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_gunzip_filter_module.
var Module = &httpd.Module{
	Name:    "gunzip",
	Doc:     "Decompresses responses for clients without gzip.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	enable  directive.Value[bool]
	buffers directive.Value[directive.Buffers]
}

func init() {
	// Filters refer to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "gunzip", In: levels, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.enable }), Doc: "Decompresses responses for clients without gzip."},
		{Name: "gunzip_buffers", Syntax: "number size", In: levels, Args: directive.Take2, Default: "32 4k",
			Set: directive.Bufs(func(c *conf) *directive.Value[directive.Buffers] { return &c.buffers }), Idle: "buffers are pooled", Doc: "Accepted for nginx's sake."},
	}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filterHeader, When: func(c any) bool { return c.(*conf).enable.V }}}
}

// filterHeader is ngx_http_gunzip_header_filter.
func filterHeader(r *httpd.Request) httpd.Result {
	o := &r.Out
	if v, ok := o.Get("Content-Encoding"); !ok || !http1.EqualFold(v, "gzip") {
		return httpd.OK
	}
	r.GzipVary = true
	if r.AcceptsGzip() {
		return httpd.OK
	}
	o.Del("Content-Encoding")
	o.ClearContentLength()
	o.ClearAcceptRanges(r)
	o.WeakETag(r)
	f := &inflater{}
	r.AtEnd(f.close)
	r.FilterNeedInMemory = true
	r.UseBodyFilter(f.filter)
	return httpd.OK
}
