package echo

import (
	"strconv"

	"moongate/engine/httpd"
)

// headerFilter puts the texts around the body in place.
func headerFilter(r *httpd.Request) httpd.Result {
	r.Out.ClearContentLength()
	r.Out.ClearAcceptRanges(r)
	cf := httpd.Conf[conf](r, Module)
	begun := false
	r.UseBodyFilter(func(r *httpd.Request, in []httpd.Buf, next httpd.Sink) error {
		if !begun {
			begun = true
			if err := write(r, cf.before, next); err != nil {
				return err
			}
		}
		last := false
		for i := range in {
			last = last || in[i].Last
		}
		if !last || cf.after == nil {
			return next.Write(in)
		}
		parts := append([]httpd.Buf(nil), in...)
		for i := range parts {
			parts[i].Last = false
		}
		if err := next.Write(parts); err != nil {
			return err
		}
		if err := write(r, cf.after, next); err != nil {
			return err
		}
		return next.Write([]httpd.Buf{{Last: true}})
	})
	return httpd.OK
}

func write(r *httpd.Request, cmds []command, next httpd.Sink) error {
	var b []byte
	for i := range cmds {
		b = cmds[i].text(b, r)
	}
	if len(b) == 0 {
		return nil
	}
	return next.Write([]httpd.Buf{{B: b}})
}

func itoa(n int) string { return strconv.Itoa(n) }
