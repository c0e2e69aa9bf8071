// Package inotify tells when files change, are replaced, or go: it watches the
// folders they lie in, so that a file may also come later. keepalived/check follows
// track files with it. It owns the descriptor it opens.
package inotify

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/sys/unix"
)

// Watcher watches any number of files with one descriptor.
type Watcher struct {
	fd   int
	file *os.File

	mu      sync.Mutex
	folders map[int32]string // by watch descriptor
}

// Open makes a watcher that watches nothing yet.
func Open() (*Watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, os.NewSyscallError("inotify_init1", err)
	}
	return &Watcher{fd: fd, file: os.NewFile(uintptr(fd), "inotify"), folders: map[int32]string{}}, nil
}

// Add watches what becomes of the files in a folder. A folder may be added again.
func (w *Watcher) Add(folder string) error {
	const mask = unix.IN_CLOSE_WRITE | unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE
	w.mu.Lock()
	defer w.mu.Unlock()
	wd, err := unix.InotifyAddWatch(w.fd, folder, mask)
	if err != nil {
		return &os.PathError{Op: "inotify_add_watch", Path: folder, Err: err}
	}
	w.folders[int32(wd)] = folder
	return nil
}

// Next waits until something has happened and returns the paths that it has
// happened to. An empty path says that the kernel has lost count, so that it may
// have been anything. It ends with an error when the watcher is closed.
func (w *Watcher) Next() ([]string, error) {
	var buf [16 << 10]byte
	n, err := w.file.Read(buf[:])
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	var paths []string
	for p := buf[:n]; len(p) >= unix.SizeofInotifyEvent; {
		wd := int32(binary.NativeEndian.Uint32(p))
		mask := binary.NativeEndian.Uint32(p[4:])
		end := unix.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(p[12:]))
		if end > len(p) {
			break
		}
		name, _, _ := bytes.Cut(p[unix.SizeofInotifyEvent:end], []byte{0})
		switch folder, ok := w.folders[wd]; {
		case mask&unix.IN_Q_OVERFLOW != 0:
			paths = append(paths, "")
		case mask&unix.IN_IGNORED != 0: // the folder is gone
			delete(w.folders, wd)
		case ok && len(name) > 0:
			paths = append(paths, filepath.Join(folder, string(name)))
		}
		p = p[end:]
	}
	return paths, nil
}

// Close ends the watcher.
func (w *Watcher) Close() error { return w.file.Close() }
