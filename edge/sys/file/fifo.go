package file

import (
	"errors"
	"io/fs"
	"syscall"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// FIFO is a named pipe, open to be written to. Nothing waits: not Open for a
// reader, not Write for room.
type FIFO struct{ fd int }

// ErrNotFIFO says that something else lies where a FIFO is to be.
var ErrNotFIFO = errors.New("not a FIFO")

// ErrOurs says that a FIFO can't be given to somebody else, and stays ours.
var ErrOurs = errors.New("it stays ours")

// MakeFIFO makes a FIFO that its owner alone may use, or takes one that is there.
func MakeFIFO(path string, uid, gid int) error {
	err := unix.Mkfifo(path, 0o600)
	if err != nil && err != unix.EEXIST {
		return &fs.PathError{Op: "mkfifo", Path: path, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Lstat(path, &st); err != nil {
		return &fs.PathError{Op: "stat", Path: path, Err: err}
	}
	if st.Mode&unix.S_IFMT != unix.S_IFIFO {
		return &fs.PathError{Op: "mkfifo", Path: path, Err: ErrNotFIFO}
	}
	if int(st.Uid) == uid && int(st.Gid) == gid {
		return nil
	}
	if err := unix.Lchown(path, uid, gid); err != nil {
		err = caps.Explain(&fs.PathError{Op: "chown", Path: path, Err: err}, caps.Chown)
		if int(st.Uid) == unix.Geteuid() {
			return errors.Join(ErrOurs, err)
		}
		return err
	}
	return nil
}

// OpenFIFO opens a FIFO. It is opened for reading too, so that there is always a
// reader, and what is written stays in it for those to come.
func OpenFIFO(path string) (*FIFO, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: err}
	}
	return &FIFO{fd}, nil
}

// Write writes all of p, or, when there is no room for it, nothing (EAGAIN); p is
// no longer than PIPE_BUF.
func (f *FIFO) Write(p []byte) (int, error) {
	for {
		n, err := unix.Write(f.fd, p)
		if err != unix.EINTR {
			return n, err
		}
	}
}

// Unread is how many bytes nobody has read yet.
func (f *FIFO) Unread() int {
	n, err := unix.IoctlGetInt(f.fd, unix.TIOCINQ)
	if err != nil {
		return 0
	}
	return n
}

// Close closes it. What is unread is lost when nobody else has it open.
func (f *FIFO) Close() error { return syscall.Close(f.fd) }
