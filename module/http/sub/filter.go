package sub

import (
	"unsafe"

	"moongate/engine/httpd"
)

// filterHeader is ngx_http_sub_header_filter.
func filterHeader(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	o := &r.Out
	if o.ContentLength == 0 || !cf.types.V.Has(r) {
		return httpd.OK
	}
	s := &search{once: cf.once.V}
	var values []*httpd.Value
	for _, p := range cf.pairs {
		if text := p.pattern.Eval(r); text != "" {
			s.add(text)
			values = append(values, p.value)
		}
	}
	if len(values) == 0 {
		return httpd.OK
	}
	f := &filter{search: s, values: values, known: make([]*string, len(values))}
	r.FilterNeedInMemory = true
	if r.IsMain() {
		o.ClearContentLength()
		if cf.lastModified.V {
			o.WeakETag(r)
		} else {
			o.ClearLastModified()
			o.ClearETag()
		}
	}
	r.UseBodyFilter(f.filter)
	return httpd.OK
}

// filter is one response's body filter.
type filter struct {
	search *search
	values []*httpd.Value
	known  []*string // values that have been evaluated
	held   []byte    // may be the beginning of a pattern
	out    []httpd.Buf
}

// value is a replacement, evaluated at its first use.
func (f *filter) value(r *httpd.Request, i int) string {
	if f.known[i] == nil {
		v := f.values[i].Eval(r)
		f.known[i] = &v
	}
	return *f.known[i]
}

// filter is ngx_http_sub_body_filter.
func (f *filter) filter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	if f.search.finished() && len(f.held) == 0 {
		return next.Write(in)
	}
	return httpd.InMemory(r, in, func(b httpd.Buf) error {
		data := b.B
		if len(f.held) > 0 {
			f.held = append(f.held, data...)
			data = f.held
		}
		f.out = f.out[:0]
		used := f.search.run(data, b.Last, func(plain []byte, found int) {
			if len(plain) > 0 {
				f.out = append(f.out, httpd.Buf{B: plain})
			}
			if found >= 0 {
				if v := f.value(r, found); v != "" {
					f.out = append(f.out, httpd.Buf{B: unsafe.Slice(unsafe.StringData(v), len(v)), Keep: true})
				}
			}
		})
		if b.Last || b.Flush {
			f.out = append(f.out, httpd.Buf{Last: b.Last, Flush: b.Flush})
		}
		if len(f.out) > 0 {
			if err := next.Write(f.out); err != nil {
				return err
			}
		}
		f.held = append(f.held[:0], data[used:]...)
		return nil
	})
}
