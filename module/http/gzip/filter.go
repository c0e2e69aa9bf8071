package gzip

import (
	"moongate/engine/httpd"
)

var slot = httpd.NewSlot[state]()

// filterHeader is ngx_http_gzip_header_filter.
func filterHeader(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	o := &r.Out
	switch o.Status {
	case 200, 403, 404:
	default:
		return httpd.OK
	}
	if o.ContentLength >= 0 && o.ContentLength < cf.minLength.V || r.HeaderOnly || !cf.types.V.Has(r) {
		return httpd.OK
	}
	if v, ok := o.Get("Content-Encoding"); ok && v != "" {
		return httpd.OK
	}
	r.GzipVary = true
	if !r.AcceptsGzip() {
		return httpd.OK
	}
	o.Add("Content-Encoding", "gzip")
	o.ClearContentLength()
	o.ClearAcceptRanges(r)
	o.WeakETag(r)
	s := &state{level: cf.level.V, eager: cf.noBuffer.V}
	slot.Put(r, s)
	r.AtEnd(s.release)
	r.FilterNeedInMemory = true
	r.UseLateBodyFilter(s.filter)
	return httpd.OK
}
