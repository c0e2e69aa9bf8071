package proxy

import (
	"sync"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// exchange is a request on its way to the server and back
// (ngx_http_proxy_ctx_t and ngx_http_upstream_t in one).
type exchange struct {
	u      upstreamhttp.Upstream
	conf   *conf
	pass   *pass
	to     *upstreamhttp.Target // nil unless another module has chosen it
	target target

	head       bool  // HEAD: no body follows
	bodyLength int64 // of the request; -1 when it is not known

	// The response.
	begun    bool // the status line has been parsed
	resp     http1.Response
	chunks   http1.Chunked
	left     int64 // of the body; -1 up to the end of the connection
	trailing bool  // the chunks are over, trailers follow
	trailer  []byte

	end func() // release, bound once
}

var (
	slot      = httpd.NewSlot[exchange]()
	exchanges sync.Pool
)

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
	x.conf, x.pass, x.to = nil, nil, nil
	x.target = target{}
	x.trailer = x.trailer[:0]
	exchanges.Put(x)
}

// handle is ngx_http_proxy_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	if cf.pass == nil {
		// The handler is that of an if{}, the settings are those of another one.
		r.Logf(errlog.Alert, "no upstream configuration")
		return 500
	}
	x := newExchange()
	x.conf, x.pass = cf, cf.pass
	u := &x.u
	u.Begin(r, &cf.up, x, x.end)
	slot.Put(r, x)
	if p := cf.pass; p.value == nil {
		x.target = p.target
		u.Group = p.group
	} else if !x.eval() {
		r.AtEnd(x.end)
		return 500
	}
	u.Schema, u.Secure = x.target.schema, x.target.secure
	if len(cf.redirects) > 0 && cf.redirect != off {
		u.Redirect = rewriteRedirect
	}
	if cf.domainSet != nil || cf.pathSet != nil || cf.flagSet != nil {
		u.Cookie = rewriteCookie
	}
	x.reset()
	if res := x.requestBody(); res != httpd.OK {
		r.AtEnd(x.end)
		return res
	}
	return u.Run()
}

// requestBody reads the body, or decides to pass it on unread.
func (x *exchange) requestBody() httpd.Result {
	r, cf, u := x.u.R, x.conf, &x.u
	x.bodyLength = r.In.ContentLength
	if !u.Conf.RequestBuffering && cf.setBody.V == nil && u.Conf.PassBody && r.IsMain() && r.HasBody() && !r.Body.Present() &&
		(!r.In.Chunked || cf.version.V == 11) && !r.BodyArrived() {
		u.NoBuffer, u.Chunked = true, r.In.Chunked
		return httpd.OK
	}
	if res := r.ReadBody(); res != httpd.OK {
		return res
	}
	if r.In.Chunked || r.Body.Present() && (r.Body.Len > 0 || x.bodyLength > 0) {
		x.bodyLength = r.Body.Len
	}
	return httpd.OK
}

// reset prepares for a response.
func (x *exchange) reset() {
	x.begun, x.trailing = false, false
	x.chunks = http1.Chunked{}
	x.left = -1
	x.trailer = x.trailer[:0]
}

// Reinit implements upstreamhttp.Protocol.
func (x *exchange) Reinit(*upstreamhttp.Upstream) { x.reset() }
