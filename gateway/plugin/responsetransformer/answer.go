package responsetransformer

import (
	"mime"
	"strings"

	"moongate/core/errlog"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
)

// Header implements plugin.Header.
func (i *instance) Header(x *plugin.Context) {
	out := transform.Out{R: x.R}
	isJSON := i.json && isJSON(x.R.Out.ContentType)
	for _, p := range i.remove.headers {
		out.Del(p.Name)
	}
	for _, p := range i.rename.headers {
		if values := out.Values(p.Name); values != nil && p.Value != "" {
			out.Del(p.Name)
			out.Set(p.Value, values[0])
			for _, v := range values[1:] {
				out.Add(p.Value, v)
			}
		}
	}
	for _, p := range i.replace.headers {
		if p.Value != "" && out.Values(p.Name) != nil {
			out.Set(p.Name, p.Value)
		}
	}
	for _, p := range i.add.headers {
		if p.Value != "" && out.Values(p.Name) == nil {
			out.Set(p.Name, p.Value)
		}
	}
	for _, p := range i.append.headers {
		if p.Value != "" {
			out.Add(p.Name, p.Value)
		}
	}
	if isJSON && !x.R.HeaderOnly {
		collected.Put(x.R, new(buffer))
		x.FilterBody()
	}
}

func isJSON(contentType string) bool {
	for part := range strings.SplitSeq(contentType, ",") {
		if media, _, err := mime.ParseMediaType(part); err == nil && media == "application/json" {
			return true
		}
	}
	return false
}

// buffer is the body so far.
type buffer struct{ b []byte }

var collected = httpd.NewSlot[buffer]()

// Body implements plugin.Body: what is changed as a whole is sent as a whole.
func (i *instance) Body(x *plugin.Context, in []httpd.Buf, next httpd.Sink) error {
	c := collected.Get(x.R)
	if c == nil {
		return next.Write(in)
	}
	last := false
	for k := range in {
		c.b = append(c.b, in[k].B...)
		last = last || in[k].Last
	}
	if !last {
		return nil
	}
	o, err := transform.ParseObject(c.b)
	if err != nil || len(c.b) == 0 {
		x.R.Logf(errlog.Warn, "gateway: response-transformer: body transform failed: failed parsing json body")
	} else {
		i.change(o)
		c.b = o.Bytes()
	}
	return next.Write([]httpd.Buf{{B: c.b, Last: true, Keep: true}})
}

func (i *instance) change(o *transform.Object) {
	for _, m := range i.remove.members {
		o.Remove(m.Name)
	}
	for _, m := range i.rename.members {
		if m.Value != "" {
			o.Rename(m.Name, m.Value)
		}
	}
	for _, m := range i.replace.members {
		if o.Has(m.Name) {
			o.Set(m.Name, m.value)
		}
	}
	for _, m := range i.add.members {
		if !o.Has(m.Name) {
			o.Set(m.Name, m.value)
		}
	}
	for _, m := range i.append.members {
		o.Append(m.Name, m.value)
	}
}
