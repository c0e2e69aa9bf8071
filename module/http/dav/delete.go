package dav

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/engine/httpd"
)

// remove is ngx_http_dav_delete_handler.
func remove(r *httpd.Request, cf *conf) httpd.Result {
	if r.HasBody() {
		r.Logf(errlog.Error, "DELETE with body is unsupported")
		return 415
	}
	if least := cf.minDepth.V; least > 0 && !deepEnough(r, least) {
		return 409
	}
	path, _, ok := r.MapURI(r.URI)
	if !ok {
		return 500
	}
	info, err := os.Lstat(path)
	if err != nil {
		missing := httpd.Result(404)
		if errno.Number(err) == errno.ENOTDIR {
			missing = 409
		}
		return failed(r, err, missing, "lstat()", path)
	}
	if !info.IsDir() {
		if d := depth(r, 0); d != 0 && d != infinity {
			r.Logf(errlog.Error, "\"Depth\" header must be 0 or infinity")
			return 400
		}
	} else {
		if !endsInSlash(r.URI) {
			r.LogErr(errlog.Error, errno.EISDIR, "DELETE \"%s\" failed", path)
			return 409
		}
		if depth(r, infinity) != infinity {
			r.Logf(errlog.Error, "\"Depth\" header must be infinity")
			return 400
		}
		path = strings.TrimSuffix(path, "/")
	}
	if res := removePath(r, path, info.IsDir()); res != httpd.OK {
		return res
	}
	return 204
}

// deepEnough tells whether something stands behind as many slashes as asked for.
func deepEnough(r *httpd.Request, least int) bool {
	d := 0
	for i := range len(r.URI) {
		if r.URI[i] != '/' {
			continue
		}
		if d++; d >= least && i+1 < len(r.URI) {
			return true
		}
	}
	r.Logf(errlog.Error, "insufficient URI depth:%d to DELETE", d)
	return false
}

// removePath removes a file, or a folder with all it has. What can't be removed
// inside is logged and left; the folder itself then fails.
func removePath(r *httpd.Request, path string, dir bool) httpd.Result {
	if !dir {
		if err := os.Remove(path); err != nil {
			return failed(r, err, 404, "unlink()", path)
		}
		return httpd.OK
	}
	var folders []string
	err := filepath.WalkDir(path, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			failed(r, err, 0, "opendir()", name)
			return nil
		case e.IsDir():
			folders = append(folders, name)
			return nil
		}
		if err := os.Remove(name); err != nil {
			failed(r, err, 0, "unlink()", name)
		}
		return nil
	})
	if err != nil {
		return 500
	}
	for i := len(folders) - 1; i > 0; i-- {
		if err := os.Remove(folders[i]); err != nil {
			failed(r, err, 0, "rmdir()", folders[i])
		}
	}
	if err := os.Remove(path); err != nil {
		return failed(r, err, 404, "rmdir()", path)
	}
	return httpd.OK
}
