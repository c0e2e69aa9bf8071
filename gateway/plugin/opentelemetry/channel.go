package opentelemetry

import (
	"bufio"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"time"

	"moongate/edge/wire/http2"
	"moongate/gateway/plugin/logging"
)

// channel is a connection by HTTP/2, kept for one call after another. The queue's goroutine
// is the only one that has to do with it: what the other side says between calls is read
// with the answer to the next one.
type channel struct {
	to   logging.Conn // how it is made
	list []byte       // the fields of each request

	conn    net.Conn
	in      *bufio.Reader
	used    time.Time
	id      uint32 // of the last call's stream; 0: there was none
	window  int64  // of the connection, for what is sent
	initial int64  // of streams
	frame   int    // how long frames may be
	got     int    // since windows were opened again
	leaving bool   // the other side takes no more calls

	out, payload []byte
	call         call
}

// do makes a call. One that fails on a connection that was kept is made again on a new one:
// the collector may have given the old one up meanwhile.
func (c *channel) do(message []byte) (*call, error) {
	kept, err := c.open()
	if err != nil {
		return nil, err
	}
	err = c.exchange(message)
	if err != nil && kept && !c.call.header && !errors.Is(err, os.ErrDeadlineExceeded) {
		if _, err = c.open(); err == nil {
			err = c.exchange(message)
		}
	}
	return &c.call, err
}

// open makes the connection, unless there is one that is good for another call.
func (c *channel) open() (kept bool, err error) {
	if c.conn != nil && (c.leaving || time.Since(c.used) > c.to.Keep || c.id > 1<<30) {
		c.Close()
	}
	if c.conn != nil {
		return true, nil
	}
	d := net.Dialer{Timeout: c.to.Dialing}
	if c.to.TLS == nil {
		c.conn, err = d.Dial(c.to.Network, c.to.Address)
	} else if t, bad := tls.DialWithDialer(&d, c.to.Network, c.to.Address, c.to.TLS); bad != nil {
		err = bad
	} else if c.conn = t; t.ConnectionState().NegotiatedProtocol != "h2" {
		c.Close()
		err = errors.New("it does not speak HTTP/2")
	}
	if err != nil {
		c.conn = nil
		return false, err
	}
	c.in = bufio.NewReader(c.conn)
	c.id, c.window, c.initial, c.frame = 0, http2.FirstWindow, http2.FirstWindow, http2.LeastFrame
	c.got, c.leaving = 0, false
	return false, nil
}

// exchange sends a message and reads the answer. Unless that is whole, the connection is
// closed.
func (c *channel) exchange(message []byte) error {
	err := c.talk(message)
	c.used = time.Now()
	if err != nil {
		c.Close()
	}
	return err
}

func (c *channel) talk(message []byte) error {
	c.conn.SetDeadline(time.Now().Add(c.to.Timeout))
	k := &c.call
	k.reset(c.initial)
	b := c.out[:0]
	if c.id == 0 {
		b = append(b, http2.Hello...)
		c.id = 1
	} else {
		c.id += 2
	}
	b = http2.AppendHeaders(b, c.list, c.id, false)
	for len(message) > 0 && !k.ended {
		n := int(min(int64(len(message)), c.window, k.window, int64(c.frame)))
		if n > 0 {
			flags := byte(0)
			if n == len(message) {
				flags = http2.EndStream
			}
			b = append(http2.AppendHead(b, n, http2.Data, flags, c.id), message[:n]...)
			message = message[n:]
			c.window -= int64(n)
			k.window -= int64(n)
		}
		if n > 0 && len(message) > 0 && len(b) < flushAt {
			continue
		}
		if _, err := c.conn.Write(b); err != nil {
			return err
		}
		b = b[:0]
		if n <= 0 {
			if err := c.read(); err != nil {
				return err
			}
		}
	}
	c.out = b
	for !k.ended {
		if err := c.read(); err != nil {
			return err
		}
	}
	if len(message) > 0 { // answered without having read it all
		const cancel = 8
		_, err := c.conn.Write(binary.BigEndian.AppendUint32(http2.AppendHead(nil, 4, http2.Reset, 0, c.id), cancel))
		return err
	}
	return nil
}

// flushAt is how much is gathered for a write.
const flushAt = 64 << 10

// read reads a frame.
func (c *channel) read() error {
	var room [http2.HeadSize]byte
	if _, err := io.ReadFull(c.in, room[:]); err != nil {
		return err
	}
	h := http2.ReadHead(room[:])
	if h.Size > http2.LeastFrame {
		return fmt.Errorf("a frame of %d bytes", h.Size)
	}
	c.payload = slices.Grow(c.payload[:0], h.Size)[:h.Size]
	p := c.payload
	if _, err := io.ReadFull(c.in, p); err != nil {
		return err
	}
	switch h.Kind {
	case http2.Headers, http2.Continuation:
		if h.ID == c.id {
			return c.call.take(h, p)
		}
	case http2.Data:
		if h.ID == c.id {
			if err := c.call.data(h, p); err != nil {
				return err
			}
		}
		if c.got += h.Size; c.got > 1<<20 {
			n := c.got
			c.got = 0
			return c.say(http2.AppendUpdate(nil, 0, uint32(n)))
		}
	case http2.Settings:
		if h.Flags&http2.Ack == 0 {
			return c.settings(p)
		}
	case http2.Ping:
		if h.Flags&http2.Ack == 0 {
			return c.say(append(http2.AppendHead(nil, len(p), http2.Ping, http2.Ack, 0), p...))
		}
	case http2.WindowUpdate, http2.Reset, http2.GoAway:
		return c.control(h, p)
	}
	return nil
}

// control takes frames that are numbers.
func (c *channel) control(h http2.Head, p []byte) error {
	if len(p) < 4 || h.Kind == http2.GoAway && len(p) < 8 {
		return errors.New("a frame that is cut")
	}
	n := binary.BigEndian.Uint32(p)
	switch {
	case h.Kind == http2.WindowUpdate && h.ID == 0:
		c.window += int64(n & http2.MostWindow)
	case h.Kind == http2.WindowUpdate && h.ID == c.id:
		c.call.window += int64(n & http2.MostWindow)
	case h.Kind == http2.Reset && h.ID == c.id:
		if c.call.ended {
			return nil
		}
		return fmt.Errorf("the stream was reset, code %d", n)
	case h.Kind == http2.GoAway:
		if c.leaving = true; n&http2.MostWindow < c.id {
			return fmt.Errorf("the connection is closed, code %d", binary.BigEndian.Uint32(p[4:]))
		}
	}
	return nil
}

// settings takes the other side's, and says so.
func (c *channel) settings(p []byte) error {
	for ; len(p) >= 6; p = p[6:] {
		v := binary.BigEndian.Uint32(p[2:])
		switch binary.BigEndian.Uint16(p) {
		case http2.InitialWindowSize:
			c.call.window += int64(v) - c.initial
			c.initial = int64(v)
		case http2.MaxFrameSize:
			c.frame = int(min(max(v, http2.LeastFrame), http2.MostFrame))
		}
	}
	return c.say(http2.AppendHead(nil, 0, http2.Settings, http2.Ack, 0))
}

func (c *channel) say(frame []byte) error {
	_, err := c.conn.Write(frame)
	return err
}

// Close closes the connection.
func (c *channel) Close() {
	if c.conn != nil {
		c.conn.Close()
		c.conn = nil
	}
}
