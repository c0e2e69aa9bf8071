package tryfiles

import (
	"strings"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_try_files_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	path, root, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	base := path[:root]
	rt := r.Root()
	for i := range cf.tries {
		t := &cf.tries[i]
		name := t.name.Eval(r)
		if rt.Alias && rt.AliasLen > 0 && !t.name.Literal() && len(r.URI) >= rt.AliasLen && strings.HasPrefix(name, r.URI[:rt.AliasLen]) {
			name = name[rt.AliasLen:]
		}
		if i == len(cf.tries)-1 {
			return cf.fallback(r, name)
		}
		file := r.Concat(base, name)
		var of httpd.OpenFile
		if err := r.TestFile(file, &of); err != nil {
			if !err.Missing() {
				err.Log(r, errlog.Crit)
			}
			continue
		}
		if of.Info.IsDir() != t.dir {
			continue
		}
		found(r, rt, name, t.dir)
		return httpd.Declined
	}
	return httpd.Declined
}

// found makes the file the request's URI. What the client sent stays valid for
// proxies, as in nginx.
func found(r *httpd.Request, rt *httpd.Root, name string, dir bool) {
	switch {
	case !rt.Alias:
		r.URI = r.Concat(name)
	case rt.AliasLen < 0:
		if dir {
			return
		}
		r.URI, r.AddURIToAlias = r.Concat(name), true
	default:
		r.URI = r.Concat(r.URI[:rt.AliasLen], name)
	}
	r.Exten = http1.Ext(r.URI)
}

// fallback is the last argument.
func (cf *conf) fallback(r *httpd.Request, uri string) httpd.Result {
	if cf.code != 0 {
		return httpd.Result(cf.code)
	}
	if strings.HasPrefix(uri, "@") {
		return r.NamedLocation(uri)
	}
	path, args := http1.SplitArgs(uri)
	return r.InternalRedirect(path, args)
}
