package relay

import (
	"context"
	"net"
	"net/netip"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// freebind lets a socket have an address that another machine may hold now: a
// virtual one that is here only while we are master.
func freebind(network, _ string, c syscall.RawConn) error {
	level, name := unix.SOL_IP, unix.IP_FREEBIND
	if network == "tcp6" || network == "udp6" {
		level, name = unix.SOL_IPV6, unix.IPV6_FREEBIND
	}
	var err error
	if e := c.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), level, name, 1) }); e != nil {
		return e
	}
	return os.NewSyscallError("IP_FREEBIND", err)
}

func network(kind string, a netip.AddrPort) string {
	if a.Addr().Is4() {
		return kind + "4"
	}
	return kind + "6"
}

// Listen accepts connections to an address, whoever has it now.
func Listen(at netip.AddrPort) (*net.TCPListener, error) {
	l, err := (&net.ListenConfig{Control: freebind}).Listen(context.Background(), network("tcp", at), at.String())
	if err != nil {
		return nil, err
	}
	return l.(*net.TCPListener), nil
}

// ListenPacket receives datagrams to an address, whoever has it now.
func ListenPacket(at netip.AddrPort) (*net.UDPConn, error) {
	c, err := (&net.ListenConfig{Control: freebind}).ListenPacket(context.Background(), network("udp", at), at.String())
	if err != nil {
		return nil, err
	}
	return c.(*net.UDPConn), nil
}

// Reset closes a connection so that the peer gets an RST, as it would if the end
// that we stand for had broken off.
func Reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

// Descriptors is how many the process may have open.
func Descriptors() int {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) != nil {
		return 1024
	}
	return int(min(r.Cur, 1<<24))
}
