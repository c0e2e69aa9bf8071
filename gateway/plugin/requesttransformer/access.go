package requesttransformer

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// Access implements plugin.Access. All templates see the request as the client has sent
// it but for what has been changed before, in this order: path, method, headers, body,
// query.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	if i.uri != nil {
		path := i.uri.Eval(x)
		if !strings.HasPrefix(path, "/") {
			x.R.Logf(errlog.Error, "gateway: request-transformer: the path \"%s\" does not begin with \"/\"", path)
			return x.Answer(500, "An unexpected error occurred")
		}
		x.Out.Path = plugin.EscapePath(x.R, strings.NewReplacer("?", "%3F", "#", "%23").Replace(path))
	}
	if i.method != "" {
		if res := i.setMethod(x); res != plugin.Next {
			return res
		}
	}
	if i.headers.any {
		i.headers.ofHeaders(x)
	}
	if i.body.any {
		if res := i.body.ofBody(x); res != plugin.Next {
			return res
		}
	}
	if i.query.any {
		f := transform.ParseForm(x.R, x.Out.Query)
		i.query.ofForm(x, f)
		x.Out.Query = f.Text()
	}
	return plugin.Next
}

// setMethod changes the method. A form that becomes a GET also goes into the query.
func (i *instance) setMethod(x *plugin.Context) plugin.Result {
	x.R.MethodName = i.method
	if i.method != "GET" && i.method != "HEAD" && i.method != "TRACE" || kindOf(x.R) != form {
		return plugin.Next
	}
	text, ok, res := body(x.R)
	if !ok {
		return res
	}
	f := transform.ParseForm(x.R, x.Out.Query)
	f.AddAll(transform.ParseForm(x.R, text))
	x.Out.Query = f.Text()
	return plugin.Next
}

// ofHeaders changes the request's headers. Host is not among them, but replace may set it.
func (c *changes) ofHeaders(x *plugin.Context) {
	in := &x.R.In
	isHost := func(name string) bool { return http1.EqualFold(name, "host") }
	for k := range c.remove {
		if name := c.remove[k].name; !isHost(name) {
			in.Del(name)
		}
	}
	for k := range c.rename {
		ch := &c.rename[k]
		if _, there := in.Get(ch.name); !there || isHost(ch.name) || isHost(ch.to) {
			continue
		}
		if !http1.EqualFold(ch.name, ch.to) {
			in.Del(ch.to)
		}
		for j := range in.List {
			if h := &in.List[j]; http1.EqualFold(h.Name, ch.name) {
				h.Name, h.ID = ch.to, http1.LookupHeader(ch.to)
			}
		}
	}
	for k := range c.replace {
		ch := &c.replace[k]
		if isHost(ch.name) {
			x.Out.Host = ch.value.Header(x)
		} else if _, there := in.Get(ch.name); there {
			in.Set(ch.name, ch.value.Header(x))
		}
	}
	for k := range c.add {
		ch := &c.add[k]
		if _, there := in.Get(ch.name); !there && !isHost(ch.name) {
			in.Add(ch.name, ch.value.Header(x))
		}
	}
	for k := range c.append {
		if ch := &c.append[k]; !isHost(ch.name) {
			in.Add(ch.name, ch.value.Header(x))
		}
	}
}

// ofForm changes arguments, and tells whether it has.
func (c *changes) ofForm(x *plugin.Context, f *transform.Form) (changed bool) {
	if f.Len() > 0 {
		for k := range c.remove {
			changed = f.Remove(c.remove[k].name) || changed
		}
		for k := range c.rename {
			changed = f.Rename(c.rename[k].name, c.rename[k].to) || changed
		}
		for k := range c.replace {
			if ch := &c.replace[k]; f.Has(ch.name) {
				f.Set(ch.name, ch.value.Eval(x))
				changed = true
			}
		}
	}
	for k := range c.add {
		if ch := &c.add[k]; !f.Has(ch.name) {
			f.Append(ch.name, ch.value.Eval(x))
			changed = true
		}
	}
	for k := range c.append {
		f.Append(c.append[k].name, c.append[k].value.Eval(x))
		changed = true
	}
	return changed
}

// kind is what a body is.
type kind uint8

const (
	other kind = iota
	form
	object
)

func kindOf(r *httpd.Request) kind {
	v, _ := r.In.Known(http1.ContentType)
	v = strings.ToLower(v)
	switch {
	case strings.Contains(v, "application/json"):
		return object
	case strings.Contains(v, "application/x-www-form-urlencoded"):
		return form
	}
	return other
}
