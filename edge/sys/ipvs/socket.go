package ipvs

import (
	"errors"
	"os"
	"os/exec"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Dial opens a client of the kernel. Where ip_vs is a module that isn't there yet,
// modprobe is asked for it, as keepalived does.
func Dial() (*Client, error) {
	c, err := dial()
	if missing := (*Missing)(nil); errors.As(err, &missing) && exec.Command("modprobe", "-q", "ip_vs").Run() == nil {
		return dial()
	}
	return c, err
}

func dial() (*Client, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("bind", err)
	}
	c, err := New(func(request []byte) ([]byte, error) { return exchange(fd, request) })
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	c.close = func() error { return unix.Close(fd) }
	return c, nil
}

// exchange sends and reads until the answer's end: an acknowledgement, an error, or
// the end of a dump.
func exchange(fd int, request []byte) (answer []byte, err error) {
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, os.NewSyscallError("sendto", err)
	}
	h, _, _, err := nlmsg.Next(request)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, 64<<10)
	for {
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, os.NewSyscallError("recvfrom", err)
		}
		answer = append(answer, buf[:n]...)
		for rest := buf[:n]; len(rest) > 0; {
			var m nlmsg.Header
			if m, _, rest, err = nlmsg.Next(rest); err != nil {
				return nil, err
			}
			if m.Seq == h.Seq && (m.Type == unix.NLMSG_ERROR || m.Type == unix.NLMSG_DONE) {
				return answer, nil
			}
		}
	}
}
