package httpd

import (
	"strconv"

	"moongate/edge/wire/http1"
)

// sentVariables are $sent_http_NAME and $sent_trailer_NAME: the response's
// header, with what stands in fields of its own.
func sentVariables() []Variable {
	row := func(name string, get func(r *Request) (string, bool)) Variable {
		return Variable{Name: "sent_http_" + name, Volatile: true, Get: get}
	}
	return []Variable{
		row("content_type", sentContentType),
		row("content_length", func(r *Request) (string, bool) {
			if r.Out.ContentLength < 0 {
				return r.outHeader("content_length")
			}
			return r.Int(r.Out.ContentLength), true
		}),
		row("location", func(r *Request) (string, bool) {
			if r.Out.Location == "" {
				return r.outHeader("location")
			}
			return r.Out.Location, true
		}),
		row("last_modified", func(r *Request) (string, bool) {
			if r.Out.LastModified < 0 {
				return r.outHeader("last_modified")
			}
			return view(http1.AppendDate(r.Alloc(29)[:0], r.Out.LastModified)), true
		}),
		row("connection", func(r *Request) (string, bool) {
			switch {
			case r.Out.Status == 101:
				return "upgrade", true
			case r.KeepAlive:
				return "keep-alive", true
			}
			return "close", true
		}),
		row("keep_alive", func(r *Request) (string, bool) {
			if h := r.Loc.core.KeepAliveTimeout.V.Header; r.KeepAlive && h > 0 {
				return r.Concat("timeout=", strconv.FormatInt(h, 10)), true
			}
			return "", false
		}),
		row("transfer_encoding", func(r *Request) (string, bool) {
			if r.chunked {
				return "chunked", true
			}
			return "", false
		}),
		{Name: "sent_http_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.outHeader(rest) }
		}},
		{Name: "sent_trailer_", Volatile: true, Make: func(rest string) func(*Request) (string, bool) {
			return func(r *Request) (string, bool) { return r.joined(r.Out.Trailers, rest, ", ") }
		}},
	}
}

// outHeader is a header of the response that has no field of its own; several
// of one name are joined by commas, as in Cache-Control and Link.
func (r *Request) outHeader(variable string) (string, bool) {
	return r.joined(r.Out.List, variable, ", ")
}

func sentContentType(r *Request) (string, bool) {
	o := &r.Out
	if o.ContentType == "" {
		return "", false
	}
	if o.Charset != "" {
		return r.Concat(o.ContentType, "; charset=", o.Charset), true
	}
	return o.ContentType, true
}
