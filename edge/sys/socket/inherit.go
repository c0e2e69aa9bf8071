package socket

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Variable is the environment variable in which a binary upgrade hands the
// listening sockets to the new process: their numbers, "3;4;".
const Variable = "NGINX"

// FormatInherited is the value of the variable for these descriptors.
func FormatInherited(fds []int) string {
	var b strings.Builder
	for _, fd := range fds {
		b.WriteString(strconv.Itoa(fd))
		b.WriteByte(';')
	}
	return b.String()
}

// ParseInherited is the way back (ngx_add_inherited_sockets). err is to be
// logged; the descriptors before it are good.
func ParseInherited(value string) (fds []int, err error) {
	rest := value
	for {
		i := strings.IndexAny(rest, ":;")
		if i < 0 {
			break
		}
		fd := number(rest[:i])
		if fd < 0 {
			return fds, fmt.Errorf("invalid socket number \"%s\" in %s environment variable, ignoring the rest of the variable", rest, Variable)
		}
		fds = append(fds, fd)
		rest = rest[i+1:]
	}
	if rest != "" {
		err = fmt.Errorf("invalid socket number \"%s\" in %s environment variable, ignoring", rest, Variable)
	}
	return fds, err
}

// Inherited reads back the address and the options of a listening socket that
// another process opened (ngx_set_inherited_sockets), and makes it non-blocking
// and close-on-exec. Its backlog can't be read, nor whether keep-alive was set
// by a parameter or is the system's; those are the defaults.
func Inherited(fd int) (Addr, Options, error) {
	o := DefaultOptions()
	s, err := unix.Getsockname(fd)
	if err != nil {
		return Addr{}, o, fault(err, fmt.Sprintf("getsockname() of the inherited socket #%d failed", fd))
	}
	a, ok := fromSockaddr(s)
	if !ok {
		return Addr{}, o, fmt.Errorf("the inherited socket #%d has an unsupported protocol family", fd)
	}
	typ, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE)
	if err != nil {
		return a, o, fault(err, "getsockopt(SO_TYPE) "+a.String()+" failed")
	}
	o.Datagram = typ == unix.SOCK_DGRAM
	get := func(level, opt int) int {
		if v, err := unix.GetsockoptInt(fd, level, opt); err == nil {
			return v
		}
		return -1
	}
	o.ReusePort = get(unix.SOL_SOCKET, unix.SO_REUSEPORT) == 1
	if a.family() == unix.AF_INET6 {
		o.IPv6Only = get(unix.IPPROTO_IPV6, unix.IPV6_V6ONLY) != 0
	}
	if !o.Datagram && !a.IsUnix() {
		o.Multipath = get(unix.SOL_SOCKET, unix.SO_PROTOCOL) == unix.IPPROTO_MPTCP
		o.Deferred = get(unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT) > 0
		o.FastOpen = get(unix.IPPROTO_TCP, unix.TCP_FASTOPEN)
	}
	if err = unix.SetNonblock(fd, true); err != nil {
		return a, o, fault(err, "fcntl(O_NONBLOCK) "+a.String()+" failed")
	}
	unix.CloseOnExec(fd)
	return a, o, nil
}

// SetInheritable chooses whether fd stays open in a program that this process
// starts.
func SetInheritable(fd int, on bool) error {
	flag := unix.FD_CLOEXEC
	if on {
		flag = 0
	}
	_, err := unix.FcntlInt(uintptr(fd), unix.F_SETFD, flag)
	return fault(err, "fcntl(FD_CLOEXEC) failed")
}

// Close closes a listening socket.
func Close(fd int, a Addr) error {
	return fault(unix.Close(fd), "close() socket "+a.String()+" failed")
}
