package dav

import (
	"os"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_dav_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	if r.Method&cf.methods.V == 0 || r.URI == "" {
		return httpd.Declined
	}
	switch r.Method {
	case http1.PUT:
		return put(r, cf)
	case http1.DELETE:
		return remove(r, cf)
	case http1.MKCOL:
		return makeFolder(r, cf)
	case http1.COPY, http1.MOVE:
		return copyOrMove(r, cf)
	}
	return httpd.Declined
}

func endsInSlash(s string) bool { return strings.HasSuffix(s, "/") }

// makeFolder is ngx_http_dav_mkcol_handler.
func makeFolder(r *httpd.Request, cf *conf) httpd.Result {
	if r.HasBody() {
		r.Logf(errlog.Error, "MKCOL with body is unsupported")
		return 415
	}
	if !endsInSlash(r.URI) {
		r.Logf(errlog.Error, "MKCOL can create a collection only")
		return 409
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	path = strings.TrimSuffix(path, "/")
	if err := mkdir(path, folderAccess(cf.access.V)); err != nil {
		return failed(r, err, 409, "mkdir()", path)
	}
	location(r)
	return 201
}

// mkdir makes a folder with these permissions, as the umask allows.
func mkdir(path string, mode os.FileMode) error { return os.Mkdir(path, mode) }

// location is the URI of what was made, for the header.
func location(r *httpd.Request) {
	r.Out.Location = r.Copy(http1.AppendEscaped(nil, r.URI, http1.EscapeURI))
}

// The values of a Depth header.
const (
	infinity = -1
	wrong    = -2
)

// depth is ngx_http_dav_depth.
func depth(r *httpd.Request, otherwise int) int {
	v, ok := r.In.Known(http1.Depth)
	if !ok {
		return otherwise
	}
	switch v {
	case "0":
		return 0
	case "1":
		return 1
	case "infinity":
		return infinity
	}
	r.Logf(errlog.Error, "client sent invalid \"Depth\" header: \"%s\"", v)
	return wrong
}

// failed is ngx_http_dav_error: it logs what went wrong and gives the status.
func failed(r *httpd.Request, err error, missing httpd.Result, call, path string) httpd.Result {
	e := errno.Number(err)
	level, res := errlog.Error, httpd.Result(500)
	switch e {
	case errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG:
		res = missing
	case errno.EACCES, errno.EPERM:
		res = 403
	case errno.EEXIST:
		res = 405
	case errno.ENOSPC:
		level, res = errlog.Crit, 507
	default:
		level = errlog.Crit
	}
	r.LogErr(level, e, "%s \"%s\" failed", call, path)
	return res
}
