package event

import (
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// NetConn lets crypto/tls and other users of net.Conn work on a Conn. Its
// deadlines are absolute, as that interface wants them; the connection's own
// timeouts per wait hold besides.
type NetConn struct {
	c      *Conn
	rd, wd atomic.Int64
	again  atomic.Bool
}

// ErrAgain is what a NetConn's Read returns instead of waiting, when told not
// to. crypto/tls takes it for temporary and keeps what it has of a record, so
// the owner of an idle TLS connection can read until ErrAgain and then park the
// Conn below without missing a record that was already received.
var ErrAgain net.Error = againError{}

type againError struct{}

func (againError) Error() string   { return "nothing to read now" }
func (againError) Timeout() bool   { return true }
func (againError) Temporary() bool { return true }

// NetConn returns a view of c as a net.Conn. Each call makes a new one.
func (c *Conn) NetConn() *NetConn { return &NetConn{c: c} }

// Conn is the connection below.
func (n *NetConn) Conn() *Conn { return n.c }

// NoWait chooses whether Read returns ErrAgain where it would wait.
func (n *NetConn) NoWait(on bool) { n.again.Store(on) }

func (n *NetConn) Read(p []byte) (int, error) {
	if n.again.Load() {
		r, again, err := n.c.TryRead(p)
		if again {
			return 0, ErrAgain
		}
		return r, err
	}
	return n.c.read(p, &n.rd)
}

func (n *NetConn) Write(p []byte) (int, error) {
	return n.c.write(p, &n.wd)
}

func (n *NetConn) Close() error         { return n.c.Close() }
func (n *NetConn) CloseWrite() error    { return n.c.CloseWrite() }
func (n *NetConn) RemoteAddr() net.Addr { s := n.c.RemoteSockaddr(); return s.netAddr() }
func (n *NetConn) LocalAddr() net.Addr  { s := n.c.LocalSockaddr(); return s.netAddr() }

func (n *NetConn) SetDeadline(t time.Time) error {
	n.SetReadDeadline(t)
	return n.SetWriteDeadline(t)
}

func (n *NetConn) SetReadDeadline(t time.Time) error {
	n.rd.Store(absolute(t))
	n.c.wakeReader()
	return nil
}

func (n *NetConn) SetWriteDeadline(t time.Time) error {
	n.wd.Store(absolute(t))
	n.c.wakeWriter()
	return nil
}

func absolute(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return max(int64(t.Sub(base)), 1)
}

func (s *Sockaddr) netAddr() net.Addr {
	if s.Family() == unix.AF_UNIX {
		return &net.UnixAddr{Name: s.Path(), Net: "unix"}
	}
	return net.TCPAddrFromAddrPort(netip.AddrPortFrom(s.AddrPort().Addr(), s.AddrPort().Port()))
}

var _ net.Conn = (*NetConn)(nil)
