package addition

import "moongate/engine/httpd"

// filterHeader is ngx_http_addition_header_filter.
func filterHeader(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	if r.Out.Status != 200 || !r.IsMain() || !cf.types.V.Has(r) {
		return httpd.OK
	}
	r.Out.ClearContentLength()
	r.Out.ClearAcceptRanges(r)
	r.Out.WeakETag(r)
	r.PreserveBody = true
	r.UseBodyFilter((&adder{conf: cf}).filter)
	return httpd.OK
}

// adder is one response's additions.
type adder struct {
	conf *conf
	sent bool // what goes before the body
	done bool
}

// filter is ngx_http_addition_body_filter.
func (a *adder) filter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	if a.done || r.HeaderOnly || len(in) == 0 {
		return next.Write(in)
	}
	if !a.sent {
		a.sent = true
		if err := add(r, a.conf.before.V); err != nil {
			return err
		}
	}
	if a.conf.after.V == "" {
		a.done = true
		return next.Write(in)
	}
	end := -1
	for i := range in {
		if in[i].Last {
			end = i
		}
	}
	if end < 0 {
		return next.Write(in)
	}
	// The parts are the writer's: the flag is taken off a copy.
	parts := append([]httpd.Buf(nil), in...)
	parts[end].Last = false
	if err := next.Write(parts); err != nil {
		return err
	}
	a.done = true
	if err := add(r, a.conf.after.V); err != nil {
		return err
	}
	fin := [1]httpd.Buf{{Last: true}}
	return next.Write(fin[:])
}

// add puts the answer of a location where the response is now. The request's
// variables are the subrequest's, so its memory stays until the request ends.
func add(r *httpd.Request, uri string) error {
	if uri == "" {
		return nil
	}
	sub, err := r.Subrequest(httpd.Sub{URI: uri})
	if err != nil {
		return err
	}
	r.AtEnd(sub.Free)
	sub.Run()
	return nil
}
