package netlink

import (
	"errors"
	"syscall"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// What a Fault can be asked for with errors.Is. A missing permission is fs.ErrPermission,
// and says the capability.
var (
	ErrExists   = errors.New("exists already")
	ErrNotFound = errors.New("not found")
	ErrNoLink   = errors.New("no such interface")
)

// Fault is a request that the kernel refused.
type Fault struct {
	Op    string // "adding the address 10.0.0.1/24"
	Errno syscall.Errno
	Text  string // what the kernel says beyond the number, often nothing
	err   error  // Errno, or with the capability that is missing
}

func (f *Fault) Error() string {
	s := f.Op + ": " + f.err.Error()
	if f.Text != "" {
		s += " (" + f.Text + ")"
	}
	return s
}

func (f *Fault) Unwrap() error { return f.err }

// Is tells the kinds apart.
func (f *Fault) Is(target error) bool {
	switch target {
	case ErrExists:
		return f.Errno == unix.EEXIST
	case ErrNotFound:
		return f.Errno == unix.ESRCH || f.Errno == unix.ENOENT || f.Errno == unix.EADDRNOTAVAIL || f.Errno == unix.ENODEV
	case ErrNoLink:
		return f.Errno == unix.ENODEV
	}
	return false
}

// Refuse makes the Fault for an error number, as netlinktest needs it.
func Refuse(op string, errno syscall.Errno, text string) error {
	return &Fault{Op: op, Errno: errno, Text: text, err: caps.Explain(errno, caps.NetAdmin)}
}
