package feed

import (
	"bufio"
	"encoding/json"
	"sync"
	"time"

	"moongate/edge/sys/event"
)

// Client is the receiving side, in a worker. Set the fields, then Run on a goroutine of
// the loop's.
type Client struct {
	Loop   *event.Loop
	Path   string // of the socket
	Secret string
	Worker Worker
	// Handle takes a frame; the body is its own. An error ends the connection: the
	// state comes anew.
	Handle func(k Kind, body []byte) error
	// Lost, if set, is told each time that a connection could not be made or has
	// ended, with the number of such times in a row.
	Lost func(err error, times int)

	mu   sync.Mutex
	conn *event.Conn
	end  bool
}

const (
	firstPause = 20 * time.Millisecond
	lastPause  = time.Second
)

// Run receives until Close.
func (c *Client) Run() {
	pause, failed := firstPause, 0
	for !c.ended() {
		got, err := c.receive()
		if c.ended() {
			return
		}
		if got {
			pause, failed = firstPause, 0
		}
		failed++
		if c.Lost != nil {
			c.Lost(err, failed)
		}
		event.Sleep(pause)
		pause = min(pause*2, lastPause)
	}
}

// receive is one connection; got tells whether anything came over it.
func (c *Client) receive() (got bool, err error) {
	conn, err := c.Loop.DialUnix(c.Path, &event.Dialer{Timeout: helloTimeout})
	if err != nil {
		return false, err
	}
	conn.SetHandler(nobody{})
	conn.SetWriteTimeout(helloTimeout)
	if !c.use(conn) {
		conn.Close()
		return false, nil
	}
	defer c.drop(conn)
	body, err := json.Marshal(greeting{c.Secret, c.Worker})
	if err != nil {
		return false, err
	}
	if _, err := conn.Write(AppendFrame(nil, hello, body)); err != nil {
		return false, err
	}
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		k, body, err := readFrame(in, nil, MaxFrame)
		if err != nil {
			return got, err
		}
		if err := c.Handle(k, body); err != nil {
			return got, err
		}
		got = true
	}
}

func (c *Client) use(conn *event.Conn) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn = conn
	return !c.end
}

func (c *Client) drop(conn *event.Conn) {
	c.mu.Lock()
	c.conn = nil
	c.mu.Unlock()
	conn.Close()
}

func (c *Client) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.end
}

// Send sends a report, false when there is no connection or it takes no more: the
// caller keeps what it had to say. One goroutine sends at a time.
func (c *Client) Send(k Kind, body []byte) bool {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	if conn == nil {
		return false
	}
	_, err := conn.Write(AppendFrame(nil, k, body))
	return err == nil
}

// Close ends Run.
func (c *Client) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.end = true
	if c.conn != nil {
		c.conn.Interrupt()
	}
}

// nobody is the handler of a connection that is never parked.
type nobody struct{}

func (nobody) Ready(c *event.Conn, _ event.Why) { c.Close() }
