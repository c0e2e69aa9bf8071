package grpc

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http2"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// setHeader is a grpc_set_header.
type setHeader struct {
	name  string
	value *httpd.Value
}

// headerSets is the grpc_set_header directives of one level, shared by all levels that
// inherit them, and what was made of them.
type headerSets struct {
	list []setHeader
	made *headers
}

// headers is what the configuration says of a request's header.
type headers struct {
	host    *httpd.Value // nil: the server's
	list    []setHeader
	length  bool                // the client's Content-Length is passed on
	te      bool                // its TE, as far as trailers are concerned
	replace upstreamhttp.Hidden // the client's headers of these names are not passed
}

func readSetHeader(c *directive.Call, cf *conf) error {
	v, err := httpd.CompileArg(c, c.Args[1])
	if err != nil {
		return err
	}
	if cf.setsOf == nil {
		cf.setsOf = new(headerSets)
	}
	cf.setsOf.list = append(cf.setsOf.list, setHeader{c.Args[0], v})
	return nil
}

func inheritHeaders(parent, child *conf) {
	if child.setsOf == nil {
		child.setsOf = parent.setsOf
	}
}

// standard are the headers that are always replaced (ngx_http_grpc_headers): hop-by-hop
// ones are dropped.
var standard = []string{"Content-Length", "TE", "Host", "Connection", "Proxy-Connection", "Transfer-Encoding",
	"Keep-Alive", "Expect", "Upgrade"}

// standardHeaders is what levels without a grpc_set_header send.
var standardHeaders = compile(nil)

// headers gives the level's headers, made once for all levels that share them.
func (s *headerSets) headers() *headers {
	if s == nil {
		return standardHeaders
	}
	if s.made == nil {
		s.made = compile(s.list)
	}
	return s.made
}

// compile is ngx_http_grpc_init_headers.
func compile(list []setHeader) *headers {
	h := &headers{length: true, te: true}
	for _, x := range list {
		switch {
		case strings.EqualFold(x.name, "Host"):
			h.host = x.value
			continue
		case strings.EqualFold(x.name, "Content-Length"):
			h.length = false
		case strings.EqualFold(x.name, "TE"):
			h.te = false
		}
		h.replace.Add(x.name)
		h.list = append(h.list, x)
	}
	for _, name := range standard {
		h.replace.Add(name)
	}
	return h
}

// appendTo writes what the configuration gives, and what comes from the client.
func (h *headers) appendTo(b []byte, r *httpd.Request) []byte {
	for i := range h.list {
		if v := h.list[i].value.Eval(r); v != "" {
			b = http2.AppendField(b, h.list[i].name, v)
		}
	}
	if length, ok := r.In.Get("Content-Length"); ok && h.length {
		b = http2.AppendField(b, "content-length", length)
	}
	if h.te && wantsTrailers(r) {
		b = http2.AppendField(b, "te", "trailers")
	}
	for i := range r.In.List {
		if x := &r.In.List[i]; !h.replace.Has(x) {
			b = http2.AppendField(b, x.Name, x.Value)
		}
	}
	return b
}

// wantsTrailers is $grpc_internal_trailers.
func wantsTrailers(r *httpd.Request) bool {
	te, _ := r.In.Get("TE")
	for word := range strings.SplitSeq(te, ",") {
		word, _, _ = strings.Cut(word, ";")
		if strings.EqualFold(strings.TrimSpace(word), "trailers") {
			return true
		}
	}
	return false
}
