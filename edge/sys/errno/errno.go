package errno

import (
	"errors"
	"os"
	"strconv"
	"syscall"
)

// Error is the kernel's error number; it is a Go error too.
type Error = syscall.Errno

// The numbers that code above tells apart.
const (
	EACCES       = syscall.EACCES
	EADDRINUSE   = syscall.EADDRINUSE
	EAGAIN       = syscall.EAGAIN
	ECONNABORTED = syscall.ECONNABORTED
	ECONNREFUSED = syscall.ECONNREFUSED
	ECONNRESET   = syscall.ECONNRESET
	EEXIST       = syscall.EEXIST
	EHOSTDOWN    = syscall.EHOSTDOWN
	EHOSTUNREACH = syscall.EHOSTUNREACH
	EINTR        = syscall.EINTR
	EINVAL       = syscall.EINVAL
	EISDIR       = syscall.EISDIR
	ELOOP        = syscall.ELOOP
	EMLINK       = syscall.EMLINK
	EMFILE       = syscall.EMFILE
	ENAMETOOLONG = syscall.ENAMETOOLONG
	ENETDOWN     = syscall.ENETDOWN
	ENETUNREACH  = syscall.ENETUNREACH
	ENFILE       = syscall.ENFILE
	ENOENT       = syscall.ENOENT
	ENOMEM       = syscall.ENOMEM
	ENOSPC       = syscall.ENOSPC
	ENOTCONN     = syscall.ENOTCONN
	ENOTDIR      = syscall.ENOTDIR
	EPERM        = syscall.EPERM
	EPIPE        = syscall.EPIPE
	ESRCH        = syscall.ESRCH
	ETIMEDOUT    = syscall.ETIMEDOUT
	EXDEV        = syscall.EXDEV
)

// Number returns the error number inside err, or 0 if there is none.
func Number(err error) Error {
	if err == nil {
		return 0
	}
	if e, ok := err.(Error); ok {
		return e
	}
	var e Error
	if errors.As(err, &e) {
		return e
	}
	return 0
}

// Text is glibc's strerror for e.
func Text(e Error) string {
	if e > 0 && int(e) < len(texts) && texts[e] != "" {
		return texts[e]
	}
	return "Unknown error " + strconv.Itoa(int(e))
}

// New is error number n as an error.
func New(n int) error { return Error(n) }

// Append appends " (NUMBER: Text)" for the number inside err, as nginx ends a
// log message (ngx_log_errno). A deadline that has passed is ETIMEDOUT there.
// Without a number it appends ": " and err's text.
func Append(b []byte, err error) []byte {
	e := Number(err)
	if e == 0 && errors.Is(err, os.ErrDeadlineExceeded) {
		e = ETIMEDOUT
	}
	if e == 0 {
		return append(append(b, ": "...), err.Error()...)
	}
	b = append(b, " ("...)
	b = strconv.AppendInt(b, int64(e), 10)
	b = append(b, ": "...)
	b = append(b, Text(e)...)
	return append(b, ')')
}

// Failed words err as nginx does: "connect() failed (111: Connection refused)".
// An error that does not name its system call is given as it is.
func Failed(err error) string {
	var s *os.SyscallError
	if !errors.As(err, &s) {
		return err.Error()
	}
	return string(Append([]byte(s.Syscall+"() failed"), err))
}
