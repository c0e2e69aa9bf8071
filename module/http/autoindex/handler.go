package autoindex

import (
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_autoindex_handler.
func handle(r *httpd.Request) httpd.Result {
	if n := len(r.URI); n == 0 || r.URI[n-1] != '/' || r.Method&(http1.GET|http1.HEAD) == 0 {
		return httpd.Declined
	}
	cf := httpd.Conf[conf](r, Module)
	if !r.DiscardBody() {
		r.KeepAlive = false
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	if n := len(path); n > 1 {
		path = path[:n-1]
	}
	kind, callback := cf.format.V, ""
	if kind == asJSONP {
		if callback, ok = callbackName(r); !ok {
			return 400
		}
		if callback == "" {
			kind = asJSON
		}
	}
	d, err := openFolder(path)
	if err != nil {
		return cannotOpen(r, path, errno.Number(err))
	}
	defer d.Close()
	r.Out.Status = 200
	switch kind {
	case asJSON:
		r.Out.ContentType = "application/json"
	case asJSONP:
		r.Out.ContentType = "application/javascript"
	case asXML:
		r.Out.ContentType, r.Out.Charset = "text/xml", "utf-8"
	default:
		r.Out.ContentType = "text/html"
	}
	if res := r.SendHeader(); res == httpd.Error || res > httpd.OK || r.HeaderOnly {
		return res
	}
	list, ok := readFolder(r, d, path)
	if !ok {
		return httpd.Error
	}
	var page []byte
	switch kind {
	case asJSON, asJSONP:
		page = appendJSON(page, list, callback)
	case asXML:
		page = appendXML(page, list)
	default:
		page = appendHTML(page, list, cf, r.URI, http1.EqualFold(r.Out.Charset, "utf-8"))
	}
	if r.WriteOne(httpd.Buf{B: page, Keep: true, Last: true}) != nil {
		return httpd.Error
	}
	return httpd.OK
}

// callbackName is the argument "callback", checked
// (ngx_http_autoindex_jsonp_callback).
func callbackName(r *httpd.Request) (string, bool) {
	name, _ := http1.Arg(r.Args, "callback")
	if len(name) > 128 {
		r.Logf(errlog.Info, "client sent too long callback name: \"%s\"", name)
		return "", false
	}
	for i := range len(name) {
		c := name[i]
		if l := c | 0x20; !(l >= 'a' && l <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '.') {
			r.Logf(errlog.Info, "client sent invalid callback name: \"%s\"", name)
			return "", false
		}
	}
	return name, true
}

func cannotOpen(r *httpd.Request, path string, e errno.Error) httpd.Result {
	level, res := errlog.Crit, httpd.Result(500)
	switch e {
	case errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG:
		level, res = errlog.Error, 404
	case errno.EACCES:
		level, res = errlog.Error, 403
	}
	r.LogErr(level, e, "opendir() \"%s\" failed", path)
	return res
}
