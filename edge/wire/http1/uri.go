package http1

// URI is a request target as the phases see it.
type URI struct {
	Path    string // decoded and normalised, $uri
	Args    string // as sent, without '?' and fragment, $args
	Ext     string // behind the last dot of the last segment, for types
	Quoted  bool   // something was %-encoded
	Plus    bool   // the path has a '+'
	HasArgs bool   // there was a '?'
}

// ResolveURI makes the URI of a parsed request line, as ngx_http_process_request_uri. A simple path is a view into buf; one
// that must be normalised is written behind scratch[:0], which should have room for len(raw URI) + 1 bytes, else it is
// allocated. It fails (400, "client sent invalid request") for a bad %XX, %00 and a path above the root.
func (l *RequestLine) ResolveURI(buf []byte, mergeSlashes bool, scratch []byte) (u URI, ok bool) {
	raw := buf[l.URIStart:l.URIEnd]
	u.Quoted, u.Plus = l.Quoted, l.Plus
	if l.NeedsNormalizing() {
		return normalize(raw, l.EmptyPath, mergeSlashes, scratch, u)
	}
	u.plain(raw, int(l.ArgsStart-l.URIStart), int(l.ExtStart-l.URIStart))
	return u, true
}

// ParseURI does the same for a target that comes without a request line: ":path" of HTTP/2 and HTTP/3 (ngx_http_parse_uri).
// Spaces and an empty target are refused.
func ParseURI(raw []byte, mergeSlashes bool, scratch []byte) (u URI, ok bool) {
	var l RequestLine
	if len(raw) == 0 || raw[0] != '/' {
		return u, false
	}
	i, r := l.path(raw, 1)
	if r != Again || i != len(raw) {
		return u, false
	}
	l.URIEnd = int32(len(raw))
	return l.ResolveURI(raw, mergeSlashes, scratch)
}

// plain cuts a path that is usable as it is. args and ext are offsets, negative or 0 if there is none.
func (u *URI) plain(raw []byte, args, ext int) {
	end := len(raw)
	if args > 0 {
		end = args - 1
		u.Args = View(raw[args:])
		u.HasArgs = true
	}
	u.Path = View(raw[:end])
	if ext > 0 && ext < end {
		u.Ext = View(raw[ext:end])
	}
}

// SplitArgs parts "path?args" at the first '?' (ngx_http_split_args).
func SplitArgs(uri string) (path, args string) {
	for i := 0; i < len(uri); i++ {
		if uri[i] == '?' {
			return uri[:i], uri[i+1:]
		}
	}
	return uri, ""
}

// Ext is the extension of a path made otherwise than by a request line: what follows the last dot of the last segment, unless
// the segment begins with that dot (ngx_http_set_exten).
func Ext(path string) string {
	for i := len(path) - 1; i > 1; i-- {
		switch {
		case path[i] == '.' && path[i-1] != '/':
			return path[i+1:]
		case path[i] == '/':
			return ""
		}
	}
	return ""
}
