package upstream

import (
	"net/netip"
	"time"

	"moongate/edge/sys/event"
	"moongate/edge/sys/socket"
	"moongate/engine/certs"
	"moongate/engine/resolver"
)

// DialOptions say how a connection to a peer is made.
type DialOptions struct {
	Timeout     time.Duration
	Bind        netip.AddrPort // proxy_bind; invalid for none
	Transparent bool
	KeepAlive   bool // SO_KEEPALIVE
	RcvBuf      int
	SndBuf      int
	// Began, if set, gets the connection before it is made: to be interrupted.
	Began func(*event.Conn)
}

// Dial connects to an address (ngx_event_connect_peer).
func Dial(l *event.Loop, a *resolver.Address, o *DialOptions) (*Conn, error) {
	c := &Conn{started: event.Mono()}
	d := event.Dialer{Bind: o.Bind, Timeout: o.Timeout, Started: o.Began}
	if o.KeepAlive || o.RcvBuf > 0 || o.SndBuf > 0 || o.Transparent {
		d.Control = o.control
	}
	var err error
	if a.IP.IsValid() {
		c.ev, err = l.DialTo(a.IP, &d)
	} else {
		c.ev, err = l.DialUnix(a.Path, &d)
	}
	if err != nil {
		return nil, err
	}
	c.ev.SetHandler(c)
	return c, nil
}

func (o *DialOptions) control(fd int) error {
	if o.KeepAlive {
		if err := socket.SetKeepAlive(fd, true); err != nil {
			return err
		}
	}
	if o.RcvBuf > 0 || o.SndBuf > 0 {
		if err := socket.SetBuffers(fd, o.RcvBuf, o.SndBuf); err != nil {
			return err
		}
	}
	if o.Transparent {
		return socket.SetTransparent(fd, o.Bind.Addr().Is6())
	}
	return nil
}

// Secure shakes hands as a TLS client; the timeout is for each wait. What the
// peer's certificate is worth is asked of client.Check.
func (c *Conn) Secure(client *certs.Client, t certs.Target, timeout time.Duration) error {
	c.ev.SetReadTimeout(timeout)
	c.ev.SetWriteTimeout(timeout)
	c.net = c.ev.NetConn()
	c.tls = client.Connect(c.net, t)
	return c.tls.Handshake()
}
