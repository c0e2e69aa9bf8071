package ipvs

import (
	"errors"
	"fmt"
	"syscall"

	"moongate/edge/sys/caps"
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Exchange gives a request to the kernel, or to who stands for it, and returns all
// messages of its answer.
type Exchange func(request []byte) (answer []byte, err error)

// Client speaks to IPVS.
type Client struct {
	exchange Exchange
	close    func() error
	family   uint16
	seq      uint32
	b        nlmsg.Encoder
}

// Missing says that the kernel has no ip_vs.
type Missing struct{ Err error }

func (m *Missing) Error() string { return "the kernel has no ip_vs: " + m.Err.Error() }

func (m *Missing) Unwrap() error { return m.Err }

// Fault is a request that the kernel refused.
type Fault struct {
	Op    string
	Errno syscall.Errno
	err   error
}

func (f *Fault) Error() string { return f.Op + ": " + f.err.Error() }

func (f *Fault) Unwrap() error { return f.err }

const familyName = "IPVS"

// New makes a client that speaks by an exchange, and finds the family.
func New(exchange Exchange) (*Client, error) {
	c := &Client{exchange: exchange, close: func() error { return nil }, family: unix.GENL_ID_CTRL}
	c.begin(unix.CTRL_CMD_GETFAMILY, unix.NLM_F_ACK)
	c.b.String(unix.CTRL_ATTR_FAMILY_NAME, familyName)
	id := uint16(0)
	err := c.run("find IPVS", func(_ uint8, attrs []byte) error {
		for kind, v := range nlmsg.Attrs(attrs) {
			if kind == unix.CTRL_ATTR_FAMILY_ID {
				id = nlmsg.Uint16(v)
			}
		}
		return nil
	})
	if errors.Is(err, unix.ENOENT) {
		return nil, &Missing{unix.ENOENT}
	}
	if err == nil && id == 0 {
		err = errors.New("find IPVS: the answer has no number of the family")
	}
	if err != nil {
		return nil, err
	}
	c.family = id
	return c, nil
}

// Close ends the client.
func (c *Client) Close() error { return c.close() }

// begin starts a request.
func (c *Client) begin(cmd uint8, flags uint16) {
	c.seq++
	c.b.Reset()
	c.b.Message(nlmsg.Header{Type: c.family, Flags: unix.NLM_F_REQUEST | flags, Seq: c.seq})
	const version = 1
	c.b.Raw(cmd, version, 0, 0)
}

// run sends what was begun and gives each message of the answer to each, with its
// command and attributes.
func (c *Client) run(op string, each func(cmd uint8, attrs []byte) error) error {
	rest, err := c.exchange(c.b.Bytes())
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	for len(rest) > 0 {
		var h nlmsg.Header
		var body []byte
		if h, body, rest, err = nlmsg.Next(rest); err != nil {
			return fmt.Errorf("%s: %w", op, err)
		}
		switch {
		case h.Seq != c.seq:
		case h.Type == unix.NLMSG_ERROR || h.Type == unix.NLMSG_DONE:
			if errno := unix.Errno(-int32(nlmsg.Uint32(body))); errno != 0 {
				return &Fault{op, errno, caps.Explain(errno, caps.NetAdmin)}
			}
			return nil
		case h.Type == c.family && len(body) >= 4:
			if each == nil {
				continue
			}
			if err := each(body[0], body[4:]); err != nil {
				return fmt.Errorf("%s: %w", op, err)
			}
		}
	}
	return fmt.Errorf("%s: the answer has no end", op)
}
