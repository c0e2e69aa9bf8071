package redis

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// Options say where a server is and how it is spoken to.
type Options struct {
	Host               string
	Port               int
	Unix               string        // the path of a socket, in place of host and port
	Timeout            time.Duration // of a command, with all that it takes: names, connecting, saying who we are
	Username, Password string
	Database           int
	TLS                *tls.Config // nil: plain
}

const (
	maxIdle = 64
	// pause is how long nobody tries to connect after a failure.
	pause = 500 * time.Millisecond
)

// Client is connections to one server.
type Client struct {
	o    Options
	loop *event.Loop

	mu     sync.Mutex
	idle   []*conn
	closed bool
	until  time.Duration // nobody connects before that, by event.Mono
	why    error
}

// New makes a client. It connects when it is first used.
func New(loop *event.Loop, o Options) *Client { return &Client{loop: loop, o: o} }

// conn is one connection.
type conn struct {
	net.Conn
	in   *bufio.Reader
	out  []byte
	used bool
}

// Close closes what is idle; what is in use closes itself after it.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for _, x := range c.idle {
		x.Close()
	}
	c.idle = nil
}

// Do sends a command and reads the answer. An answer that is an error is an Error.
func (c *Client) Do(args ...string) (Reply, error) {
	end := event.Now().Add(c.o.Timeout)
	for {
		x, err := c.get(end)
		if err != nil {
			return Reply{}, err
		}
		r, err := x.do(end, args)
		var e Error
		if err == nil || errors.As(err, &e) {
			c.put(x)
			return r, err
		}
		x.Close()
		// A kept connection may have been closed meanwhile; the command was not read then.
		if !x.used || !errors.Is(err, errSilent) {
			return Reply{}, fmt.Errorf("redis %s: %w", c.address(), err)
		}
	}
}

func (c *Client) address() string {
	if c.o.Unix != "" {
		return c.o.Unix
	}
	return net.JoinHostPort(c.o.Host, strconv.Itoa(c.o.Port))
}

func (c *Client) get(end time.Time) (*conn, error) {
	c.mu.Lock()
	if n := len(c.idle); n > 0 {
		x := c.idle[n-1]
		c.idle = c.idle[:n-1]
		c.mu.Unlock()
		return x, nil
	}
	if event.Mono() < c.until {
		err := c.why
		c.mu.Unlock()
		return nil, err
	}
	c.mu.Unlock()
	x, err := c.dial(end)
	if err != nil {
		err = fmt.Errorf("redis %s: %w", c.address(), err)
		c.mu.Lock()
		c.until, c.why = event.Mono()+pause, err
		c.mu.Unlock()
		return nil, err
	}
	return x, nil
}

func (c *Client) put(x *conn) {
	x.used = true
	c.mu.Lock()
	keep := !c.closed && len(c.idle) < maxIdle
	if keep {
		c.idle = append(c.idle, x)
	}
	c.mu.Unlock()
	if !keep {
		x.Close()
	}
}

func (c *Client) dial(end time.Time) (*conn, error) {
	ev, err := c.connect(end)
	if err != nil {
		return nil, err
	}
	x := &conn{Conn: ev.NetConn()}
	if c.o.TLS != nil {
		x.Conn = tls.Client(x.Conn, c.o.TLS)
	}
	x.in = bufio.NewReader(x.Conn)
	if err := c.greet(x, end); err != nil {
		x.Close()
		return nil, err
	}
	return x, nil
}

func (c *Client) connect(end time.Time) (*event.Conn, error) {
	if c.o.Unix != "" {
		return c.loop.DialUnix(c.o.Unix, &event.Dialer{Timeout: left(end)})
	}
	addr, err := netip.ParseAddr(c.o.Host)
	if err != nil {
		event.Block() // names are asked for by Go's own means
		ctx, cancel := context.WithDeadline(context.Background(), end)
		list, err := net.DefaultResolver.LookupNetIP(ctx, "ip", c.o.Host)
		cancel()
		if err != nil {
			return nil, err
		}
		addr = list[0].Unmap()
	}
	ev, err := c.loop.DialTo(netip.AddrPortFrom(addr, uint16(c.o.Port)), &event.Dialer{Timeout: left(end)})
	if err == nil {
		ev.SetNoDelay(true)
	}
	return ev, err
}

// left is the time until end; it is never 0, which would be no limit.
func left(end time.Time) time.Duration { return max(end.Sub(event.Now()), time.Millisecond) }

// greet says who we are and which database we mean.
func (c *Client) greet(x *conn, end time.Time) error {
	if c.o.Password != "" {
		args := []string{"AUTH", c.o.Username, c.o.Password}
		if c.o.Username == "" {
			args = []string{"AUTH", c.o.Password}
		}
		if _, err := x.do(end, args); err != nil {
			return err
		}
	}
	if c.o.Database != 0 {
		if _, err := x.do(end, []string{"SELECT", strconv.Itoa(c.o.Database)}); err != nil {
			return err
		}
	}
	return nil
}

// errSilent says that the server has closed the connection without a word.
var errSilent = errors.New("connection closed")

func (x *conn) do(end time.Time, args []string) (Reply, error) {
	x.out = appendCommand(x.out[:0], args)
	x.SetDeadline(end)
	if _, err := x.Write(x.out); err != nil {
		return Reply{}, fmt.Errorf("%w: %w", errSilent, err)
	}
	if _, err := x.in.Peek(1); err != nil {
		if err == io.EOF {
			err = errSilent
		}
		return Reply{}, err
	}
	return read(x.in, 0)
}
