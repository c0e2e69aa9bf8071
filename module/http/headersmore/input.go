package headersmore

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle runs the commands on the request's header.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	for i := range cf.in {
		m := &cf.in[i]
		if m.types != nil {
			if mime, _ := r.In.Known(http1.ContentType); !m.wants(mime) {
				continue
			}
		}
		for j := range m.headers {
			m.headers[j].applyInput(r, m.replace)
		}
	}
	return httpd.Declined
}

// applyInput sets or removes one header of the request, with what the server has
// read from it.
func (h *header) applyInput(r *httpd.Request, replace bool) {
	in := &r.In
	v := h.eval(r)
	if replace {
		if _, there := in.Get(h.name); !there {
			return
		}
	}
	if v == "" {
		in.List = h.removeFrom(in.List)
	} else {
		in.Set(h.name, v)
	}
	switch h.known {
	case host:
		r.Host = strings.ToLower(v)
	case contentLength:
		was := in.ContentLength
		in.ContentLength = -1
		if n, ok := http1.ParseLength(v); ok {
			in.ContentLength = n
		}
		if in.ContentLength != was && r.IsMain() && !r.Body.Present() {
			// Where the body ends is no longer known: nothing may be read behind it.
			r.KeepAlive = false
		}
	case connection:
		in.ConnClose = hasWord(v, "close")
		in.ConnKeepAlive = !in.ConnClose && hasWord(v, "keep-alive")
	}
}

// hasWord looks for a word in any case, as nginx does for Connection.
func hasWord(v, word string) bool { return strings.Contains(strings.ToLower(v), word) }
