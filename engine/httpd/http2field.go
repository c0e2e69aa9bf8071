package httpd

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// field takes one decoded field (ngx_http_v2_state_process_header).
func (h *http2conn) field(name, value string) {
	in := &h.in
	if in.bad != 0 {
		return
	}
	n := int64(len(name) + len(value))
	if n > in.room {
		h.info("client sent too large header")
		in.bad = http2EnhanceYourCalm
		return
	}
	in.room -= n
	s := in.open
	if s == nil || s.status != 0 {
		return
	}
	s.status = s.take(name, value)
}

// take puts a field into the request; the answer is a status when it may not
// be there.
func (s *http2stream) take(name, value string) Result {
	r := s.r
	core := r.serverCore()
	valid, ok := s.validate(name, value, core)
	if !ok {
		return 400
	}
	if name[0] == ':' {
		return s.takePseudo(name[1:], value)
	}
	if res := s.requestLine(); res != 0 {
		return res
	}
	if !valid && core.IgnoreInvalidHeaders.V {
		r.Logf(errlog.Info, "client sent invalid header: \"%s\"", name)
		return 0
	}
	if name == "cookie" {
		s.cookie = append(s.cookie, value)
		return 0
	}
	if len(r.In.List) >= core.MaxHeaders.V {
		r.Logf(errlog.Info, "client sent too many header lines")
		return statusHeaderTooLarge
	}
	return s.add(name, value)
}

// validate is ngx_http_v2_validate_header: ok is false for what RFC 9113
// section 8.2.1 calls malformed, valid for names nginx would rather not see.
func (s *http2stream) validate(name, value string, core *CoreConf) (valid, ok bool) {
	valid = true
	i := 0
	if name[0] == ':' {
		i = 1
	}
	for ; i < len(name); i++ {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c == '-', c >= '0' && c <= '9', c == '_' && core.UnderscoresInHeaders.V:
		case c <= 0x20, c == 0x7f, c == ':', c >= 'A' && c <= 'Z':
			s.r.Logf(errlog.Info, "client sent invalid header name: \"%s\"", name)
			return false, false
		default:
			valid = false
		}
	}
	for i := range len(value) {
		if c := value[i]; c == 0 || c == '\n' || c == '\r' {
			s.r.Logf(errlog.Info, "client sent header \"%s\" with invalid value: \"%s\"", name, value)
			return false, false
		}
	}
	return valid, true
}

// add appends a header and looks at those the engine knows.
func (s *http2stream) add(name, value string) Result {
	r := s.r
	r.In.List = append(r.In.List, Header{Name: name, Value: value, ID: http1.LookupHeader(name)})
	h := &r.In.List[len(r.In.List)-1]
	if h.ID != http1.OtherHeader && once[h.ID] {
		for i := range r.In.List[:len(r.In.List)-1] {
			if p := &r.In.List[i]; p.ID == h.ID {
				r.Logf(errlog.Info, "client sent duplicate header line: \"%s: %s\", previous value: \"%s: %s\"", h.Name, h.Value, p.Name, p.Value)
				return 400
			}
		}
	}
	switch h.ID {
	case http1.Host:
		host, port, ok := http1.ParseHost(value, r.Alloc(len(value)))
		if !ok {
			r.Logf(errlog.Info, "client sent invalid host header")
			return 400
		}
		if r.Host != "" {
			return 0
		}
		r.Host, r.Port = host, port
		if !r.chooseServer() {
			return 421
		}
	case http1.UserAgent:
		r.In.UserAgent = sniff(value)
	}
	return 0
}

// headDone is ngx_http_v2_run_request: the checks of a complete header.
func (s *http2stream) headDone() Result {
	r := s.r
	if r.Server == nil && !r.chooseServer() {
		return 421
	}
	if !r.Server.ground.core.HTTP2.V && !s.conn.listen.opts.HTTP2 {
		r.Logf(errlog.Info, "client attempted to request the server name for which the negotiated protocol is disabled")
		return 421
	}
	if res := s.requestLine(); res != 0 {
		return res
	}
	if res := s.joinCookies(); res != 0 {
		return res
	}
	if why := s.forbidden(); why != "" {
		return s.refuse(400, why)
	}
	if r.Host == "" {
		return s.refuse(400, "client sent neither \":authority\" nor \"Host\" header")
	}
	if s.raw != "" {
		if host, ok := r.In.Known(http1.Host); !ok {
			if res := s.add("host", s.raw); res != 0 { // for $http_host
				return res
			}
		} else if host != s.raw {
			return s.refuse(400, "client sent \":authority\" and \"Host\" headers with different values")
		}
	}
	if res := s.frameBody(); res != 0 {
		return res
	}
	switch r.Method {
	case http1.CONNECT:
		return s.refuse(405, "client sent CONNECT method")
	case http1.TRACE:
		return s.refuse(405, "client sent TRACE method")
	}
	return 0
}

func (s *http2stream) refuse(status Result, why string) Result {
	s.r.Logf(errlog.Info, "%s", why)
	return status
}

// forbidden looks for the headers that only HTTP/1 has (RFC 9113 section
// 8.2.2).
func (s *http2stream) forbidden() string {
	te := 0
	for i := range s.r.In.List {
		switch h := &s.r.In.List[i]; h.ID {
		case http1.Connection:
			return "client sent \"Connection\" header"
		case http1.TransferEncoding:
			return "client sent \"Transfer-Encoding\" header"
		case http1.Upgrade:
			return "client sent \"Upgrade\" header"
		case http1.TE:
			if te++; te > 1 || !http1.EqualFold(h.Value, "trailers") {
				return "client sent invalid \"TE\" header"
			}
		default:
			if h.Name == "keep-alive" {
				return "client sent \"Keep-Alive\" header"
			}
		}
	}
	return ""
}

// frameBody says how the body ends.
func (s *http2stream) frameBody() Result {
	r := s.r
	s.h.mu.Lock()
	closed := s.inClosed
	s.h.mu.Unlock()
	cl, ok := r.In.Known(http1.ContentLength)
	if !ok {
		r.In.Chunked = !closed
		return 0
	}
	n, good := http1.ParseLength(cl)
	if !good {
		return s.refuse(400, "client sent invalid \"Content-Length\" header")
	}
	r.In.ContentLength = n
	if n > 0 && closed {
		s.h.mu.Lock()
		s.skip = true
		s.h.mu.Unlock()
		return s.refuse(400, "client prematurely closed stream")
	}
	return 0
}
