package rawip

import (
	"errors"
	"net/netip"
	"os"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

// Config says what a Receiver shall get.
type Config struct {
	IPv6     bool
	Protocol int
	Device   string     // only what comes in by this interface; "": any
	Local    netip.Addr // only what is sent to this address; not valid: any
	Buffer   int        // bytes of the socket's queue; 0: the kernel's default
}

// A Receiver is a raw socket that gets whole IPv4 packets, or what follows the
// header of IPv6 packets.
type Receiver struct {
	fd int
	v6 bool
}

// Listen opens a Receiver. Of multicast it gets nothing before Join.
func Listen(c Config) (*Receiver, error) {
	family := unix.AF_INET
	if c.IPv6 {
		family = unix.AF_INET6
	}
	fd, err := socket(family, unix.SOCK_RAW, c.Protocol)
	if err != nil {
		return nil, err
	}
	r := &Receiver{fd: fd, v6: c.IPv6}
	if err := r.configure(c); err != nil {
		r.Close()
		return nil, err
	}
	r.drain()
	return r, nil
}

// drain throws away what came before the socket was told what it shall get.
func (r *Receiver) drain() {
	var b [1]byte
	for {
		if _, _, err := unix.Recvfrom(r.fd, b[:], unix.MSG_DONTWAIT); err != nil && err != unix.EINTR {
			return
		}
	}
}

func socket(family, kind, protocol int) (int, error) {
	fd, err := unix.Socket(family, kind|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, protocol)
	return fd, caps.Explain(os.NewSyscallError("socket", err), caps.NetRaw)
}

func (r *Receiver) configure(c Config) error {
	set := setter{fd: r.fd}
	if r.v6 {
		set.int(unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
		set.int(unix.IPPROTO_IPV6, unix.IPV6_RECVHOPLIMIT, 1)
		// Without this a socket gets the groups that others have joined. Kernels before 4.20 don't know it.
		unix.SetsockoptInt(r.fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0)
	} else {
		set.int(unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
		set.int(unix.IPPROTO_IP, unix.IP_MULTICAST_ALL, 0)
	}
	set.device(c.Device)
	if c.Buffer > 0 {
		r.SetBuffer(c.Buffer)
	}
	if set.err != nil || !c.Local.IsValid() {
		return set.err
	}
	return os.NewSyscallError("bind", unix.Bind(r.fd, bindAddr(c.Local, c.Device)))
}

func bindAddr(a netip.Addr, device string) unix.Sockaddr {
	if a.Is4() {
		return &unix.SockaddrInet4{Addr: a.As4()}
	}
	sa := &unix.SockaddrInet6{Addr: a.As16()}
	if a.IsLinkLocalUnicast() {
		sa.ZoneId = uint32(indexOf(device))
	}
	return sa
}

// FD is the socket, to be watched by a loop.
func (r *Receiver) FD() int { return r.fd }

// Close closes the socket.
func (r *Receiver) Close() error { return unix.Close(r.fd) }

// SetBuffer sets the length of the queue in bytes; beyond the system's limit where
// NET_ADMIN allows it.
func (r *Receiver) SetBuffer(n int) error {
	if unix.SetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, n) == nil {
		return nil
	}
	return os.NewSyscallError("setsockopt", unix.SetsockoptInt(r.fd, unix.SOL_SOCKET, unix.SO_RCVBUF, n))
}

// Join has packets to a multicast group received that come in by the interface with
// this index. To be in the group already is no fault.
func (r *Receiver) Join(group netip.Addr, index int) error {
	return r.member(group, index, unix.IP_ADD_MEMBERSHIP, unix.IPV6_JOIN_GROUP, unix.EADDRINUSE)
}

// Leave undoes Join. It is no fault when there was none, or the interface is gone.
func (r *Receiver) Leave(group netip.Addr, index int) error {
	err := r.member(group, index, unix.IP_DROP_MEMBERSHIP, unix.IPV6_LEAVE_GROUP, unix.EADDRNOTAVAIL)
	if errors.Is(err, unix.ENODEV) {
		return nil
	}
	return err
}

func (r *Receiver) member(group netip.Addr, index, opt4, opt6 int, fine unix.Errno) error {
	var err error
	if r.v6 {
		err = unix.SetsockoptIPv6Mreq(r.fd, unix.IPPROTO_IPV6, opt6, &unix.IPv6Mreq{Multiaddr: group.As16(), Interface: uint32(index)})
	} else {
		err = unix.SetsockoptIPMreqn(r.fd, unix.IPPROTO_IP, opt4, &unix.IPMreqn{Multiaddr: group.As4(), Ifindex: int32(index)})
	}
	if err == fine {
		return nil
	}
	return os.NewSyscallError("setsockopt", err)
}
