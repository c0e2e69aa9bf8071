package httpd

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
)

// takePseudo takes the fields that stand for HTTP/1's request line (RFC 9113
// section 8.3.1, ngx_http_v2_pseudo_header).
func (s *http2stream) takePseudo(name, value string) Result {
	r := s.r
	if r.Line != "" {
		return s.refuse(400, "client sent out of order pseudo-headers")
	}
	switch name {
	case "path":
		return s.takePath(value)
	case "method":
		return s.takeMethod(value)
	case "scheme":
		return s.takeScheme(value)
	case "authority":
		return s.takeAuthority(value)
	}
	r.Logf(errlog.Info, "client sent unknown pseudo-header \":%s\"", name)
	return 400
}

func (s *http2stream) takePath(value string) Result {
	r := s.r
	switch {
	case r.UnparsedURI != "":
		return s.refuse(400, "client sent duplicate :path header")
	case value == "":
		return s.refuse(400, "client sent empty :path header")
	}
	bad := value[0] != '/'
	for i := 0; i < len(value) && !bad; i++ {
		bad = value[i] <= 0x20 || value[i] == 0x7f
	}
	if bad {
		r.Logf(errlog.Info, "client sent invalid :path header: \"%s\"", value)
		return 400
	}
	u, ok := http1.ParseURI(bytesOf(value), r.serverCore().MergeSlashes.V, r.Alloc(len(value) + 1)[:0])
	if !ok {
		return s.refuse(400, "client sent invalid request")
	}
	r.UnparsedURI = value
	r.URI, r.Args, r.Exten = u.Path, u.Args, u.Ext
	r.Quoted, r.Plus, r.ValidURI = u.Quoted, u.Plus, true
	return 0
}

func (s *http2stream) takeMethod(value string) Result {
	r := s.r
	switch {
	case r.MethodName != "":
		return s.refuse(400, "client sent duplicate :method header")
	case value == "":
		return s.refuse(400, "client sent empty :method header")
	}
	r.MethodName, r.Method = value, http1.ParseMethod(value)
	if r.Method == http1.Unknown {
		for i := range len(value) {
			if c := value[i]; (c < 'A' || c > 'Z') && c != '_' && c != '-' {
				r.Logf(errlog.Info, "client sent invalid method: \"%s\"", value)
				return 400
			}
		}
	}
	return 0
}

func (s *http2stream) takeScheme(value string) Result {
	r := s.r
	switch {
	case r.Schema != "":
		return s.refuse(400, "client sent duplicate :scheme header")
	case value == "":
		return s.refuse(400, "client sent empty :scheme header")
	}
	for i := range len(value) {
		c := value[i]
		if low := c | 0x20; low >= 'a' && low <= 'z' || i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.') {
			continue
		}
		r.Logf(errlog.Info, "client sent invalid :scheme header: \"%s\"", value)
		return 400
	}
	r.Schema = value
	return 0
}

func (s *http2stream) takeAuthority(value string) Result {
	r := s.r
	if s.raw != "" {
		return s.refuse(400, "client sent duplicate \":authority\" header")
	}
	host, port, ok := http1.ParseHost(value, r.Alloc(len(value)))
	if !ok {
		return s.refuse(400, "client sent invalid \":authority\" header")
	}
	s.raw = value
	r.Host, r.Port = host, port
	if !r.chooseServer() {
		return 421
	}
	return 0
}

// requestLine is ngx_http_v2_construct_request_line, done when the first field
// that is no pseudo-header comes, or at the end.
func (s *http2stream) requestLine() Result {
	r := s.r
	switch {
	case r.Line != "":
		return 0
	case r.MethodName == "":
		return s.refuse(400, "client sent no :method header")
	case r.Schema == "":
		return s.refuse(400, "client sent no :scheme header")
	case r.UnparsedURI == "":
		return s.refuse(400, "client sent no :path header")
	}
	r.Line = r.Concat(r.MethodName, " ", r.UnparsedURI, " HTTP/2.0")
	return 0
}

// joinCookies makes one header of all cookies (RFC 9113 section 8.2.3).
func (s *http2stream) joinCookies() Result {
	switch len(s.cookie) {
	case 0:
		return 0
	case 1:
		return s.add("cookie", s.cookie[0])
	}
	return s.add("cookie", strings.Join(s.cookie, "; "))
}
