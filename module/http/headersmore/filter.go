package headersmore

import (
	"slices"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// filter runs the commands on a response's header.
func filter(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	for i := range cf.out {
		m := &cf.out[i]
		if m.statuses != nil && !slices.Contains(m.statuses, r.Out.Status) || !m.wants(r.Out.ContentType) {
			continue
		}
		for j := range m.headers {
			m.headers[j].apply(r, m.add)
		}
	}
	return httpd.OK
}

// apply sets or removes one header of the response.
func (h *header) apply(r *httpd.Request, add bool) {
	o := &r.Out
	v := h.eval(r)
	switch h.known {
	case server:
		o.SetServer(v)
	case date:
		o.SetDate(v)
	case contentType:
		o.ContentType = v
		if v == "" || strings.IndexByte(v, ';') >= 0 {
			o.Charset = ""
		}
	case contentLength:
		o.ContentLength = -1
		if n, ok := http1.ParseLength(v); ok {
			o.ContentLength = n
		}
	case lastModified:
		o.ClearLastModified()
		if v == "" {
			return
		}
		// A date is kept as one, for the filters behind.
		if sec, ok := http1.ParseDate(v); ok && string(http1.AppendDate(nil, sec)) == v {
			o.LastModified = sec
		} else {
			o.Add(h.name, v)
		}
	case location:
		o.Location = ""
		o.List = h.removeFrom(o.List)
		if v != "" {
			o.Add(h.name, v)
		}
	case acceptRanges:
		if v == "" {
			r.AllowRanges = false
		}
		h.applyLine(o, v, add)
	default:
		h.applyLine(o, v, add)
	}
}

func (h *header) applyLine(o *httpd.HeadersOut, v string, add bool) {
	switch {
	case v == "":
		o.List = h.removeFrom(o.List)
		if h.all && h.covers("Location") {
			o.Location = ""
		}
	case add:
		o.Add(h.name, v)
	default:
		o.Set(h.name, v)
	}
}
