package memcached

import (
	"bytes"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/edge/wire/memcached"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// exchange is a request on its way to the server and back.
type exchange struct {
	u    upstreamhttp.Upstream
	conf *conf
	key  string // as sent; a view of the request's bytes
	item memcached.Item
	end  func() // release, bound once
}

var exchanges sync.Pool

func newExchange() *exchange {
	if x, _ := exchanges.Get().(*exchange); x != nil {
		return x
	}
	x := new(exchange)
	x.end = x.release
	return x
}

func (x *exchange) release() {
	x.u.Release()
	x.conf, x.key = nil, ""
	exchanges.Put(x)
}

// handle is ngx_http_memcached_handler.
func handle(r *httpd.Request) httpd.Result {
	if r.Method&(http1.GET|http1.HEAD) == 0 {
		return 405
	}
	if !r.DiscardBody() {
		return httpd.Error
	}
	r.SetContentType()
	x := newExchange()
	x.conf = httpd.Conf[conf](r, Module)
	u := &x.u
	u.Begin(r, &x.conf.up, x, x.end)
	u.Schema, u.Group = "memcached://", x.conf.group
	return u.Run()
}

// Create implements upstreamhttp.Protocol (ngx_http_memcached_create_request).
func (x *exchange) Create(u *upstreamhttp.Upstream, b []byte) ([]byte, bool) {
	key, _ := u.R.CachedVar(x.conf.key)
	if key == "" {
		u.R.Logf(errlog.Error, "the \"$memcached_key\" variable is not set")
		return b, false
	}
	b = append(b, "get "...)
	from := len(b)
	b = http1.AppendEscaped(b, key, http1.EscapeMemcached)
	x.key = http1.View(b[from:])
	u.R.Debugf("http memcached request: \"%s\"", x.key)
	return append(b, '\r', '\n'), true
}

// Reinit implements upstreamhttp.Protocol.
func (x *exchange) Reinit(*upstreamhttp.Upstream) {}

// Header implements upstreamhttp.Protocol (ngx_http_memcached_process_header).
func (x *exchange) Header(u *upstreamhttp.Upstream) upstreamhttp.Parsed {
	in := u.Unread()
	at := bytes.IndexByte(in, '\n')
	if at < 0 {
		return upstreamhttp.HeaderMore
	}
	if at == 0 || in[at-1] != '\r' {
		u.R.Logf(errlog.Error, "memcached sent invalid response: \"%s\"", in[:at])
		return upstreamhttp.HeaderInvalid
	}
	line := http1.View(in[:at-1])
	u.R.Debugf("memcached: \"%s\"", line)
	v, f := memcached.ParseValue(line, x.key)
	switch f {
	case memcached.Hit:
		return x.hit(u, line, v, at+1)
	case memcached.Miss:
		u.R.Logf(errlog.Info, "key: \"%s\" was not found by memcached", x.key)
		u.Skip(at + 1)
		u.Status(404)
		u.In.Status, u.In.Length, u.Keep = 404, 0, true
		x.item.None()
		return upstreamhttp.HeaderDone
	case memcached.WrongKey:
		u.R.Logf(errlog.Error, "memcached sent invalid key in response \"%s\" for key \"%s\"", line, x.key)
	case memcached.BadLength:
		u.R.Logf(errlog.Error, "memcached sent invalid length in response \"%s\" for key \"%s\"", line, x.key)
	default:
		u.R.Logf(errlog.Error, "memcached sent invalid response: \"%s\"", line)
	}
	return upstreamhttp.HeaderInvalid
}

// hit makes a header of an item's first line, which with its end is n bytes long.
func (x *exchange) hit(u *upstreamhttp.Upstream, line string, v memcached.Value, n int) upstreamhttp.Parsed {
	if bit := int64(x.conf.gzipFlag.V); bit != 0 {
		flags, ok := memcached.Flags(v.Flags)
		if !ok {
			u.R.Logf(errlog.Error, "memcached sent invalid flags in response \"%s\" for key \"%s\"", line, x.key)
			return upstreamhttp.HeaderInvalid
		}
		if flags&bit != 0 {
			u.R.Out.List = append(u.R.Out.List, http1.Header{Name: "Content-Encoding", Value: "gzip", ID: http1.ContentEncoding})
		}
	}
	u.Skip(n)
	u.Status(200)
	u.In.Status, u.In.Length = 200, v.Length
	x.item.Begin(v.Length)
	return upstreamhttp.HeaderDone
}

// BeginBody implements upstreamhttp.Protocol.
func (x *exchange) BeginBody(*upstreamhttp.Upstream) {}

// Body implements upstreamhttp.Protocol (ngx_http_memcached_filter).
func (x *exchange) Body(u *upstreamhttp.Upstream, in []byte) (n int, data []byte, res upstreamhttp.Body) {
	data, done, ok := x.item.Next(in)
	switch {
	case !ok:
		u.R.Logf(errlog.Error, "memcached sent invalid trailer")
	case !done:
		return len(in), data, upstreamhttp.BodyMore
	default:
		u.Keep = true
	}
	return len(in), data, upstreamhttp.BodyDone
}

// Wanted implements upstreamhttp.Protocol.
func (x *exchange) Wanted(*upstreamhttp.Upstream) int64 { return x.item.Wanted() }

// AtEnd implements upstreamhttp.Protocol.
func (x *exchange) AtEnd(*upstreamhttp.Upstream) bool { return false }
