package event

import "golang.org/x/sys/unix"

// CloseFD closes a descriptor that no Conn has taken.
func CloseFD(fd int) { _ = unix.Close(fd) }
