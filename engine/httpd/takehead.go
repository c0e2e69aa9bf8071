package httpd

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// once are the headers that may stand only once in a request
// (ngx_http_process_unique_header_line).
var once = [http1.NumHeaders]bool{
	http1.Host: true, http1.IfModifiedSince: true, http1.IfUnmodifiedSince: true, http1.IfMatch: true,
	http1.IfNoneMatch: true, http1.ContentLength: true, http1.ContentRange: true, http1.IfRange: true,
	http1.TransferEncoding: true, http1.Expect: true, http1.Authorization: true,
}

// takeHeader looks at one of the headers the engine knows (ngx_http_headers_in).
func (r *Request) takeHeader(h *Header) bool {
	if once[h.ID] {
		text := "client sent duplicate header line: \"%s: %s\", previous value: \"%s: %s\""
		if h.ID == http1.Host {
			text = "client sent duplicate host header: \"%s: %s\", previous value: \"%s: %s\""
		}
		for i := range r.In.List[:len(r.In.List)-1] {
			if p := &r.In.List[i]; p.ID == h.ID {
				r.Logf(errlog.Info, text, h.Name, h.Value, p.Name, p.Value)
				r.answer(400)
				return false
			}
		}
	}
	switch h.ID {
	case http1.Host:
		host, port, ok := http1.ParseHost(h.Value, r.Alloc(len(h.Value)))
		if !ok {
			r.Logf(errlog.Info, "client sent invalid host header")
			r.answer(400)
			return false
		}
		if r.lineHost {
			return true // the request line's counts
		}
		r.Host, r.Port = host, port
		return r.pickServer()
	case http1.Connection:
		if containsFold(h.Value, "close") {
			r.In.ConnClose, r.In.ConnKeepAlive = true, false // the last header counts
		} else if containsFold(h.Value, "keep-alive") {
			r.In.ConnClose, r.In.ConnKeepAlive = false, true
		}
	case http1.UserAgent:
		r.In.UserAgent = sniff(h.Value)
	}
	return true
}

// sniff is ngx_http_process_user_agent: browsers with known faults.
func sniff(ua string) userAgent {
	var u userAgent
	if i := strings.Index(ua, "MSIE "); i >= 0 && i+7 < len(ua) {
		u |= uaMSIE
		if ua[i+6] == '.' && ua[i+5] >= '4' && ua[i+5] <= '6' {
			if ua[i+5] != '6' || !strings.Contains(ua[i+8:], "SV1") {
				u |= uaMSIE6
			}
		}
	}
	switch {
	case strings.Contains(ua, "Opera"):
		return 0
	case u&uaMSIE != 0, strings.Contains(ua, "Gecko/"):
	case strings.Contains(ua, "Chrome/"):
		u |= uaChrome
	case strings.Contains(ua, "Safari/") && strings.Contains(ua, "Mac OS X"):
		u |= uaSafari
	}
	return u
}

// checkHead is ngx_http_process_request_header.
func (r *Request) checkHead() bool {
	if r.Server == nil && !r.pickServer() {
		return false
	}
	_, hasHost := r.In.Known(http1.Host)
	if !hasHost && r.Version > http1.HTTP10 {
		return r.refuse(400, "client sent HTTP/1.1 request without \"Host\" header")
	}
	cl, hasCL := r.In.Known(http1.ContentLength)
	if hasCL {
		n, ok := http1.ParseLength(cl)
		if !ok {
			return r.refuse(400, "client sent invalid \"Content-Length\" header")
		}
		r.In.ContentLength = n
	}
	if te, ok := r.In.Known(http1.TransferEncoding); ok {
		switch {
		case r.Version < http1.HTTP11:
			return r.refuse(400, "client sent HTTP/1.0 request with \"Transfer-Encoding\" header")
		case !http1.EqualFold(te, "chunked"):
			r.Logf(errlog.Info, "client sent unknown \"Transfer-Encoding\": \"%s\"", te)
			r.answer(501)
			return false
		case hasCL:
			return r.refuse(400, "client sent \"Content-Length\" and \"Transfer-Encoding\" headers at the same time")
		}
		r.In.Chunked = true
	}
	if r.Method == http1.CONNECT {
		if r.Version != http1.HTTP11 || !r.serverCore().AllowConnect.V {
			return r.refuse(405, "client sent CONNECT method")
		}
		if r.In.ContentLength > 0 || r.In.Chunked {
			return r.refuse(400, "client sent CONNECT request with body")
		}
	}
	if r.Method == http1.TRACE {
		return r.refuse(405, "client sent TRACE method")
	}
	return true
}

func (r *Request) refuse(status Result, why string) bool {
	r.Logf(errlog.Info, "%s", why)
	r.answer(status)
	return false
}

func containsFold(s, lower string) bool {
	for i := 0; i+len(lower) <= len(s); i++ {
		if http1.EqualFold(s[i:i+len(lower)], lower) {
			return true
		}
	}
	return false
}
