package rewrite

import (
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// test is ngx_http_script_file_code: -f, -d, -e and -x.
func (in *instr) test(r *httpd.Request, path string) bool {
	var of httpd.OpenFile
	if err := r.TestFile(path, &of); err != nil {
		if !err.Missing() {
			err.Log(r, errlog.Crit)
		}
		return false
	}
	switch in.file {
	case 'f':
		return of.Info.IsRegular()
	case 'd':
		return of.Info.IsDir()
	case 'x':
		return of.Info.Executable()
	}
	return of.Info.IsRegular() || of.Info.IsDir()
}
