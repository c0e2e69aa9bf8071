package lua

import (
	"errors"

	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// headerFilter runs header_filter_by_lua* and puts body_filter_by_lua* in place.
func headerFilter(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	if cf.bodyFilter != nil {
		r.FilterNeedInMemory = true
		r.UseBodyFilter(bodyFilter)
	}
	r.Debugf("lua header filter for user lua code, uri \"%s\"", r.URI)
	if cf.headerFilter == nil {
		return httpd.OK
	}
	x := of(r, cf)
	if x == nil {
		return httpd.Error
	}
	code, exited, ok := x.CallExit(vm.HeaderFilter, cf.headerFilter)
	switch {
	case !ok || exited && code == int(httpd.Error):
		return httpd.Error
	case exited:
		return r.FinalizeInFilter(code, func() { vm.Attach(r, x) })
	}
	return httpd.OK
}

var errBodyFilter = errors.New("body_filter_by_lua* failed")

// bodyFilter runs body_filter_by_lua* for each part of the body.
func bodyFilter(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
	cf := httpd.Conf[conf](r, Module)
	if cf.bodyFilter == nil || r.HeaderOnly {
		return next.Write(in)
	}
	x := of(r, cf)
	if x == nil {
		return errBodyFilter
	}
	if x.SeenLast {
		return nil
	}
	r.Debugf("lua body filter for user lua code, uri \"%s\"", r.URI)
	ended, err := filterBody(x, in, next, func() bool { return x.Call(vm.BodyFilter, cf.bodyFilter, nil, nil) })
	if ended {
		x.SeenLast = true
	}
	return err
}

// filterBody has code see a part of the body, and passes on what it makes of it. ended: the
// code has said that the body ends here.
func filterBody(x *vm.Ctx, in []httpd.Buf, next httpd.Sink, call func() bool) (ended bool, err error) {
	f := vm.FilterChunk{}
	flush := false
	for i := range in {
		b := &in[i]
		f.EOF = f.EOF || b.Last
		flush = flush || b.Flush
		switch {
		case b.File != nil:
			part := make([]byte, b.Len())
			if _, err := b.File.ReadAt(part, b.Off); err != nil {
				return false, err
			}
			f.Data = append(f.Data, part...)
		case len(in) == 1:
			f.Data = b.B
		default:
			f.Data = append(f.Data, b.B...)
		}
	}
	eof := f.EOF
	before := x.Filter
	x.Filter = &f
	ok := call()
	x.Filter = before
	if !ok {
		return false, errBodyFilter
	}
	ended = f.EOF && !eof
	if len(f.Data) == 0 && !f.EOF && !flush {
		return ended, nil
	}
	one := [1]httpd.Buf{{B: f.Data, Last: f.EOF, Flush: flush}}
	return ended, next.Write(one[:])
}
