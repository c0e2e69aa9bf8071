package grpc

import (
	"sync"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// exchange is a call on its way to the server and back.
type exchange struct {
	u  upstreamhttp.Upstream
	to *upstreamhttp.Target

	wire wire
	in   feed

	header bool // it has come
	done   bool // the stream has ended
	got    int64

	end func() // release, bound once
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
	x.to = nil
	x.reset()
	exchanges.Put(x)
}

func (x *exchange) reset() {
	x.in.reset()
	x.wire.reset()
	x.header, x.done, x.got = false, false, 0
}

var h2 = []string{"h2"}

// PassTo passes a call to a target. It is an upstreamhttp.Pass. Messages go both ways as
// they come.
func PassTo(r *httpd.Request, t *upstreamhttp.Target) httpd.Result {
	x := newExchange()
	x.to = t
	x.reset()
	u := &x.u
	u.Begin(r, t.Conf, x, x.end)
	u.Buffering, u.Trailers, u.ALPN = false, true, h2
	u.Schema, u.Secure = "grpc://", t.Secure
	if t.Secure {
		u.Schema = "grpcs://"
	}
	u.Group, u.Addrs, u.Host, u.Port = t.Group, t.Addrs, t.Name, t.Port
	u.Except = t.Except
	u.PeerHost = t.Host == "" && t.Group != nil
	u.Resolve = t.Group == nil && len(t.Addrs) == 0
	r.ExpectTrailers = true
	if r.IsMain() && r.HasBody() && !r.Body.Present() && !r.BodyArrived() {
		u.NoBuffer = true
	} else if res := r.ReadBody(); res != httpd.OK {
		r.AtEnd(x.end)
		return res
	}
	res := u.Run()
	x.to = nil // it is the caller's again
	return res
}

// Reinit implements upstreamhttp.Protocol.
func (x *exchange) Reinit(*upstreamhttp.Upstream) { x.reset() }
