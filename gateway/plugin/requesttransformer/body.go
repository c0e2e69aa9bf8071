package requesttransformer

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// body reads the request's body. ok is false when it is not to be had: res is what the
// request ends with, or Next for one that is too large for memory and stays as it is.
func body(r *httpd.Request) (text string, ok bool, res plugin.Result) {
	if res := r.ReadBody(); res != httpd.OK {
		return "", false, res
	}
	if r.Body.File != nil {
		r.Logf(errlog.Warn, "gateway: request-transformer: a body of %d bytes is larger than client_body_buffer_size and stays as it is", r.Body.Len)
		return "", false, plugin.Next
	}
	return http1.View(r.Body.Mem), true, plugin.Next
}

func (c *changes) ofBody(x *plugin.Context) plugin.Result {
	k := kindOf(x.R)
	if k == other {
		return plugin.Next
	}
	text, ok, res := body(x.R)
	if !ok {
		return res
	}
	if k == form {
		if f := transform.ParseForm(x.R, text); c.ofForm(x, f) {
			replaceBody(x.R, []byte(f.Text()))
		}
		return plugin.Next
	}
	o, err := transform.ParseObject([]byte(text))
	if err != nil {
		return plugin.Next // a body that can't be read is the service's affair
	}
	if c.ofObject(x, o, text != "") {
		replaceBody(x.R, o.Bytes())
	}
	return plugin.Next
}

// ofObject changes members, and tells whether it has. Values are texts, as in Kong.
func (c *changes) ofObject(x *plugin.Context, o *transform.Object, given bool) (changed bool) {
	if given {
		for k := range c.remove {
			changed = o.Remove(c.remove[k].name) || changed
		}
		for k := range c.rename {
			changed = o.Rename(c.rename[k].name, c.rename[k].to) || changed
		}
		for k := range c.replace {
			if ch := &c.replace[k]; o.Has(ch.name) {
				o.Set(ch.name, transform.Text(ch.value.Eval(x)))
				changed = true
			}
		}
	}
	for k := range c.add {
		if ch := &c.add[k]; !o.Has(ch.name) {
			o.Set(ch.name, transform.Text(ch.value.Eval(x)))
			changed = true
		}
	}
	for k := range c.append {
		o.Append(c.append[k].name, transform.Text(c.append[k].value.Eval(x)))
		changed = true
	}
	return changed
}

// replaceBody gives the service another body.
func replaceBody(r *httpd.Request, b []byte) {
	r.Body.Set(b, nil)
	r.In.ContentLength = r.Body.Len
	r.In.Set("Content-Length", r.Int(r.Body.Len))
	r.In.Chunked = false
	r.In.Del("Transfer-Encoding")
}
