package randomindex

import (
	"math/rand/v2"
	"os"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_random_index_handler.
func handle(r *httpd.Request) httpd.Result {
	if n := len(r.URI); n == 0 || r.URI[n-1] != '/' || r.Method&(http1.GET|http1.HEAD|http1.POST) == 0 {
		return httpd.Declined
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	if n := len(path); n > 1 && path[n-1] == '/' {
		path = path[:n-1]
	}
	d, err := os.Open(path)
	if err != nil {
		return cannotOpen(r, path, errno.Number(err))
	}
	entries, err := d.ReadDir(-1)
	d.Close()
	if err != nil {
		if e := errno.Number(err); e == errno.ENOTDIR {
			return cannotOpen(r, path, e)
		}
		r.LogErr(errlog.Crit, errno.Number(err), "readdir() \"%s\" failed", path)
		return 500
	}
	var names []string
	for _, e := range entries {
		if e.Name()[0] == '.' {
			continue
		}
		regular := e.Type().IsRegular()
		if e.Type()&os.ModeSymlink != 0 {
			var info file.Info
			regular = file.Stat(path+"/"+e.Name(), &info) == 0 && info.IsRegular()
		}
		if regular {
			names = append(names, e.Name())
		}
	}
	if len(names) == 0 {
		return httpd.Declined
	}
	return r.InternalRedirect(r.Concat(r.URI, names[rand.IntN(len(names))]), r.Args)
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
