package proxycache

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// asked is room for what a digest is made of.
var asked = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

// question is what tells one answer from another: who asks (if somebody has been
// authenticated), by which route, which version of the service, and what.
type question struct {
	who, route, service, variant       string
	method, scheme, host, target, args string
	headers                            []http1.Header
	r                                  *httpd.Request // for its memory; nil where there is none
}

func questionOf(x *plugin.Context) question {
	r := x.R
	q := question{who: x.Credential, route: x.Route.ID, variant: x.Variant, method: r.MethodName, scheme: plugin.Scheme(r), host: r.Host, target: r.UnparsedURI, args: r.Args, headers: r.In.List, r: r}
	if x.Consumer != nil {
		q.who = x.Consumer.ID
	}
	if x.Service != nil {
		q.service = x.Service.ID
	}
	return q
}

func (i *instance) digestOf(q *question) digest {
	room := asked.Get().(*[]byte)
	defer asked.Put(room)
	b := (*room)[:0]
	add := func(s string) { b = append(append(b, s...), '\n') }
	add(q.who)
	add(q.route)
	if q.service != "" {
		add(q.service)
	}
	add(q.variant)
	add(q.method)
	add(q.scheme)
	add(q.host)
	path, _, _ := strings.Cut(q.target, "?")
	from := len(b)
	if add(path); i.IgnoreCase {
		lower(b[from:])
	}
	b = i.appendQuery(b, q)
	for _, name := range i.VaryHeaders {
		b = append(b, '\n')
		b = appendHeaders(b, q.headers, name)
	}
	*room = b
	return sha256.Sum256(b)
}

func lower(b []byte) {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
}

// appendQuery appends the arguments that count, in an order of their own.
func (i *instance) appendQuery(b []byte, q *question) []byte {
	args := q.args
	if len(i.VaryParams) == 0 && strings.IndexByte(args, '&') < 0 {
		return append(b, args...)
	}
	var room [16]string
	list := room[:0]
	for pair := range strings.SplitSeq(args, "&") {
		if len(i.VaryParams) > 0 {
			name, _, _ := strings.Cut(pair, "=")
			if !slices.Contains(i.VaryParams, plugin.Unescape(q.r, name)) {
				continue
			}
		}
		list = append(list, pair)
	}
	slices.Sort(list)
	for _, pair := range list {
		b = append(append(b, pair...), '&')
	}
	return b
}

// appendHeaders appends the values of a header.
func appendHeaders(b []byte, list []http1.Header, name string) []byte {
	for k := range list {
		if h := &list[k]; http1.EqualFold(h.Name, name) {
			b = append(append(b, h.Value...), ',')
		}
	}
	return b
}

// variant is the digest of the headers by which answers differ.
func variant(asking, names []http1.Header) digest {
	room := asked.Get().(*[]byte)
	defer asked.Put(room)
	b := (*room)[:0]
	for k := range names {
		b = append(appendHeaders(b, asking, names[k].Name), '\n')
	}
	*room = b
	return sha256.Sum256(b)
}
