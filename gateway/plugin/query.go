package plugin

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Found is what there is of a name that may be given several times.
type Found struct {
	Value string // the first one
	Times int
	Bare  bool // the first one has no "="
}

// FindArg looks for a query argument, decoded.
func (x *Context) FindArg(name string) Found { return findArg(x.R, x.R.Args, name) }

func findArg(r *httpd.Request, args, name string) (f Found) {
	for rest := args; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		key, value, given := strings.Cut(pair, "=")
		if key == "" || Unescape(r, key) != name {
			continue
		}
		if f.Times++; f.Times == 1 {
			f.Value, f.Bare = Unescape(r, value), !given
		}
	}
	return f
}

// FindHeader looks for a header of the client.
func (x *Context) FindHeader(name string) (f Found) {
	list := x.R.In.List
	for i := range list {
		if !http1.EqualFold(list[i].Name, name) {
			continue
		}
		if f.Times++; f.Times == 1 {
			f.Value = list[i].Value
		}
	}
	return f
}

// HideArg takes an argument out of the query that the service gets. The others stay as
// they are written.
func (x *Context) HideArg(name string) { x.Out.Query = withoutArg(x.R, x.Out.Query, name) }

func withoutArg(r *httpd.Request, args, name string) string {
	if findArg(r, args, name).Times == 0 {
		return args
	}
	b := r.Alloc(len(args))[:0]
	for rest := args; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		if key, _, _ := strings.Cut(pair, "="); Unescape(r, key) == name {
			continue
		}
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = append(b, pair...)
	}
	return http1.View(b)
}
