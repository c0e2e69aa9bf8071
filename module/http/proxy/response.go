package proxy

import (
	"math"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd/upstreamhttp"
)

// Header implements upstreamhttp.Protocol (ngx_http_proxy_process_status_line and
// ngx_http_proxy_process_header).
func (x *exchange) Header(u *upstreamhttp.Upstream) upstreamhttp.Parsed {
	if !x.begun {
		if p, more := x.statusLine(u); !more {
			return p
		}
	}
	for {
		var h http1.Header
		n, res := http1.ParseUpstreamHeader(u.Unread(), &h)
		u.Skip(n)
		switch res {
		case http1.OK:
			if x.resp.Hints() {
				u.In.List = append(u.In.List, h)
				continue
			}
			if p := x.resp.Read(&h); p != http1.NoProblem {
				u.R.Logf(errlog.Error, "%s", x.resp.AppendProblem(nil, p, &h))
				return upstreamhttp.HeaderInvalid
			}
			u.TakeHeader(&h)
		case http1.HeaderDone:
			if x.resp.Hints() {
				x.begun = false
				return upstreamhttp.HeaderHints
			}
			x.headerDone(u)
			return upstreamhttp.HeaderDone
		case http1.Again:
			return upstreamhttp.HeaderMore
		default:
			text, bad := http1.BadHeader(u.Unread())
			u.R.Logf(errlog.Error, "upstream sent invalid header: \"%s\\x%02x...\"", text, bad)
			return upstreamhttp.HeaderInvalid
		}
	}
}

// statusLine begins a response; more is false when that is all that can be said.
func (x *exchange) statusLine(u *upstreamhttp.Upstream) (p upstreamhttp.Parsed, more bool) {
	var l http1.StatusLine
	in := u.Unread()
	n, res := http1.ParseStatusLine(in, &l)
	switch res {
	case http1.Again:
		return upstreamhttp.HeaderMore, false
	case http1.OK:
	default:
		// HTTP/0.9: all of it is the body, and the client gets no header either.
		u.R.Logf(errlog.Error, "upstream sent no valid HTTP/1.0 header")
		x.resp.ResetHTTP09()
		u.R.Version = http1.HTTP09
		u.R.KeepAlive = false
		u.Status(200)
		u.In.Length = -1
		return upstreamhttp.HeaderDone, false
	}
	u.Skip(n)
	u.Status(l.Code)
	u.In.Status, u.In.StatusLine = l.Code, l.Text(in)
	x.begun = true
	if p := x.resp.Reset(&l); p != http1.NoProblem {
		u.R.Logf(errlog.Error, "%s", x.resp.AppendProblem(nil, p, nil))
		return upstreamhttp.HeaderInvalid, false
	}
	return 0, true
}

// headerDone is the end of ngx_http_proxy_process_header.
func (x *exchange) headerDone(u *upstreamhttp.Upstream) {
	u.In.Length = x.resp.Length
	if x.resp.Chunked {
		u.In.Length = -1
	}
	u.Keep = x.resp.Body(x.head) == http1.NoBody && !x.resp.Close && x.resp.Code != 101
	if x.resp.Code == 101 {
		_, asked := u.R.In.Known(http1.Upgrade)
		u.Upgrade = x.resp.Upgraded(asked)
	}
}

// BeginBody implements upstreamhttp.Protocol (ngx_http_proxy_input_filter_init).
func (x *exchange) BeginBody(u *upstreamhttp.Upstream) {
	x.chunks = http1.Chunked{KeepTrailers: u.Conf.PassTrailers}
	x.trailing = false
	switch x.resp.Body(x.head) {
	case http1.NoBody:
		x.left = 0
	case http1.BodyLength:
		x.left = x.resp.Length
	default:
		x.left = -1
	}
}

