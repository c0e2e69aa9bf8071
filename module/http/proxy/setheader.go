package proxy

import (
	"slices"
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// setHeader is a proxy_set_header.
type setHeader struct {
	name  string
	value *httpd.Value
}

// headerSets is the proxy_set_header directives of one level, shared by all
// levels that inherit them, and what was made of them.
type headerSets struct {
	list         []setHeader
	made, cached *headers
}

// headers is what the configuration says of a request's header.
type headers struct {
	host    *httpd.Value // nil: $proxy_host
	lines   []line
	replace upstreamhttp.Hidden // the client's headers of these names are not passed
}

// line is a header whose value depends on the request, or text that does not.
type line struct {
	text  string // constant lines, complete
	name  string // "Name: "
	value *httpd.Value
	kind  lineKind
}

type lineKind uint8

const (
	lineText lineKind = iota
	lineValue
	lineLength   // Content-Length of the body that is sent
	lineCoding   // Transfer-Encoding, if it is sent in chunks
	lineModified // If-Modified-Since of what is renewed in the cache
	lineETag     // If-None-Match of it
)

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

// standard are the headers that are always replaced (ngx_http_proxy_headers):
// hop-by-hop ones are dropped, the body's framing is ours.
var standard = []string{"Host", "Connection", "Proxy-Connection", "Content-Length", "Transfer-Encoding", "TE",
	"Keep-Alive", "Expect", "Upgrade"}

// conditional are those that are replaced besides where the response goes to the cache,
// which wants all of it (ngx_http_proxy_cache_headers).
var conditional = append(slices.Clip(standard), "If-Modified-Since", "If-Unmodified-Since", "If-None-Match", "If-Match", "Range", "If-Range")

// These are what levels without a proxy_set_header send.
var standardHeaders, standardCached = compile(nil, standard), compile(nil, conditional)

// headers gives the level's lines, made once for all levels that share them.
func (s *headerSets) headers() *headers {
	if s == nil {
		return standardHeaders
	}
	if s.made == nil {
		s.made = compile(s.list, standard)
	}
	return s.made
}

// whenCached is headers where the response goes to the cache.
func (s *headerSets) whenCached() *headers {
	if s == nil {
		return standardCached
	}
	if s.cached == nil {
		s.cached = compile(s.list, conditional)
	}
	return s.cached
}

// compile is ngx_http_proxy_init_headers.
func compile(list []setHeader, standard []string) *headers {
	h := new(headers)
	given := map[string]bool{}
	for _, x := range list {
		if strings.EqualFold(x.name, "Host") {
			h.host = x.value
			continue
		}
		given[strings.ToLower(x.name)] = true
		h.replace.Add(x.name)
		h.add(x)
	}
	for _, name := range standard {
		h.replace.Add(name)
		if given[strings.ToLower(name)] {
			continue
		}
		switch name {
		case "Content-Length":
			h.lines = append(h.lines, line{name: "Content-Length: ", kind: lineLength})
		case "Transfer-Encoding":
			h.lines = append(h.lines, line{text: "Transfer-Encoding: chunked\r\n", kind: lineCoding})
		case "If-Modified-Since":
			h.lines = append(h.lines, line{name: "If-Modified-Since: ", kind: lineModified})
		case "If-None-Match":
			h.lines = append(h.lines, line{name: "If-None-Match: ", kind: lineETag})
		}
	}
	return h
}

func (h *headers) add(x setHeader) {
	if !x.value.Literal() {
		h.lines = append(h.lines, line{name: x.name + ": ", value: x.value, kind: lineValue})
		return
	}
	if x.value.Text() == "" {
		return
	}
	text := x.name + ": " + x.value.Text() + "\r\n"
	if n := len(h.lines); n > 0 && h.lines[n-1].kind == lineText {
		h.lines[n-1].text += text
		return
	}
	h.lines = append(h.lines, line{text: text})
}
