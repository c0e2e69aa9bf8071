package index

import (
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// handle is ngx_http_index_handler.
func handle(r *httpd.Request) httpd.Result {
	if n := len(r.URI); n == 0 || r.URI[n-1] != '/' || r.Method&(http1.GET|http1.HEAD|http1.POST) == 0 {
		return httpd.Declined
	}
	tested := false
	folder, ok := "", false
	for _, v := range httpd.Conf[conf](r, Module).names {
		name := v.Eval(r)
		if name != "" && name[0] == '/' {
			return r.InternalRedirect(name, r.Args)
		}
		if folder == "" {
			if folder, _, ok = r.MapURI(r.URI); !ok {
				return 500
			}
		}
		path := r.Concat(folder, name)
		var of httpd.OpenFile
		err := r.TestFile(path, &of)
		if err == nil {
			return r.InternalRedirect(r.Concat(r.URI, name), r.Args)
		}
		switch {
		case err.Linked():
			return 403
		case err.Err == errno.ENOTDIR, err.Err == errno.ENAMETOOLONG, err.Err == errno.EACCES:
			return missing(r, path, err.Err)
		}
		if !tested {
			if res := testFolder(r, folder, path); res != httpd.OK {
				return res
			}
			tested = true
		}
		if err.Err != errno.ENOENT {
			err.Log(r, errlog.Crit)
			return 500
		}
	}
	return httpd.Declined
}

// testFolder tells a folder without an index from a folder that is not there,
// once the first index was not found (ngx_http_index_test_dir).
func testFolder(r *httpd.Request, folder, path string) httpd.Result {
	if n := len(folder); n > 1 && folder[n-1] == '/' {
		folder = folder[:n-1]
	}
	var of httpd.OpenFile
	if err := r.TestFile(folder, &of); err != nil {
		switch {
		case err.Linked():
			return 403
		case err.Err == errno.ENOENT:
			return missing(r, path, errno.ENOENT)
		case err.Err == errno.EACCES:
			// The first index gave another error: the folder can be searched.
			return httpd.OK
		}
		err.Log(r, errlog.Crit)
		return 500
	}
	if of.Info.IsDir() {
		return httpd.OK
	}
	r.Logf(errlog.Alert, "\"%s\" is not a directory", path)
	return 500
}

// missing is ngx_http_index_error.
func missing(r *httpd.Request, path string, err errno.Error) httpd.Result {
	if err == errno.EACCES {
		r.LogErr(errlog.Error, err, "\"%s\" is forbidden", path)
		return 403
	}
	if r.Core().LogNotFound.V {
		r.LogErr(errlog.Error, err, "\"%s\" is not found", path)
	}
	return 404
}
