package httpd

import (
	"sync"

	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
)

// OpenFile is what OpenFile and TestFile have found out about a path
// (ngx_open_file_info_t).
type OpenFile struct {
	File *File // nil after TestFile and for folders; the caller closes it
	Info file.Info
}

// FileError is a file that could not be opened or looked at.
type FileError struct {
	Call string // "open()", "stat()", "openat()"
	Path string
	Err  errno.Error
}

func (e *FileError) Error() string { return e.Call + " \"" + e.Path + "\" failed" }

// Missing tells that there is no such file.
func (e *FileError) Missing() bool {
	return e.Err == errno.ENOENT || e.Err == errno.ENOTDIR || e.Err == errno.ENAMETOOLONG
}

// Forbidden tells that the file may not be read, Linked that a symbolic link
// stands in the way.
func (e *FileError) Forbidden() bool { return e.Err == errno.EACCES || e.Linked() }
func (e *FileError) Linked() bool    { return e.Err == errno.EMLINK || e.Err == errno.ELOOP }

// Log writes the error in nginx's words.
func (e *FileError) Log(r *Request, level errlog.Level) {
	r.LogErr(level, e.Err, "%s \"%s\" failed", e.Call, e.Path)
}

// Answer logs the error as modules that serve files do, and gives the status to
// answer with.
func (e *FileError) Answer(r *Request) Result {
	level, status := errlog.Crit, Result(500)
	switch {
	case e.Missing():
		level, status = errlog.Error, 404
	case e.Forbidden():
		level, status = errlog.Error, 403
	}
	if status != 404 || r.Loc.core.LogNotFound.V {
		e.Log(r, level)
	}
	return status
}

// OpenFile opens a file for reading, through open_file_cache where there is one
// (ngx_open_cached_file). Folders are looked at only.
func (r *Request) OpenFile(path string, of *OpenFile) *FileError {
	core := r.Loc.core
	links, from := r.links(path)
	if c := core.OpenFileCache.V; c != nil {
		return c.open(core, path, links, from, false, of)
	}
	return openFile(path, links, from, of)
}

// TestFile is OpenFile for those who only want to know what the path is.
func (r *Request) TestFile(path string, of *OpenFile) *FileError {
	core := r.Loc.core
	links, from := r.links(path)
	if c := core.OpenFileCache.V; c != nil {
		err := c.open(core, path, links, from, true, of)
		if of.File != nil {
			of.File.Close()
			of.File = nil
		}
		return err
	}
	return statFile(path, links, from, of)
}

// openFile opens without a cache. NonBlock keeps a FIFO from holding us up.
func openFile(path string, links file.Links, from int, of *OpenFile) *FileError {
	var fd, e int
	call := "open()"
	if links == file.AllLinks {
		fd, e = file.Open(path, file.ReadOnly|file.NonBlock, 0)
	} else {
		fd, call, e = file.OpenLinks(path, file.ReadOnly|file.NonBlock, links, from)
	}
	if e != 0 {
		return &FileError{call, path, errno.Error(e)}
	}
	if e := file.Fstat(fd, &of.Info); e != 0 {
		file.Close(fd)
		return &FileError{"fstat()", path, errno.Error(e)}
	}
	if of.Info.IsDir() {
		file.Close(fd)
		return nil
	}
	f := filePool.Get().(*File)
	f.Name, f.Size, f.Info, f.fd, f.pooled = path, of.Info.Size, of.Info, fd, true
	f.refs.Store(1)
	of.File = f
	return nil
}

func statFile(path string, links file.Links, from int, of *OpenFile) *FileError {
	if links == file.AllLinks {
		if e := file.Stat(path, &of.Info); e != 0 {
			return &FileError{"stat()", path, errno.Error(e)}
		}
		return nil
	}
	err := openFile(path, links, from, of)
	if of.File != nil {
		of.File.Close()
		of.File = nil
	}
	return err
}

// OpenedFile is NewFile for those who open a file by themselves for each request: it
// allocates nothing.
func OpenedFile(fd int, name string, size int64) *File {
	f := filePool.Get().(*File)
	f.Name, f.Size, f.fd, f.pooled = name, size, fd, true
	f.refs.Store(1)
	return f
}

// filePool keeps the Files of OpenFile, so that serving a file allocates nothing.
var filePool = sync.Pool{New: func() any { return new(File) }}
