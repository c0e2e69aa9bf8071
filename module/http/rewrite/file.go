package rewrite

import "moongate/engine/httpd"

// test is ngx_http_script_file_code: -f, -d, -e and -x.
func (in *instr) test(r *httpd.Request, path string) (bool, httpd.Result) {
	var of httpd.OpenFile
	if err := r.TestFile(path, &of); err != nil {
		if !err.Missing() {
			err.Log(r)
		}
		return false, httpd.OK
	}
	switch in.file {
	case 'f':
		return of.Info.IsRegular(), httpd.OK
	case 'd':
		return of.Info.IsDir(), httpd.OK
	case 'x':
		return of.Info.Executable(), httpd.OK
	}
	return true, httpd.OK
}
