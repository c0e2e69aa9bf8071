package dav

import (
	"os"
	"path/filepath"
	"time"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// put is ngx_http_dav_put_handler: the body goes into a temporary file, which
// then gets the name.
func put(r *httpd.Request, cf *conf) httpd.Result {
	if endsInSlash(r.URI) {
		r.Logf(errlog.Error, "cannot PUT to a collection")
		return 409
	}
	if _, ok := r.In.Known(http1.ContentRange); ok {
		r.Logf(errlog.Error, "PUT with range is unsupported")
		return 501
	}
	f, res := r.ReadBodyToFile()
	if res != httpd.OK {
		return res
	}
	if f == nil {
		r.Logf(errlog.Error, "PUT request body must be in a file")
		return 500
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	status := 201
	if info, err := os.Stat(path); err == nil {
		status = 204
		if info.IsDir() {
			r.LogErr(errlog.Error, errno.EISDIR, "\"%s\" could not be created", path)
			return 409
		}
	}
	if err := os.Chmod(f.Name, cf.access.V); err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "chmod() \"%s\" failed", f.Name)
		return 500
	}
	if v, ok := r.In.Known(http1.Date); ok {
		if sec, ok := http1.ParseDate(v); ok {
			t := time.Unix(sec, 0)
			if err := os.Chtimes(f.Name, t, t); err != nil {
				r.LogErr(errlog.Crit, errno.Number(err), "utimes() \"%s\" failed", f.Name)
				return 500
			}
		}
	}
	if !rename(r, f.Name, path, cf.fullPath.V, cf.access.V) {
		return 500
	}
	f.Remove = false
	if status == 201 {
		location(r)
		r.Out.ContentLength = 0
	}
	r.Out.Status = status
	r.HeaderOnly = true
	return r.SendHeader()
}

// rename is ngx_ext_rename_file: it may make folders on the way, and copies from
// one file system to another.
func rename(r *httpd.Request, from, to string, folders bool, access os.FileMode) bool {
	err := os.Rename(from, to)
	if errno.Number(err) == errno.ENOENT && folders {
		if e := os.MkdirAll(filepath.Dir(to), folderAccess(access)); e != nil {
			r.LogErr(errlog.Crit, errno.Number(e), "mkdir() \"%s\" failed", to)
			return false
		}
		err = os.Rename(from, to)
	}
	if errno.Number(err) == errno.EXDEV {
		if copyFile(r, from, to+".moving") && os.Rename(to+".moving", to) == nil {
			os.Remove(from)
			return true
		}
		os.Remove(to + ".moving")
		return false
	}
	if err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "rename() \"%s\" to \"%s\" failed", from, to)
		return false
	}
	return true
}
