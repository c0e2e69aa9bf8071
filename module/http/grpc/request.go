package grpc

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/edge/wire/http2"
	"moongate/engine/httpd/upstreamhttp"
)

const anyStream = 1 // until the connection is known

// Create implements upstreamhttp.Protocol. A body that is here and small goes with the
// header.
func (x *exchange) Create(u *upstreamhttp.Upstream, b []byte) ([]byte, bool) {
	r := u.R
	var list []byte
	if x.to == nil {
		list = x.appendList(nil)
	} else {
		list = x.appendTarget(nil)
	}
	b = append(b, http2.Hello...)
	none := !u.NoBuffer && r.Body.Len == 0 || !u.Conf.PassBody
	b = http2.AppendHeaders(b, list, anyStream, none)
	small := !none && !u.NoBuffer && r.Body.File == nil && len(r.Body.Mem) <= http2.LeastFrame
	if small {
		b = append(http2.AppendHead(b, len(r.Body.Mem), http2.Data, http2.EndStream, anyStream), r.Body.Mem...)
	}
	u.OwnBody = none || small
	return b, true
}

// appendTarget writes the header of a request that another module passes on.
func (x *exchange) appendTarget(list []byte) []byte {
	u := &x.u
	r := u.R
	host := x.to.Host
	if u.PeerHost {
		host = u.Host
	}
	scheme := "http"
	if u.Secure {
		scheme = "https"
	}
	u.URI = x.to.URI
	list = http2.AppendField(list, ":method", r.MethodName)
	list = http2.AppendField(list, ":scheme", scheme)
	list = http2.AppendField(list, ":path", x.to.URI)
	list = http2.AppendField(list, ":authority", host)
	for line := range strings.SplitSeq(http1.View(x.to.Lines), "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok && !ofConnection(name) {
			list = http2.AppendField(list, name, value)
		}
	}
	if u.Conf.PassHeaders {
		for i := range r.In.List {
			if h := &r.In.List[i]; !ofConnection(h.Name) && (x.to.Without == nil || !x.to.Without.Has(h)) {
				list = http2.AppendField(list, h.Name, h.Value)
			}
		}
	}
	return http2.AppendField(list, "te", "trailers")
}

// ofConnection tells which headers do not go on: those that are about the connection, and
// what stands elsewhere. The length of the body is known by its end.
func ofConnection(name string) bool {
	switch http1.LookupHeader(name) {
	case http1.Host, http1.Connection, http1.KeepAlive, http1.TransferEncoding, http1.Upgrade, http1.ContentLength:
		return true
	}
	for _, other := range []string{"TE", "Proxy-Connection", "HTTP2-Settings"} {
		if http1.EqualFold(name, other) {
			return true
		}
	}
	return false
}
