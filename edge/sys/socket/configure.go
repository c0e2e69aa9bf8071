package socket

import (
	"strconv"

	"golang.org/x/sys/unix"
)

// Configure sets what may change during a socket's life
// (ngx_configure_listening_sockets). was are the options the socket has had so
// far, nil for a new one. Failures are not fatal; each is given to alert.
func Configure(fd int, a Addr, o, was *Options, alert func(error)) {
	name := a.String()
	set := func(level, opt, value int, what string) {
		if err := unix.SetsockoptInt(fd, level, opt, value); err != nil {
			alert(fault(err, "setsockopt("+what+", "+strconv.Itoa(value)+") "+name+" failed, ignored"))
		}
	}
	if o.RcvBuf >= 0 {
		set(unix.SOL_SOCKET, unix.SO_RCVBUF, o.RcvBuf, "SO_RCVBUF")
	}
	if o.SndBuf >= 0 {
		set(unix.SOL_SOCKET, unix.SO_SNDBUF, o.SndBuf, "SO_SNDBUF")
	}
	switch o.KeepAlive {
	case 1:
		set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1, "SO_KEEPALIVE")
	case 2:
		set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 0, "SO_KEEPALIVE")
	}
	for _, k := range [...]struct {
		opt, value int
		what       string
	}{
		{unix.TCP_KEEPIDLE, o.KeepIdle, "TCP_KEEPIDLE"},
		{unix.TCP_KEEPINTVL, o.KeepIntvl, "TCP_KEEPINTVL"},
		{unix.TCP_KEEPCNT, o.KeepCnt, "TCP_KEEPCNT"},
	} {
		if k.value != 0 {
			set(unix.IPPROTO_TCP, k.opt, k.value, k.what)
		}
	}
	if o.FastOpen >= 0 {
		set(unix.IPPROTO_TCP, unix.TCP_FASTOPEN, o.FastOpen, "TCP_FASTOPEN")
	}
	if o.Datagram {
		packetInfo(fd, a, set)
		return
	}
	if was != nil && was.Backlog != o.Backlog {
		if err := unix.Listen(fd, o.Backlog); err != nil {
			alert(fault(err, "listen() to "+name+", backlog "+strconv.Itoa(o.Backlog)+" failed, ignored"))
		}
	}
	if deferred := was != nil && was.Deferred; o.Deferred != deferred {
		// There is no telling how long a connection has waited in the queue,
		// therefore the time is one second, as in nginx.
		value := 0
		if o.Deferred {
			value = 1
		}
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, value); err != nil {
			alert(fault(err, "setsockopt(TCP_DEFER_ACCEPT, "+strconv.Itoa(value)+") for "+name+" failed, ignored"))
		}
	}
}

// packetInfo asks for the address a datagram was sent to, where the socket's
// own address does not say it.
func packetInfo(fd int, a Addr, set func(level, opt, value int, what string)) {
	if !a.Wildcard() {
		return
	}
	if a.family() == unix.AF_INET {
		set(unix.IPPROTO_IP, unix.IP_PKTINFO, 1, "IP_PKTINFO")
		return
	}
	set(unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO")
}
