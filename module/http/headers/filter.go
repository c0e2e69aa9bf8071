package headers

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// filter is ngx_http_headers_filter.
func filter(r *httpd.Request) httpd.Result {
	if !r.IsMain() {
		return httpd.OK
	}
	cf := httpd.Conf[conf](r, Module)
	safe := isSafe(r.Out.Status)
	if cf.expires.V.kind != expiresOff && safe {
		cf.expires.V.apply(r)
	}
	for i := range cf.headers {
		l := &cf.headers[i]
		if !safe && !l.always {
			continue
		}
		l.apply(r, l.value.Eval(r))
	}
	for i := range cf.trailers {
		if safe || cf.trailers[i].always {
			r.ExpectTrailers = true
			r.UseBodyFilter(trailers)
			break
		}
	}
	return httpd.OK
}

// isSafe tells whether a status gets the lines without "always".
func isSafe(status int) bool {
	switch status {
	case 200, 201, 204, 206, 301, 302, 303, 304, 307, 308:
		return true
	}
	return false
}

func (l *line) apply(r *httpd.Request, value string) {
	o := &r.Out
	switch l.kind {
	case lastModified:
		o.Del("Last-Modified")
		o.LastModified = -1
		if value == "" {
			return
		}
		// A date is kept as one, for the filters behind.
		if sec, ok := http1.ParseDate(value); ok && string(http1.AppendDate(nil, sec)) == value {
			o.LastModified = sec
			return
		}
		o.Add(l.name, value)
	case replaced:
		o.Del(l.name)
		if value != "" {
			o.Add(l.name, value)
		}
	default:
		if value != "" {
			o.Add(l.name, value)
		}
	}
}

// trailers is ngx_http_trailers_filter: the lines are evaluated at the end of
// the body.
func trailers(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	for i := range in {
		if !in[i].Last {
			continue
		}
		cf := httpd.Conf[conf](r, Module)
		safe := isSafe(r.Out.Status)
		for j := range cf.trailers {
			l := &cf.trailers[j]
			if !safe && !l.always {
				continue
			}
			if v := l.value.Eval(r); v != "" {
				r.Out.Trailers = append(r.Out.Trailers, httpd.Header{Name: l.name, Value: v})
			}
		}
		break
	}
	return next.Write(in)
}
