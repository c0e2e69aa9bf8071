package proxy

import (
	"strconv"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd/upstreamhttp"
)

// Create implements upstreamhttp.Protocol (ngx_http_proxy_create_request).
func (x *exchange) Create(u *upstreamhttp.Upstream, b []byte) ([]byte, bool) {
	r, cf := u.R, x.conf
	method := r.MethodName
	switch {
	case u.Method != "":
		method = u.Method
	case cf.method.V != nil:
		method = cf.method.V.Eval(r)
	}
	set := cf.headers
	if u.Keeps() {
		set = cf.cachedHeaders
	}
	x.head = len(method) == 4 && http1.EqualFold(method, "HEAD")
	if u.PeerHost {
		x.target.host = u.Host
	}
	host := x.target.host
	if v := set.host; v != nil {
		if s := v.Eval(r); s != "" || cf.version.V == 10 {
			host = s
		}
	}
	b = append(b, method...)
	b = append(b, ' ')
	from := len(b)
	b = x.appendURI(u, b)
	if len(b) == from {
		r.Logf(errlog.Error, "zero length URI to proxy")
		return b, false
	}
	to := len(b)
	if cf.version.V == 10 {
		b = append(b, " HTTP/1.0\r\n"...)
	} else {
		b = append(b, " HTTP/1.1\r\n"...)
	}
	if host != "" {
		b = append(b, "Host: "...)
		b = append(b, host...)
		b = append(b, '\r', '\n')
	}
	body := ""
	if v := cf.setBody.V; v != nil {
		body = v.Eval(r)
		u.OwnBody = true
		x.bodyLength = int64(len(body))
	} else if r.Body.Present() && (r.Body.Len > 0 || x.bodyLength > 0) {
		x.bodyLength = r.Body.Len // a balancer may have changed it
	}
	b = x.appendSet(u, set, b)
	var without *upstreamhttp.Hidden
	if x.to != nil {
		b = append(b, x.to.Lines...)
		without = x.to.Without
	}
	if u.Conf.PassHeaders {
		replace := &set.replace
		for i := range r.In.List {
			if h := &r.In.List[i]; !replace.Has(h) && (without == nil || !without.Has(h)) {
				b = append(b, h.Name...)
				b = append(b, ':', ' ')
				b = append(b, h.Value...)
				b = append(b, '\r', '\n')
			}
		}
	}
	b = append(b, '\r', '\n')
	b = append(b, body...)
	u.URI = http1.View(b[from:to])
	return b, true
}

// appendURI writes the URI of the request: as the client sent it where nothing has
// changed it, with the location replaced, or as the variables make it.
func (x *exchange) appendURI(u *upstreamhttp.Upstream, b []byte) []byte {
	r := u.R
	if x.to != nil {
		return append(b, x.to.URI...)
	}
	uri := x.target.uri
	if x.pass.value != nil && uri != "" {
		return append(b, uri...)
	}
	if uri == "" && r.ValidURI {
		return append(b, r.UnparsedURI...)
	}
	skip := 0
	if !r.Relocated {
		b = append(b, uri...)
		if uri != "" {
			skip = min(len(x.pass.location), len(r.URI))
		}
	}
	if r.Quoted || r.Internal {
		b = http1.AppendEscaped(b, r.URI[skip:], http1.EscapeURI)
	} else {
		b = append(b, r.URI[skip:]...)
	}
	if r.Args != "" {
		b = append(b, '?')
		b = append(b, r.Args...)
	}
	return b
}

// appendSet writes the lines that the configuration gives.
func (x *exchange) appendSet(u *upstreamhttp.Upstream, set *headers, b []byte) []byte {
	for i := range set.lines {
		l := &set.lines[i]
		switch l.kind {
		case lineText:
			b = append(b, l.text...)
		case lineValue:
			if v := l.value.Eval(u.R); v != "" {
				b = append(b, l.name...)
				b = append(b, v...)
				b = append(b, '\r', '\n')
			}
		case lineLength:
			if x.bodyLength >= 0 {
				b = append(b, l.name...)
				b = strconv.AppendInt(b, x.bodyLength, 10)
				b = append(b, '\r', '\n')
			}
		case lineCoding:
			if u.Chunked {
				b = append(b, l.text...)
			}
		case lineModified:
			if v, ok := u.Modified(); ok {
				b = append(append(append(b, l.name...), v...), '\r', '\n')
			}
		case lineETag:
			if v, ok := u.ETag(); ok {
				b = append(append(append(b, l.name...), v...), '\r', '\n')
			}
		}
	}
	return b
}