// Body implements upstreamhttp.Protocol (ngx_http_proxy_copy_filter and
// ngx_http_proxy_chunked_filter).
func (x *exchange) Body(u *upstreamhttp.Upstream, in []byte) (n int, data []byte, res upstreamhttp.Body) {
	if x.resp.Chunked && x.left != 0 {
		return x.chunk(u, in)
	}
	if x.left < 0 {
		return len(in), in, upstreamhttp.BodyMore
	}
	data = in
	if int64(len(in)) > x.left {
		u.R.Logf(errlog.Warn, "upstream sent more data than specified in \"Content-Length\" header")
		data = in[:x.left]
		x.left = 0
		u.Keep = false
		return len(in), data, upstreamhttp.BodyDone
	}
	if x.left -= int64(len(in)); x.left == 0 {
		u.Keep = !x.resp.Close
		return len(in), data, upstreamhttp.BodyDone
	}
	return len(in), data, upstreamhttp.BodyMore
}

func (x *exchange) chunk(u *upstreamhttp.Upstream, in []byte) (n int, data []byte, res upstreamhttp.Body) {
	if x.trailing {
		return x.trailers(u, in)
	}
	n, size, r := x.chunks.Next(in)
	data = in[n-size : n]
	switch r {
	case http1.OK:
		return n, data, upstreamhttp.BodyData
	case http1.Again:
		return n, data, upstreamhttp.BodyMore
	case http1.BodyDone:
		if u.Conf.PassTrailers {
			x.trailing = true
			return n, data, upstreamhttp.BodyData
		}
		u.Keep = !x.resp.Close
		if n != len(in) {
			u.R.Logf(errlog.Warn, "upstream sent data after final chunk")
			u.Keep = false
		}
		return n, data, upstreamhttp.BodyDone
	}
	u.R.Logf(errlog.Error, "upstream sent invalid chunked response")
	return n, nil, upstreamhttp.BodyFailed
}

// trailers gathers the trailer, which may come in pieces, and parses it
// (ngx_http_proxy_process_trailer).
func (x *exchange) trailers(u *upstreamhttp.Upstream, in []byte) (n int, data []byte, res upstreamhttp.Body) {
	room := max(int(u.Conf.BufferSize)-len(x.trailer), 0)
	n = min(len(in), room)
	x.trailer = append(x.trailer, in[:n]...)
	// From the start each time: the trailer is small, and its bytes may have moved.
	u.In.Trailers = u.In.Trailers[:0]
	for at := 0; ; {
		var h http1.Header
		used, r := http1.ParseHeader(x.trailer[at:], &h)
		switch r {
		case http1.OK:
			at += used
			u.In.Trailers = append(u.In.Trailers, h)
		case http1.HeaderDone:
			at += used
			u.Keep = !x.resp.Close
			if at < len(x.trailer) || n < len(in) {
				u.R.Logf(errlog.Warn, "upstream sent data after trailers")
				u.Keep = false
			}
			return len(in), nil, upstreamhttp.BodyDone
		case http1.Again:
			if len(x.trailer) >= int(u.Conf.BufferSize) {
				u.R.Logf(errlog.Error, "upstream sent too big trailers")
				return n, nil, upstreamhttp.BodyFailed
			}
			return n, nil, upstreamhttp.BodyMore
		default:
			text, bad := http1.BadHeader(x.trailer[at:])
			u.R.Logf(errlog.Error, "upstream sent invalid trailer: \"%s\\x%02x...\"", text, bad)
			return n, nil, upstreamhttp.BodyFailed
		}
	}
}

// Wanted implements upstreamhttp.Protocol (p->length of nginx's filters).
func (x *exchange) Wanted(*upstreamhttp.Upstream) int64 {
	switch {
	case x.left < 0 && !x.resp.Chunked:
		return math.MaxInt64
	case x.left >= 0:
		return x.left
	case x.trailing:
		return 1
	}
	return x.chunks.Needs()
}

// AtEnd implements upstreamhttp.Protocol.
func (x *exchange) AtEnd(*upstreamhttp.Upstream) bool { return x.left < 0 && !x.resp.Chunked }
