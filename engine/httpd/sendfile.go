package httpd

import "moongate/edge/wire/http1"

// SetETag gives the response the entity tag of a file, if the etag directive is
// on (ngx_http_set_etag).
func (r *Request) SetETag(modified, length int64) {
	if r.Loc.core.ETag.V {
		b := http1.AppendETag(r.Alloc(40)[:0], modified, length)
		r.Out.List = append(r.Out.List, Header{Name: "ETag", Value: view(b)})
	}
}

// SendFile answers with a file, of which size bytes are sent: Last-Modified, ETag,
// the type by extension, and ranges. The file stays the caller's.
func (r *Request) SendFile(f *File, size, modified int64) Result {
	r.Out.Status = 200
	r.Out.ContentLength = size
	r.Out.LastModified = modified
	r.SetETag(modified, size)
	r.SetContentType()
	r.AllowRanges = true
	if res := r.SendHeader(); res == Error || res > OK || r.HeaderOnly {
		return res
	}
	b := Buf{Last: true}
	if size > 0 {
		b.File, b.End = f, size
	}
	return r.result(r.WriteOne(b))
}
