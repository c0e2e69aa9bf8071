package log

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// direct are variables of nearly every format that are read from the request
// itself: the same values as the variables have, without the way through them.
var direct = map[string]appender{
	"remote_addr":          appendRemoteAddr,
	"remote_user":          appendRemoteUser,
	"request":              appendRequest,
	"request_method":       appendMethod,
	"request_uri":          appendRequestURI,
	"http_host":            header(http1.Host),
	"http_referer":         header(http1.Referer),
	"http_user_agent":      header(http1.UserAgent),
	"http_x_forwarded_for": header(http1.XForwardedFor),
}

// An address needs no escapes in any of the ways to write it.
func appendRemoteAddr(b []byte, r *httpd.Request, _ *op) []byte { return r.AppendClientAddr(b) }

func appendRemoteUser(b []byte, r *httpd.Request, o *op) []byte {
	user, _ := r.BasicAuth()
	return o.append(b, user, user != "")
}

func appendRequest(b []byte, r *httpd.Request, o *op) []byte { return o.append(b, r.Main.Line, true) }

func appendMethod(b []byte, r *httpd.Request, o *op) []byte {
	return o.append(b, r.Main.MethodName, r.Main.MethodName != "")
}

func appendRequestURI(b []byte, r *httpd.Request, o *op) []byte {
	return o.append(b, r.Main.UnparsedURI, r.Main.UnparsedURI != "")
}

// header appends a request header that stands once; the variable joins those
// that were repeated.
func header(id http1.HeaderID) appender {
	return func(b []byte, r *httpd.Request, o *op) []byte {
		list := r.In.List
		at := -1
		for i := range list {
			if list[i].ID != id {
				continue
			}
			if at >= 0 {
				v, ok := r.Var(o.index)
				return o.append(b, v, ok)
			}
			at = i
		}
		if at < 0 {
			return o.append(b, "", false)
		}
		return o.append(b, list[at].Value, true)
	}
}

// append writes a value the way the format has it.
func (o *op) append(b []byte, v string, ok bool) []byte {
	switch {
	case o.escape == escapeDefault && !ok:
		return append(b, '-')
	case o.escape == escapeDefault:
		return appendEscaped(b, v)
	case o.escape == escapeJSON:
		return appendJSON(b, v)
	}
	return append(b, v...)
}
