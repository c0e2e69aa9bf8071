package event

import (
	"fmt"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Dialer says how to connect. The zero value is a plain TCP connection
// without a time limit.
type Dialer struct {
	Bind    netip.AddrPort // local address, if valid; port 0: any
	Timeout time.Duration  // for the connection to be made; 0: the kernel's
	// Control, if set, is called with the new socket before it is bound and
	// connected (IP_TRANSPARENT, SO_RCVBUF, SO_KEEPALIVE).
	Control func(fd int) error
	// Started, if set, is called with the connection while it is being made, so
	// that somebody else may interrupt the wait.
	Started func(*Conn)
}

// DialTo connects to a TCP address and waits until that is done. Refusals are
// *os.SyscallError of the call "connect"; a timeout is os.ErrDeadlineExceeded.
func (l *Loop) DialTo(to netip.AddrPort, d *Dialer) (*Conn, error) {
	var sa Sockaddr
	sa.SetAddrPort(to)
	return l.connect(&sa, d)
}

// DialUnix connects to a unix stream socket; "@" begins an abstract name.
func (l *Loop) DialUnix(path string, d *Dialer) (*Conn, error) {
	var sa Sockaddr
	if !sa.SetPath(path) {
		return nil, os.NewSyscallError("connect", unix.ENAMETOOLONG)
	}
	return l.connect(&sa, d)
}

// Dial is DialTo or DialUnix with everything as text: network is "tcp", "tcp4",
// "tcp6" or "unix", addr "192.0.2.1:80" or a path. Names are not resolved. bind
// is a local address with or without a port, "" for none.
func (l *Loop) Dial(network, addr, bind string, timeout time.Duration) (*Conn, error) {
	d := Dialer{Timeout: timeout}
	if network == "unix" {
		return l.DialUnix(strings.TrimPrefix(addr, "unix:"), &d)
	}
	to, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	if bind != "" {
		if d.Bind, err = netip.ParseAddrPort(bind); err != nil {
			a, err := netip.ParseAddr(bind)
			if err != nil {
				return nil, fmt.Errorf("bind %s: %w", bind, err)
			}
			d.Bind = netip.AddrPortFrom(a, 0)
		}
	}
	return l.DialTo(to, &d)
}

func (l *Loop) connect(sa *Sockaddr, d *Dialer) (*Conn, error) {
	s, _, e := syscall.RawSyscall(unix.SYS_SOCKET, uintptr(sa.Family()), unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if e != 0 {
		return nil, os.NewSyscallError("socket", e)
	}
	fd := int(s)
	if err := d.prepare(fd, sa.Family()); err != nil {
		unix.Close(fd)
		return nil, err
	}
	for {
		_, _, e = syscall.RawSyscall(unix.SYS_CONNECT, s, uintptr(unsafe.Pointer(&sa.raw)), uintptr(sa.len))
		if e != unix.EINTR {
			break
		}
	}
	if e != 0 && e != unix.EINPROGRESS && e != unix.EALREADY {
		unix.Close(fd)
		return nil, os.NewSyscallError("connect", e)
	}
	// Only after connect: a socket that is not connecting yet announces HUP.
	c, err := l.add(fd, nil, epollOut, outArmed)
	if err != nil {
		unix.Close(fd)
		return nil, err
	}
	if e == 0 {
		return c, nil
	}
	if d != nil && d.Started != nil {
		d.Started(c)
	}
	if err = c.connected(d); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// connected waits for the end of the handshake. Without an error event the
// socket is connected and need not be asked.
func (c *Conn) connected(d *Dialer) error {
	if _, err := c.enter(wrBusy, 0); err != nil {
		return err
	}
	defer c.leave(wrBusy)
	wto := c.wto
	if d != nil {
		c.wto = int64(d.Timeout)
	}
	err := c.waitWrite(nil)
	c.wto = wto
	if err == nil && c.state.Load()&(failed|peerGone) != 0 {
		var v int
		if v, err = unix.GetsockoptInt(int(c.fd), unix.SOL_SOCKET, unix.SO_ERROR); err != nil {
			return os.NewSyscallError("getsockopt", err)
		}
		if v != 0 {
			return os.NewSyscallError("connect", syscall.Errno(v))
		}
	}
	return err
}

func (d *Dialer) prepare(fd, family int) error {
	if d == nil {
		return nil
	}
	if d.Control != nil {
		if err := d.Control(fd); err != nil {
			return err
		}
	}
	if !d.Bind.IsValid() || family == unix.AF_UNIX {
		return nil
	}
	if d.Bind.Port() == 0 {
		// The port is chosen at connect, so that more connections than there are
		// ports can leave from one address (ngx_event_connect_peer).
		unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	}
	var sa Sockaddr
	sa.SetAddrPort(d.Bind)
	if _, _, e := syscall.RawSyscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&sa.raw)), uintptr(sa.len)); e != 0 {
		return os.NewSyscallError("bind", e)
	}
	return nil
}
