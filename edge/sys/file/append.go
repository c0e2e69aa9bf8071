package file

import (
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// Append is a log file: written at its end, one system call for a line, so that
// several processes can share it.
//
// A reopened file keeps its descriptor number (dup3 over it), which is why a
// writer needs no lock: at any moment the number means the old or the new file.
type Append struct {
	name string
	fd   atomic.Int32
}

// NewAppend is the log file of this name, not open yet. The empty name is
// standard error.
func NewAppend(name string) *Append {
	a := &Append{name: name}
	a.fd.Store(-1)
	if name == "" {
		a.fd.Store(2)
	}
	return a
}

// Name is the path, empty for standard error.
func (a *Append) Name() string { return a.name }

// FD is the descriptor, -1 while the file is not open.
func (a *Append) FD() int { return int(a.fd.Load()) }

// IsStderr tells whether lines go to standard error itself.
func (a *Append) IsStderr() bool { return a.name == "" }

// Use takes over a descriptor that was opened by another process.
func (a *Append) Use(fd int) { a.fd.Store(int32(fd)) }

func openAppend(name string) (int, error) {
	for {
		fd, err := syscall.Open(name, syscall.O_WRONLY|syscall.O_APPEND|syscall.O_CREAT|syscall.O_CLOEXEC, 0o644)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

// Open opens the file, making it when it is not there.
func (a *Append) Open() error {
	if a.IsStderr() {
		return nil
	}
	fd, err := openAppend(a.name)
	if err != nil {
		return err
	}
	a.fd.Store(int32(fd))
	return nil
}

// Reopen opens the file by its name again and goes on with that one. When it
// fails the old file stays in use.
func (a *Append) Reopen() error {
	old := a.FD()
	if a.IsStderr() || old < 0 {
		return nil
	}
	fd, err := openAppend(a.name)
	if err != nil {
		return err
	}
	if err = syscall.Dup3(fd, old, syscall.O_CLOEXEC); err != nil {
		syscall.Close(fd)
		return err
	}
	return syscall.Close(fd)
}

// Write implements io.Writer with one write call.
func (a *Append) Write(p []byte) (int, error) {
	for {
		n, err := syscall.Write(a.FD(), p)
		if err != syscall.EINTR {
			return n, err
		}
	}
}

// Close closes the file; standard error stays open.
func (a *Append) Close() error {
	if a.IsStderr() {
		return nil
	}
	if fd := a.fd.Swap(-1); fd >= 0 {
		return syscall.Close(int(fd))
	}
	return nil
}

// RedirectStderr makes standard error mean the same file as fd.
func RedirectStderr(fd int) error { return syscall.Dup3(fd, 2, 0) }

// Duplicate gives another number for an open descriptor, closed on exec.
func Duplicate(fd int) (int, error) {
	return unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
}

// GiveTo makes uid the owner of a path and lets the owner use it with the
// permissions need, as nginx does with reopened logs and with temporary
// directories. what names the call that failed.
func GiveTo(path string, uid int, need uint32) (what string, err error) {
	var st syscall.Stat_t
	if err := syscall.Stat(path, &st); err != nil {
		return "stat", err
	}
	if st.Uid != uint32(uid) {
		if err := syscall.Chown(path, uid, -1); err != nil {
			return "chown", err
		}
	}
	if want := st.Mode | need; want != st.Mode {
		if err := syscall.Chmod(path, want&0o7777); err != nil {
			return "chmod", err
		}
	}
	return "", nil
}
