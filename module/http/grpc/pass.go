package grpc

import (
	"sync"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// exchange is a call on its way to the server and back.
type exchange struct {
	u    upstreamhttp.Upstream
	to   *upstreamhttp.Target // nil: grpc_pass says where to
	conf *conf                // of grpc_pass
	goal goal

	wire wire
	in   feed

	header bool  // it has come
	hints  bool  // early ones have
	left   int64 // of the body by the header's word; -1: it does not say
	done   bool  // the stream has ended
	// leaving: the peer takes no more calls on this connection
	leaving bool
	// unwanted: it has said that it does not want the rest of the body
	unwanted bool
	got      int64 // bytes of messages since the stream's window was opened again

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
	x.to, x.conf, x.goal = nil, nil, goal{}
	x.reset()
	exchanges.Put(x)
}

func (x *exchange) reset() {
	x.in.reset()
	x.wire.reset()
	x.header, x.hints, x.done, x.leaving, x.unwanted, x.got, x.left = false, false, false, false, false, 0, -1
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
	u.Trailers = true
	u.Schema, u.Secure = "grpc://", t.Secure
	if t.Secure {
		u.Schema = "grpcs://"
	}
	u.Group, u.Addrs, u.Host, u.Port = t.Group, t.Addrs, t.Name, t.Port
	u.Except = t.Except
	u.PeerHost = t.Host == "" && t.Group != nil
	u.Resolve = t.Group == nil && len(t.Addrs) == 0
	res := x.run()
	x.to = nil // it is the caller's again
	return res
}

// run passes the call on. The client's body is passed on as it comes, unless it is here.
func (x *exchange) run() httpd.Result {
	u := &x.u
	r := u.R
	u.Buffering, u.ALPN = false, h2
	r.ExpectTrailers = true
	if r.IsMain() && r.HasBody() && !r.Body.Present() && !r.BodyArrived() {
		u.NoBuffer = true
	} else if res := r.ReadBody(); res != httpd.OK {
		r.AtEnd(x.end)
		return res
	}
	return u.Run()
}

// Reinit implements upstreamhttp.Protocol.
func (x *exchange) Reinit(*upstreamhttp.Upstream) { x.reset() }
