package charset

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// target is what a main request is recoded to, for its subrequests.
type target struct {
	name  string
	index int
}

var slot = httpd.NewSlot[target]()

// filterHeader is ngx_http_charset_header_filter.
func filterHeader(r *httpd.Request) httpd.Result {
	m := httpd.RequestMainConf[mainConf](r, Module)
	dst, res := destination(r, m)
	if res != httpd.OK {
		if res == httpd.Declined {
			return httpd.OK
		}
		return res
	}
	src, known, res := source(r, m)
	switch {
	case res != httpd.OK:
		return res
	case !known:
		setCharset(r, dst)
		return httpd.OK
	case dst.index == none || src.index == none:
		if src.index != dst.index || !http1.EqualFold(src.name, dst.name) {
			noMap(r, src, dst)
		} else {
			setCharset(r, dst)
		}
		return httpd.OK
	case src.index == dst.index:
		setCharset(r, dst)
		return httpd.OK
	}
	if v, ok := r.Out.Get("Content-Encoding"); ok && v != "" {
		return httpd.OK
	}
	t, back := m.between(src.index, dst.index)
	if t == nil {
		noMap(r, src, dst)
		return httpd.OK
	}
	setCharset(r, dst)
	slot.Put(r, &dst)
	r.FilterNeedInMemory = true
	if t.utf8 && r.IsMain() {
		r.Out.ClearContentLength()
	}
	r.UseBodyFilter((&recoder{t: t, back: back}).filter)
	return httpd.OK
}

func noMap(r *httpd.Request, src, dst target) {
	r.Logf(errlog.Error, "no \"charset_map\" between the charsets \"%s\" and \"%s\"", src.name, dst.name)
}

// destination is ngx_http_destination_charset, and for subrequests
// ngx_http_main_request_charset.
func destination(r *httpd.Request, m *mainConf) (target, httpd.Result) {
	if !r.IsMain() {
		if t := slot.Get(r.Main); t != nil {
			return *t, httpd.OK
		}
		name := r.Main.Out.Charset
		if name == "" {
			return target{}, httpd.Declined
		}
		return target{name, m.find(name)}, httpd.OK
	}
	o := &r.Out
	if o.ContentType == "" {
		return target{}, httpd.Declined
	}
	if name := r.OverrideCharset; name != "" {
		if i := m.find(name); i != none {
			return target{name, i}, httpd.OK
		}
		r.Logf(errlog.Error, "unknown charset \"%s\" to override", name)
		return target{}, httpd.Declined
	}
	cf := httpd.Conf[conf](r, Module)
	switch {
	case !cf.charset.V.on,
		o.Charset != "" && !cf.override.V,
		o.Charset == "" && !cf.types.V.Has(r):
		return target{}, httpd.Declined
	}
	return m.choose(r, cf.charset.V)
}

// source is ngx_http_source_charset; known is false when nobody says.
func source(r *httpd.Request, m *mainConf) (t target, known bool, res httpd.Result) {
	if name := r.Out.Charset; name != "" {
		return target{name, m.find(name)}, true, httpd.OK
	}
	c := httpd.Conf[conf](r, Module).source.V
	if !c.on {
		return t, false, httpd.OK
	}
	t, res = m.choose(r, c)
	return t, true, res
}

func (m *mainConf) choose(r *httpd.Request, c choice) (target, httpd.Result) {
	if !c.variable {
		return target{m.charsets[c.index], c.index}, httpd.OK
	}
	name, ok := r.Var(c.value)
	if !ok {
		return target{}, httpd.Error
	}
	return target{name, m.find(name)}, httpd.OK
}

// setCharset is ngx_http_set_charset: redirects have none, since old browsers
// took it for that of the page they lead to.
func setCharset(r *httpd.Request, dst target) {
	if !r.IsMain() {
		return
	}
	r.Out.Charset = dst.name
	if r.Out.Status == 301 || r.Out.Status == 302 {
		r.Out.Charset = ""
	}
}

// filter is ngx_http_charset_body_filter.
func (rc *recoder) filter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	return httpd.InMemory(r, in, func(b httpd.Buf) error {
		one := [1]httpd.Buf{{B: rc.run(b.B, b.Last), Last: b.Last, Flush: b.Flush}}
		if len(one[0].B) == 0 && !b.Last && !b.Flush {
			return nil
		}
		return next.Write(one[:])
	})
}
