package upstreamhttp

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Store is proxy_store: where responses are saved, nil Path for where the URI's
// file would be.
type Store struct {
	Path   *httpd.Value
	Access int
}

// store saves the body while the client gets it. A client that goes away does not
// end that.
func (u *Upstream) store() httpd.Result {
	r := u.R
	f, err := httpd.CreateTemp(u.Conf.TempPath, true)
	if err != nil {
		r.LogErr(errlog.Crit, err, "open() temporary file failed")
		return u.finish(httpd.Error)
	}
	x, lost := u.first(), r.HeaderOnly
	room := u.rest()
	for {
		for i := range u.parts {
			if err := f.Append(u.parts[i].B); err != nil {
				r.LogErr(errlog.Crit, err, "pwrite() \"%s\" failed", f.Name)
				x = wrong
			}
		}
		if !lost && u.flushPieces() != nil {
			lost = true
		}
		u.parts = u.parts[:0]
		if x != more {
			break
		}
		_, x = u.readMore(room)
	}
	whole := (x == done || x == ended) && (u.In.Length < 0 || u.In.Length == f.Size)
	if !whole || u.In.Status != 200 || !u.keepFile(f) {
		os.Remove(f.Name)
	}
	f.Close()
	if lost && !r.HeaderOnly {
		return u.finish(httpd.Error)
	}
	return u.finish(u.result(x))
}

// keepFile gives the file its place (ngx_ext_rename_file).
func (u *Upstream) keepFile(f *httpd.File) bool {
	r, s := u.R, u.Conf.Store
	path := ""
	if s.Path != nil {
		path = r.Server.HTTP().Cycle.Path(s.Path.Eval(r))
	} else {
		path = r.MapPath()
	}
	if path == "" {
		return false
	}
	if err := os.Chmod(f.Name, os.FileMode(s.Access)); err != nil {
		r.LogErr(errlog.Crit, err, "chmod() \"%s\" failed", f.Name)
		return false
	}
	if h, ok := u.lastModified(); ok {
		if err := os.Chtimes(f.Name, time.Time{}, h); err != nil {
			r.LogErr(errlog.Alert, err, "futimes() \"%s\" failed", f.Name)
		}
	}
	err := os.Rename(f.Name, path)
	if errors.Is(err, os.ErrNotExist) {
		// Who may read a file must be able to enter the folders.
		dirs := os.FileMode(s.Access | s.Access&0o444>>2)
		if err = os.MkdirAll(filepath.Dir(path), dirs); err != nil {
			r.LogErr(errlog.Crit, err, "mkdir() \"%s\" failed", filepath.Dir(path))
			return false
		}
		err = os.Rename(f.Name, path)
	}
	if err != nil {
		if err = copyFile(f, path, os.FileMode(s.Access)); err == nil {
			os.Remove(f.Name)
		}
	}
	if err != nil {
		r.LogErr(errlog.Crit, err, "rename() \"%s\" to \"%s\" failed", f.Name, path)
	}
	return err == nil
}

// copyFile is for a place on another file system: the file appears under its name
// when it is complete.
func copyFile(f *httpd.File, path string, mode os.FileMode) error {
	part := path + ".part"
	out, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, io.NewSectionReader(f, 0, f.Size))
	if e := out.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		os.Remove(part)
	}
	return err
}

func (u *Upstream) lastModified() (time.Time, bool) {
	for i := range u.In.List {
		if h := &u.In.List[i]; h.ID == http1.LastModified {
			if t, ok := http1.ParseDate(h.Value); ok {
				return time.Unix(t, 0), true
			}
		}
	}
	return time.Time{}, false
}
