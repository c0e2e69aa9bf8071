package notmodified

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// filter is ngx_http_not_modified_header_filter.
func filter(r *httpd.Request) httpd.Result {
	if r.Out.Status != 200 || !r.IsMain() || r.DisableNotModified {
		return httpd.OK
	}
	var c conditions
	if !c.find(r.In.List) {
		return httpd.OK
	}
	o := &r.Out
	etag, _ := o.Get("ETag")
	if c.unmodified != nil && !unmodified(c.unmodified.Value, o.Modified()) {
		return r.FilterFinalize(412)
	}
	if c.match != nil && !http1.MatchETag(c.match.Value, etag, false) {
		return r.FilterFinalize(412)
	}
	if c.modified == nil && c.noneMatch == nil {
		return httpd.OK
	}
	if c.modified != nil && modified(r, c.modified.Value) {
		return httpd.OK
	}
	if c.noneMatch != nil && !http1.MatchETag(c.noneMatch.Value, etag, true) {
		return httpd.OK
	}
	o.Status, o.StatusLine = 304, ""
	o.ContentType = ""
	o.ClearContentLength()
	o.ClearAcceptRanges(r)
	o.Del("Content-Encoding")
	return httpd.OK
}

// conditions are the headers that make a request conditional.
type conditions struct {
	modified, unmodified, match, noneMatch *httpd.Header
}

func (c *conditions) find(list []httpd.Header) bool {
	found := false
	for i := range list {
		var at **httpd.Header
		switch list[i].ID {
		case http1.IfModifiedSince:
			at = &c.modified
		case http1.IfUnmodifiedSince:
			at = &c.unmodified
		case http1.IfMatch:
			at = &c.match
		case http1.IfNoneMatch:
			at = &c.noneMatch
		default:
			continue
		}
		if found = true; *at == nil {
			*at = &list[i]
		}
	}
	return found
}

func unmodified(value string, last int64) bool {
	if last < 0 {
		return false
	}
	since, ok := http1.ParseDate(value)
	return ok && since >= last
}

// The choices of if_modified_since.
const (
	off = iota
	exact
	before
)

// modified is ngx_http_test_if_modified.
func modified(r *httpd.Request, value string) bool {
	last, how := r.Out.Modified(), r.Core().IfModifiedSince.V
	if last < 0 || how == off {
		return true
	}
	since, ok := http1.ParseDate(value)
	if !ok {
		since = -1
	}
	return since != last && (how == exact || since < last)
}
