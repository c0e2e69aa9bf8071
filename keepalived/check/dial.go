package check

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"moongate/edge/sys/errno"
	"moongate/edge/sys/socket"
	"moongate/keepalived/config"
)

// route is where a checker connects to, and from where.
type route struct {
	to, bind netip.AddrPort
	device   string
	mark     uint32
	timeout  time.Duration
}

func routeOf(c *config.Checker) route {
	return route{c.Connect, c.Bind, c.BindIf, c.FwMark, c.Timeout}
}

// dial connects. The deadline of ctx is not looked at, its end is.
func (r *route) dial(ctx context.Context, network string) (net.Conn, error) {
	d := net.Dialer{Timeout: r.timeout, KeepAlive: -1, Control: socket.Control(r.mark, r.device)}
	if r.bind.IsValid() {
		if network == "udp" {
			d.LocalAddr = net.UDPAddrFromAddrPort(r.bind)
		} else {
			d.LocalAddr = net.TCPAddrFromAddrPort(r.bind)
		}
	}
	c, err := d.DialContext(ctx, network, r.to.String())
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	return &conn{c, ctx, stop}, nil
}

// conn is a connection whose reads and writes end with the context.
type conn struct {
	net.Conn
	ctx  context.Context
	stop func() bool
}

func (c *conn) Close() error {
	c.stop()
	return c.Conn.Close()
}

// wait gives the reads and writes that follow a time.
func wait(c net.Conn, d time.Duration) {
	c.SetDeadline(time.Now().Add(d))
	if c, ok := c.(*conn); ok && c.ctx.Err() != nil {
		c.SetDeadline(time.Unix(1, 0)) // the end came before the line above
	}
}

func timedOut(err error) bool {
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded)
}

// local tells whether an error is this machine's own: the socket could not be
// made or bound. That says nothing of the server, and the attempt is put off. The
// line says so in the words of the kind, behind one with the reason.
func (r *route) local(err error, create, bind string) (outcome, bool) {
	var call *os.SyscallError
	if !errors.As(err, &call) {
		return outcome{}, false
	}
	reason := errno.Text(errno.Number(call.Err))
	o := outcome{off: true, why: bind}
	switch call.Syscall {
	case "socket":
		o.why = create
	case "bind":
		o.note = []string{"Checker bind failed: " + reason}
	case "SO_BINDTODEVICE":
		o.note = []string{"Checker can't bind to device " + r.device + ": " + reason}
	case "SO_MARK":
		o.note = []string{fmt.Sprintf("Error setting fwmark %d to socket: %s", r.mark, reason)}
		o.why = create
	default:
		return outcome{}, false
	}
	return o, true
}

// after ends a line: how often it was tried.
func after(line string, retries int) string {
	if retries == 0 {
		return line + "."
	}
	return fmt.Sprintf("%s after %d retries.", line, retries)
}

// downLine is what a check of that kind says of a server that is down; the first result
// is not one of several.
func downLine(kind, real string, first bool, retries int) string {
	line := kind + " on service " + real + " failed"
	if first {
		return line + "."
	}
	return after(line, retries)
}

// mailLine is a mail's text.
func mailLine(kind string, up bool) string {
	if up {
		return "=> " + kind + " CHECK succeed on service <="
	}
	return "=> " + kind + " CHECK failed on service <="
}
