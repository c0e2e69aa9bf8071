package logging

import (
	"cmp"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"time"

	"moongate/edge/sys/socket"
)

// Conn is a connection that is made when it is needed, kept for a while and made again
// when the other side has closed it.
type Conn struct {
	Network, Address string
	Timeout, Keep    time.Duration // Keep: how long it may be idle
	Dialing          time.Duration // that connecting may take; 0: as Timeout says
	TLS              *tls.Config   // nil: plain

	conn net.Conn
	used time.Time
}

// Get is a connection with a deadline.
func (c *Conn) Get() (net.Conn, error) {
	if c.conn != nil && (c.Keep > 0 && time.Since(c.used) > c.Keep || c.gone()) {
		c.Close()
	}
	if c.conn == nil {
		if err := c.dial(); err != nil {
			return nil, err
		}
	}
	c.used = time.Now()
	c.conn.SetDeadline(c.used.Add(c.Timeout))
	return c.conn, nil
}

func (c *Conn) dial() error {
	d := net.Dialer{Timeout: cmp.Or(c.Dialing, c.Timeout)}
	if c.TLS == nil {
		conn, err := d.Dial(c.Network, c.Address)
		if err != nil {
			return err
		}
		c.conn = conn
		return nil
	}
	conn, err := tls.DialWithDialer(&d, c.Network, c.Address, c.TLS)
	if err != nil {
		return err
	}
	c.conn = conn
	return nil
}

// gone tells whether the other side has closed a stream: what is written then would be
// lost without an error. Nobody answers here: what it says is read, since a connection that
// is closed with something unread is cut, and forgotten.
func (c *Conn) gone() bool {
	if !c.streams() {
		return false
	}
	raw := c.conn
	if t, ok := raw.(*tls.Conn); ok {
		raw = t.NetConn()
	}
	if socket.Silent(raw) {
		return false
	}
	c.conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	var b [4096]byte
	for {
		if _, err := c.conn.Read(b[:]); err != nil {
			return !errors.Is(err, os.ErrDeadlineExceeded)
		}
	}
}

func (c *Conn) streams() bool { return c.Network != "udp" && c.Network != "unixgram" }

// Close closes the connection; Get makes another one.
func (c *Conn) Close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}

// End is Close for one that is not needed any more. A connection that is closed while
// something that the other side has said is unread is cut, and what is still on its way is
// lost: so our half is closed first, and the other side's read to its end.
func (c *Conn) End() {
	if half, ok := c.conn.(interface{ CloseWrite() error }); ok && c.streams() && half.CloseWrite() == nil {
		c.conn.SetReadDeadline(time.Now().Add(lastChance))
		io.Copy(io.Discard, c.conn)
	}
	c.Close()
}

// Write sends all of b, and closes the connection if it can't.
func (c *Conn) Write(b []byte) error {
	conn, err := c.Get()
	if err != nil {
		return err
	}
	if _, err = conn.Write(b); err != nil {
		c.Close()
	}
	return err
}

// TLS is how a receiver of this name is spoken to. Kong never checks certificates.
func TLS(name string, verify bool) *tls.Config {
	return &tls.Config{ServerName: name, InsecureSkipVerify: !verify}
}

// Milliseconds is a duration as configurations say it.
func Milliseconds(f float64) time.Duration { return time.Duration(f * float64(time.Millisecond)) }
