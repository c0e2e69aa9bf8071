package proxycache

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"

	"moongate/edge/wire/http1"
	"moongate/gateway/plugin"
)

// asked is room for what a digest is made of.
var asked = sync.Pool{New: func() any { b := make([]byte, 0, 512); return &b }}

// digestOf is what tells one question from another: who asks (if somebody has been
// authenticated), by which route, which version of the service, and what.
func (i *instance) digestOf(x *plugin.Context) digest {
	room := asked.Get().(*[]byte)
	defer asked.Put(room)
	r := x.R
	b := (*room)[:0]
	add := func(s string) { b = append(append(b, s...), '\n') }
	if x.Consumer != nil {
		add(x.Consumer.ID)
	} else {
		add(x.Credential)
	}
	add(x.Route.ID)
	if x.Service != nil {
		add(x.Service.ID)
	}
	add(x.Variant)
	add(r.MethodName)
	add(plugin.Scheme(r))
	add(r.Host)
	path, _, _ := strings.Cut(r.UnparsedURI, "?")
	if i.IgnoreCase {
		from := len(b)
		add(path)
		lower(b[from:])
	} else {
		add(path)
	}
	b = i.appendQuery(b, x)
	for _, name := range i.VaryHeaders {
		b = append(b, '\n')
		b = appendHeaders(b, r.In.List, name)
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
func (i *instance) appendQuery(b []byte, x *plugin.Context) []byte {
	args := x.R.Args
	if len(i.VaryParams) == 0 && strings.IndexByte(args, '&') < 0 {
		return append(b, args...)
	}
	var room [16]string
	list := room[:0]
	for pair := range strings.SplitSeq(args, "&") {
		if len(i.VaryParams) > 0 {
			name, _, _ := strings.Cut(pair, "=")
			if !slices.Contains(i.VaryParams, plugin.Unescape(x.R, name)) {
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
func variant(x *plugin.Context, names []http1.Header) digest {
	room := asked.Get().(*[]byte)
	defer asked.Put(room)
	b := (*room)[:0]
	for k := range names {
		b = append(appendHeaders(b, x.R.In.List, names[k].Name), '\n')
	}
	*room = b
	return sha256.Sum256(b)
}
