package socket

import (
	"errors"

	"golang.org/x/sys/unix"

	"moongate/edge/sys/errno"
)

// A Fault is a failed call in nginx's words: "bind() to 0.0.0.0:80 failed".
type Fault struct {
	Text string
	Err  error // the kernel's, for the "(98: Address already in use)" after it
}

func (f *Fault) Error() string { return string(errno.Append([]byte(f.Text), f.Err)) }

func (f *Fault) Unwrap() error { return f.Err }

// InUse reports whether err says that the address is taken: the one fault that
// is worth another try after half a second (ngx_open_listening_sockets).
func InUse(err error) bool { return errors.Is(err, unix.EADDRINUSE) }

func fault(err error, text string) error {
	if err == nil {
		return nil
	}
	return &Fault{Text: text, Err: err}
}
