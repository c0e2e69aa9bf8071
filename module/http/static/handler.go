package static

import (
	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_static_handler.
func handle(r *httpd.Request) httpd.Result {
	if r.Method&(http1.GET|http1.HEAD|http1.POST) == 0 {
		return 405
	}
	if n := len(r.URI); n > 0 && r.URI[n-1] == '/' {
		return httpd.Declined
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	var of httpd.OpenFile
	if err := r.OpenFile(path, &of); err != nil {
		return err.Answer(r)
	}
	if of.Info.IsDir() {
		return redirect(r)
	}
	f := of.File
	if !of.Info.IsRegular() {
		f.Close()
		r.Logf(errlog.Crit, "\"%s\" is not a regular file", path)
		return 404
	}
	if r.Method == http1.POST {
		f.Close()
		return 405
	}
	if !r.DiscardBody() {
		r.KeepAlive = false
	}
	before := r.Doing("sending response to client")
	res := r.SendFile(f, of.Info.Size, of.Info.Mtime)
	r.Doing(before)
	f.Close()
	return res
}

// redirect adds the slash that a folder's URI lacks.
func redirect(r *httpd.Request) httpd.Result {
	var scratch [512]byte
	b := http1.AppendEscaped(scratch[:0], r.URI, http1.EscapeURI)
	b = append(b, '/')
	if r.Args != "" {
		b = append(append(b, '?'), r.Args...)
	}
	r.Out.Location = r.Copy(b)
	return 301
}
