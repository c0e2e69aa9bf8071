package netfilter

import (
	"fmt"
	"os"

	"moongate/edge/sys/caps"
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

func dial() (int, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_NETFILTER)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return -1, os.NewSyscallError("bind", err)
	}
	// A batch has an answer for each of its messages.
	unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1<<20)
	unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	return fd, nil
}

// commit sends the batch. The kernel has answered when the call returns: with the error of
// each message that it did not like, and nothing was done, or with none.
func (f *Firewall) commit(op string) error {
	f.b.End()
	wrap := func(err error) error { return fmt.Errorf("%s: %w", op, caps.Explain(err, caps.NetAdmin)) }
	if err := unix.Sendto(f.fd, f.b.Bytes(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return wrap(err)
	}
	var failed error
	buf := make([]byte, 16<<10)
	for {
		n, _, err := unix.Recvfrom(f.fd, buf, unix.MSG_DONTWAIT)
		switch err {
		case nil:
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			if failed != nil {
				return wrap(failed)
			}
			return nil
		default:
			return wrap(err)
		}
		for rest := buf[:n]; len(rest) > 0; {
			var h nlmsg.Header
			var body []byte
			if h, body, rest, err = nlmsg.Next(rest); err != nil {
				return wrap(err)
			}
			if errno := unix.Errno(-int32(nlmsg.Uint32(body))); h.Type == unix.NLMSG_ERROR && errno != 0 && failed == nil && h.Seq >= f.b.First {
				failed = errno
			}
		}
	}
}
