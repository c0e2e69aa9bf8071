package certs

import (
	"errors"
	"reflect"
	"strings"
)

// systemError is what a system call's error number can do; nothing else in
// the standard library has all three.
type systemError interface {
	error
	Is(error) bool
	Temporary() bool
}

// systemNumber gives the error number inside err and strerror's text for it:
// OpenSSL prints both. 0 when err is not from the kernel. Go's texts are the
// C library's, but for the capital letter.
func systemNumber(err error) (int, string) {
	var e systemError
	if !errors.As(err, &e) {
		return 0, ""
	}
	v := reflect.ValueOf(e)
	if v.Kind() != reflect.Uintptr {
		return 0, ""
	}
	text := e.Error()
	return int(v.Uint()), strings.ToUpper(text[:1]) + text[1:]
}

const (
	numberNoEntry  = 2   // ENOENT
	numberInvalid  = 22  // EINVAL
	numberTimedOut = 110 // ETIMEDOUT
)
