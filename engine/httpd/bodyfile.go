package httpd

import (
	"io"

	"moongate/core/errlog"
)

// bodyToFile goes on with a temporary file.
func (r *Request) bodyToFile(buf []byte) Result {
	core := r.Loc.core
	f, err := CreateTemp(core.BodyTempPath.V, core.BodyInFileOnly.V != 0 || r.BodyKept)
	if err != nil {
		r.LogErr(errlog.Crit, err, "open() temporary file failed")
		return 500
	}
	if core.BodyInFileOnly.V == 0 {
		f.Remove = r.BodyKept
		r.Logf(errlog.Warn, "a client request body is buffered to a temporary file %s", f.Name)
	} else {
		r.Logf(errlog.Notice, "a client request body is buffered to a temporary file %s", f.Name)
		f.Remove = core.BodyInFileOnly.V == 2
	}
	r.Body.File = f
	return r.fillBodyFile(f, buf)
}

// ReadBodyToFile reads the whole body into a temporary file that keeps its name,
// for those who give it another (PUT). Unless File.Remove is cleared the file goes
// with the request.
func (r *Request) ReadBodyToFile() (*File, Result) {
	if r.Body.read || r.Parent != nil {
		return nil, OK
	}
	f, err := CreateTemp(r.Loc.core.BodyTempPath.V, true)
	if err != nil {
		r.LogErr(errlog.Crit, err, "open() temporary file failed")
		return nil, 500
	}
	f.Remove = true
	r.Body.read, r.Body.File = true, f
	if r.In.ContentLength <= 0 && !r.In.Chunked {
		r.Body.complete = true
		return f, OK
	}
	return f, r.fillBodyFile(f, make([]byte, 0, 16384))
}

// fillBodyFile writes what buf holds and all the rest of the body.
func (r *Request) fillBodyFile(f *File, buf []byte) Result {
	for {
		if len(buf) > 0 {
			if err := f.Append(buf); err != nil {
				r.LogErr(errlog.Crit, err, "pwrite() \"%s\" failed", f.Name)
				return 500
			}
		}
		if r.Body.complete {
			return OK
		}
		n, err := r.ReadBodyPart(buf[:cap(buf)])
		buf = buf[:n]
		if err != nil && err != io.EOF {
			return r.bodyFailed(err)
		}
	}
}
