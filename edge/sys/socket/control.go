package socket

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// Control is for a net.Dialer or net.ListenConfig: a new socket gets a mark for
// the firewall and routing, unless it is 0, and is bound to a device, unless
// that is empty. An error names the call that failed: "SO_MARK" or
// "SO_BINDTODEVICE".
func Control(mark uint32, device string) func(network, address string, c syscall.RawConn) error {
	if mark == 0 && device == "" {
		return nil
	}
	return func(_, _ string, c syscall.RawConn) error {
		var err error
		if cerr := c.Control(func(fd uintptr) { err = Mark(int(fd), mark, device) }); cerr != nil {
			return cerr
		}
		return err
	}
}

// Mark is what Control does, for a socket that is there.
func Mark(fd int, mark uint32, device string) error {
	if mark != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_MARK, int(mark)); err != nil {
			return os.NewSyscallError("SO_MARK", err)
		}
	}
	if device != "" {
		if err := unix.BindToDevice(fd, device); err != nil {
			return os.NewSyscallError("SO_BINDTODEVICE", err)
		}
	}
	return nil
}
