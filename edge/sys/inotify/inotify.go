package inotify

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// A Watcher watches any number of folders with one descriptor. It is read by one
// goroutine at a time; Add and Close may be called by others.
type Watcher struct {
	fd   int
	file *os.File // lets Next wait
	buf  []byte

	mu     sync.Mutex
	wanted map[string]bool
	late   []string         // folders that Add found to have come, before Read or Next did
	dirs   map[int][]string // by watch descriptor: those that are wanted, and those that lead to one that is not there
}

// changes are what makes a file's content another one: it was written and closed, or
// another file took its name, or none. What is written to and still open is not ready
// to be read: a shell empties a file before it writes to it. The rest tells that a
// folder has come or gone.
const changes = unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE |
	unix.IN_CREATE | unix.IN_MOVE_SELF | unix.IN_ONLYDIR

// New makes a Watcher of no folder.
func New() (*Watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_NONBLOCK | unix.IN_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("inotify_init1", err)
	}
	return &Watcher{fd: fd, file: os.NewFile(uintptr(fd), "inotify"), wanted: map[string]bool{}, dirs: map[int][]string{}, buf: make([]byte, 4096)}, nil
}

// Add watches a folder too. It may also come later, or go and come again. To watch one
// twice is the same as once.
func (w *Watcher) Add(dir string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.wanted[dir]
	w.wanted[dir] = true
	fresh, err := w.renew()
	for _, d := range fresh {
		if d != dir || known { // somebody has looked at it already, and found nothing
			w.late = append(w.late, d)
		}
	}
	return err
}

// Read hands on what is there, without waiting: the folder, and the name in it. An
// empty name says that news were lost, or that the folder itself is gone.
func (w *Watcher) Read(f func(dir, name string)) error {
	for {
		n, err := unix.Read(w.fd, w.buf)
		switch err {
		case nil:
			w.parse(w.buf[:n], f)
		case unix.EINTR:
		case unix.EAGAIN:
			return nil
		default:
			return os.NewSyscallError("read", err)
		}
	}
}

// Next waits until something has happened and returns the paths that it has
// happened to. An empty path says that it may have been anything. It ends with an
// error when the watcher is closed.
func (w *Watcher) Next() ([]string, error) {
	n, err := w.file.Read(w.buf)
	if err != nil {
		return nil, err
	}
	var paths []string
	w.parse(w.buf[:n], func(dir, name string) {
		if name != "" {
			name = filepath.Join(dir, name)
		}
		paths = append(paths, name)
	})
	return paths, nil
}

func (w *Watcher) parse(b []byte, f func(dir, name string)) {
	stale := false
	for len(b) >= unix.SizeofInotifyEvent {
		wd, mask := int(int32(binary.NativeEndian.Uint32(b))), binary.NativeEndian.Uint32(b[4:])
		end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(b[12:]))
		if end > len(b) {
			break // the kernel writes whole events
		}
		name, _, _ := bytes.Cut(b[unix.SizeofInotifyEvent:end], []byte{0})
		b = b[end:]
		dirs, moved := w.news(wd, mask)
		stale = stale || moved
		if mask&unix.IN_CREATE != 0 {
			continue // a folder, or a file that is still to be written
		}
		for _, dir := range dirs {
			f(dir, string(name))
		}
	}
	if !stale {
		return
	}
	w.mu.Lock()
	fresh, _ := w.renew()
	fresh, w.late = append(fresh, w.late...), nil
	w.mu.Unlock()
	for _, dir := range fresh {
		f(dir, "")
	}
}

// FD is readable when there are news.
func (w *Watcher) FD() int { return w.fd }

// Close closes the descriptor.
func (w *Watcher) Close() error { return w.file.Close() }
