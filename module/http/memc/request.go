package memc

import (
	"strconv"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/edge/wire/memcached"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// Create implements upstreamhttp.Protocol (ngx_http_memc_request.c).
func (x *exchange) Create(u *upstreamhttp.Upstream, b []byte) ([]byte, bool) {
	r := u.R
	b = append(b, x.name...)
	switch x.cmd {
	case memcached.Stats, memcached.Version:
		u.OwnBody = true
		return append(b, '\r', '\n'), true
	case memcached.FlushAll:
	default:
		key, _ := r.CachedVar(x.vars.key)
		if key == "" {
			r.Logf(errlog.Error, "the \"$memc_key\" variable is not set")
			return b, false
		}
		b = append(b, ' ')
		from := len(b)
		b = http1.AppendEscaped(b, key, http1.EscapeMemcached)
		x.key = http1.View(b[from:])
		r.Debugf("http memcached request: \"%s\"", x.key)
	}
	if x.cmd.Stores() {
		return x.appendValue(u, b)
	}
	u.OwnBody = true
	switch x.cmd {
	case memcached.Delete, memcached.FlushAll:
		if v, _ := r.CachedVar(x.vars.exptime); v != "" {
			b = append(append(b, ' '), v...)
		}
	case memcached.Incr, memcached.Decr:
		v, _ := r.CachedVar(x.vars.value)
		b = append(append(b, ' '), v...)
	}
	return append(b, '\r', '\n'), true
}

// appendValue writes the rest of a command that stores: $memc_value, or the body
// of the request, which is sent behind.
func (x *exchange) appendValue(u *upstreamhttp.Upstream, b []byte) ([]byte, bool) {
	r := u.R
	value, given := r.CachedVar(x.vars.value)
	length := int64(len(value))
	if !given {
		if length = r.Body.Len; length == 0 {
			r.Logf(errlog.Error, "neither the \"$memc_value\" variable nor the request body is available")
			return b, false
		}
	}
	b = x.appendNumber(b, x.vars.flags)
	b = x.appendNumber(b, x.vars.exptime)
	b = append(b, ' ')
	b = strconv.AppendInt(b, length, 10)
	b = append(b, '\r', '\n')
	if given {
		u.OwnBody = true
		b = append(b, value...)
		return append(b, '\r', '\n'), true
	}
	u.Tail = "\r\n"
	return b, true
}

// appendNumber writes a variable that defaults to 0.
func (x *exchange) appendNumber(b []byte, i httpd.VarIndex) []byte {
	v, _ := x.u.R.CachedVar(i)
	if v == "" {
		v = "0"
		x.u.R.SetVar(i, v)
	}
	return append(append(b, ' '), v...)
}
