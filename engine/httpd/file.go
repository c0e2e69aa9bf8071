package httpd

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync/atomic"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/event"
	"moongate/edge/sys/file"
)

// File is an open file that parts of a body come from. It is shared by count:
// each holder closes it once.
type File struct {
	Name   string
	Size   int64
	Info   file.Info
	Remove bool // delete the file when it is closed
	pooled bool
	fd     int
	refs   atomic.Int32
}

// NewFile wraps an open descriptor.
func NewFile(fd int, name string) *File {
	f := &File{Name: name, fd: fd}
	f.refs.Store(1)
	return f
}

// FD is the descriptor.
func (f *File) FD() int { return f.fd }

// Share gives the file another holder.
func (f *File) Share() *File {
	f.refs.Add(1)
	return f
}

// Close gives up one hold.
func (f *File) Close() {
	if f.refs.Add(-1) > 0 {
		return
	}
	if f.Remove {
		os.Remove(f.Name)
	}
	file.Close(f.fd)
	if f.pooled {
		f.Name, f.fd = "", -1
		filePool.Put(f)
	}
}

// ReadAt reads at a place. Where that waits for a disk, the loop has another
// leader meanwhile.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if file.Slow() {
		event.Block()
	}
	n, e := file.ReadAt(f.fd, p, off)
	if e != 0 {
		return n, errno.Error(e)
	}
	return n, nil
}

// Append writes at the end.
func (f *File) Append(p []byte) error {
	if e := file.WriteAt(f.fd, p, f.Size); e != 0 {
		return errno.Error(e)
	}
	f.Size += int64(len(p))
	return nil
}

var tempNumber atomic.Uint64

func init() { tempNumber.Store(uint64(rand.Uint32() % 1e9)) }

// CreateTemp makes a temporary file with nginx's folder levels. Unless it is
// to be kept its name is removed at once, so that nothing is left behind.
func CreateTemp(t TempPath, keep bool) (*File, error) {
	for range 1000 {
		name := fmt.Sprintf("%010d", tempNumber.Add(1)%1e10)
		path := t.Path
		end := len(name)
		for _, l := range t.Levels {
			if l == 0 {
				break
			}
			path = filepath.Join(path, name[end-l:end])
			end -= l
		}
		full := filepath.Join(path, name)
		fd, e := file.Open(full, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errno.Error(e) == errno.ENOENT {
			if err := os.MkdirAll(path, 0o700); err != nil {
				return nil, err
			}
			fd, e = file.Open(full, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		}
		if errno.Error(e) == errno.EEXIST {
			continue
		}
		if e != 0 {
			return nil, fmt.Errorf("\"%s\": %w", full, errno.Error(e))
		}
		f := NewFile(fd, full)
		if !keep {
			os.Remove(full)
		}
		return f, nil
	}
	return nil, errors.New("no free name for a temporary file")
}
