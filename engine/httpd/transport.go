package httpd

import (
	"errors"
	"net"
	"net/netip"
	"os"

	"moongate/core/errlog"
)

// What a connection reads and writes goes through TLS when it has TLS, and
// straight to the socket otherwise.

func (c *Conn) read(p []byte) (int, error) {
	if c.tls != nil {
		return c.tls.read(p)
	}
	return c.ev.Read(p)
}

func (c *Conn) tryRead(p []byte) (n int, again bool, err error) {
	if c.tls != nil {
		return c.tls.tryRead(p)
	}
	return c.ev.TryRead(p)
}

func (c *Conn) write(p []byte) (int, error) {
	if c.tls != nil {
		return c.tls.write(p)
	}
	return c.ev.Write(p)
}

// noDelay switches Nagle's algorithm off, once, when a connection is kept.
func (c *Conn) noDelay() {
	if !c.nodelay {
		c.nodelay = true
		c.ev.SetNoDelay(true)
	}
}

// RemoteAddr is the client's address: the socket's, or what the PROXY protocol
// or realip has made of it.
func (c *Conn) RemoteAddr() netip.AddrPort { return c.remote }

// LocalAddr is the address that the client connected to.
func (c *Conn) LocalAddr() netip.AddrPort {
	if !c.local.IsValid() {
		c.local = c.ev.LocalAddr()
	}
	return c.local
}

// cause digs the errno out of an error for the log.
func cause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		err = op.Err
	}
	var sys *os.SyscallError
	if errors.As(err, &sys) {
		return sys.Err
	}
	return err
}

// Log writes a line of the connection's, outside of a request.
func (c *Conn) logf(level errlog.Level, text, doing string) {
	if c.log.Enabled(level) {
		c.doing = doing
		c.log.Message(level, text)
		c.doing = ""
	}
}

func (c *Conn) logRecv(err error, doing string) {
	if c.tls != nil {
		c.doing = doing
		c.w.HTTP.tls.ReadFailed(c, err)
		c.doing = ""
		return
	}
	if c.log.Enabled(errlog.Info) {
		c.doing = doing
		c.log.Log(errlog.Info, cause(err), "recv() failed")
		c.doing = ""
	}
}
