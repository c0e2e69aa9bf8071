package log

import (
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/engine/httpd"
)

// writePath writes a line to a file whose name has variables
// (ngx_http_log_script_write). Nothing is written for a site that has no folder,
// so that made-up host names make no files.
func (t *target) writePath(r *httpd.Request, line []byte) {
	var of httpd.OpenFile
	root := r.DocumentRoot()
	if e := r.TestFile(root, &of); e != nil {
		r.LogErr(errlog.Error, e.Err, "testing \"%s\" existence failed", root)
		return
	}
	if !of.Info.IsDir() {
		r.LogErr(errlog.Error, errno.Error(errno.ENOTDIR), "testing \"%s\" existence failed", root)
		return
	}
	name := t.path.Eval(r)
	r.Debugf("http log \"%s\"", name)
	f, err := httpd.Conf[conf](r, Module).cache.V.open(name)
	if err != nil {
		r.LogErr(errlog.Crit, err, "open() \"%s\" failed", name)
		return
	}
	n, err := f.Write(line)
	t.guard.check(r.ErrorLog(), name, n, len(line), err)
	f.done()
}
