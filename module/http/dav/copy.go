package dav

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// copyOrMove is ngx_http_dav_copy_move_handler.
func copyOrMove(r *httpd.Request, cf *conf) httpd.Result {
	if r.HasBody() {
		r.Logf(errlog.Error, "COPY and MOVE with body are unsupported")
		return 415
	}
	t, res := destination(r)
	if res != httpd.OK {
		return res
	}
	if d := depth(r, infinity); d != infinity {
		if r.Method == http1.COPY && d != 0 {
			r.Logf(errlog.Error, "\"Depth\" header must be 0 or infinity")
			return 400
		}
		if r.Method == http1.MOVE {
			r.Logf(errlog.Error, "\"Depth\" header must be infinity")
			return 400
		}
	}
	over, ok := overwrite(r)
	if !ok {
		return 400
	}
	from, _, ok1 := r.MapURI(r.URI)
	to, _, ok2 := r.MapURI(t.uri)
	if !ok1 || !ok2 {
		return 500
	}
	from, to = mergeSlashes(from), mergeSlashes(to)
	slash := endsInSlash(to)
	to = strings.TrimSuffix(to, "/")
	if !t.different(r, from, to, slash) {
		return 403
	}
	there, err := os.Lstat(to)
	switch {
	case err != nil && errno.Number(err) != errno.ENOENT:
		return failed(r, err, 404, "lstat()", to)
	case err != nil:
		over = false
	case there.IsDir() && !slash:
		r.Logf(errlog.Error, "\"%s\" could not be %sed to collection \"%s\"", r.URI, r.MethodName, t.header)
		return 409
	case !over:
		r.LogErr(errlog.Error, errno.EEXIST, "\"%s\" could not be created", to)
		return 412
	}
	info, err := os.Lstat(from)
	if err != nil {
		return failed(r, err, 404, "lstat()", from)
	}
	event.Block() // may take long
	if !info.IsDir() {
		return copyOrMoveFile(r, cf, from, to)
	}
	if !endsInSlash(r.URI) {
		r.Logf(errlog.Error, "\"%s\" is collection", r.URI)
		return 400
	}
	if over {
		if res := removePath(r, to, there.IsDir()); res != httpd.OK {
			return res
		}
	}
	return copyOrMoveFolder(r, strings.TrimSuffix(from, "/"), to, info)
}

func copyOrMoveFile(r *httpd.Request, cf *conf, from, to string) httpd.Result {
	if r.Method == http1.MOVE {
		if rename(r, from, to, true, cf.access.V) {
			return 204
		}
	} else if copyFile(r, from, to) {
		return 204
	}
	return 500
}

func copyOrMoveFolder(r *httpd.Request, from, to string, info fs.FileInfo) httpd.Result {
	if r.Method == http1.MOVE && os.Rename(from, to) == nil {
		return 201
	}
	if err := mkdir(to, info.Mode().Perm()); err != nil {
		return failed(r, err, 404, "mkdir()", to)
	}
	if copyTree(r, from, to) != nil {
		return 500
	}
	if r.Method == http1.MOVE {
		if res := removePath(r, from, true); res != httpd.OK {
			return res
		}
	}
	return 201
}

// copyTree copies what is in a folder; what fails is logged and left out.
func copyTree(r *httpd.Request, from, to string) error {
	return filepath.WalkDir(from, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name == from {
			return nil
		}
		dest := to + name[len(from):]
		info, err := e.Info()
		switch {
		case err != nil:
		case e.IsDir():
			if err := mkdir(dest, folderAccess(info.Mode().Perm())); err != nil {
				failed(r, err, 0, "mkdir()", dest)
			}
		case info.Mode().IsRegular():
			copyFile(r, name, dest)
		}
		return nil
	})
}

// copyFile is ngx_copy_file: bytes, permissions and time.
func copyFile(r *httpd.Request, from, to string) bool {
	in, err := os.Open(from)
	if err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "open() \"%s\" failed", from)
		return false
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "fstat() \"%s\" failed", from)
		return false
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, info.Mode().Perm())
	if err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "open() \"%s\" failed", to)
		return false
	}
	_, err = io.Copy(out, in)
	if e := out.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chtimes(to, info.ModTime(), info.ModTime())
	}
	if err != nil {
		r.LogErr(errlog.Crit, errno.Number(err), "write() \"%s\" failed", to)
		return false
	}
	return true
}
