package netlink

import (
	"fmt"
	"os"
	"syscall"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// A Conn is a socket for requests.
type Conn struct {
	fd  int
	seq uint32
	enc nlmsg.Encoder
	buf []byte
}

// bufSize holds what the kernel returns at once of a long answer: at most 32 kB.
const bufSize = 64 << 10

// timeout is for a kernel that does not answer, which it always does.
var timeout = unix.Timeval{Sec: 10}

// Open opens a Conn in the network namespace of the calling thread.
func Open() (*Conn, error) {
	fd, err := dial(0)
	if err != nil {
		return nil, err
	}
	c := &Conn{fd: fd, buf: make([]byte, bufSize)}
	// Older kernels explain less and filter less.
	unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_EXT_ACK, 1)
	unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_GET_STRICT_CHK, 1)
	unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout)
	return c, nil
}

// dial opens a socket that hears of the given groups.
func dial(kind int, groups ...int) (int, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|kind, unix.NETLINK_ROUTE)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	err = unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK})
	for _, g := range groups {
		if err == nil {
			err = unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, g)
		}
	}
	if err != nil {
		unix.Close(fd)
		return -1, fmt.Errorf("netlink socket: %w", err)
	}
	return fd, nil
}

// Close closes the socket.
func (c *Conn) Close() error { return unix.Close(c.fd) }

// begin starts a request, whose head and attributes are added to the returned Encoder.
func (c *Conn) begin(kind, flags uint16) *nlmsg.Encoder {
	c.seq++
	c.enc.Reset()
	c.enc.Message(nlmsg.Header{Type: kind, Flags: unix.NLM_F_REQUEST | flags, Seq: c.seq})
	return &c.enc
}

// do sends what was begun and waits for the kernel to say that it is done.
func (c *Conn) do(op string) error { return c.ask(op, nil) }

// ask sends what was begun and calls each for every message of the answer.
func (c *Conn) ask(op string, each func(kind uint16, body []byte)) error {
	if err := unix.Sendto(c.fd, c.enc.Bytes(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return Refuse(op, errnoOf(err), "")
	}
	interrupted := false
	for {
		n, _, err := unix.Recvfrom(c.fd, c.buf, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return Refuse(op, errnoOf(err), "")
		}
		for rest := c.buf[:n]; len(rest) > 0; {
			var h nlmsg.Header
			var body []byte
			if h, body, rest, err = nlmsg.Next(rest); err != nil {
				return fmt.Errorf("%s: %w", op, err)
			}
			if h.Seq != c.seq {
				continue // of a request that was given up
			}
			interrupted = interrupted || h.Flags&unix.NLM_F_DUMP_INTR != 0
			switch h.Type {
			case unix.NLMSG_ERROR, unix.NLMSG_DONE:
				if errno := syscall.Errno(-int32(nlmsg.Uint32(body))); errno != 0 {
					return Refuse(op, errno, explanation(h, body))
				}
				if interrupted {
					return Refuse(op, unix.EINTR, "")
				}
				return nil
			default:
				if each != nil {
					each(h.Type, body)
				}
			}
		}
	}
}

func errnoOf(err error) syscall.Errno {
	if e, ok := err.(syscall.Errno); ok {
		return e
	}
	return unix.EIO
}

// explanation is the text that newer kernels give with a refusal.
func explanation(h nlmsg.Header, body []byte) string {
	const head = 4 + nlmsg.HeaderSize // the error, and the header of the request
	if h.Flags&unix.NLM_F_ACK_TLVS == 0 || len(body) < head {
		return ""
	}
	at := head
	if h.Flags&unix.NLM_F_CAPPED == 0 { // the rest of the request is in between
		at = max(head, 4+int(nlmsg.Uint32(body[4:])+3)&^3)
	}
	if h.Type == unix.NLMSG_DONE {
		at = 4
	}
	for kind, v := range nlmsg.Attrs(body[min(at, len(body)):]) {
		if kind == unix.NLMSGERR_ATTR_MSG {
			return nlmsg.String(v)
		}
	}
	return ""
}

// tries is how often a list is asked for that changes while the kernel writes it.
const tries = 5

// list asks for a whole table. What write adds is the family's head.
func (c *Conn) list(op string, kind uint16, write func(*nlmsg.Encoder), start func(), each func(kind uint16, body []byte)) error {
	for n := 1; ; n++ {
		start()
		write(c.begin(kind, unix.NLM_F_DUMP))
		err := c.ask(op, each)
		if f, ok := err.(*Fault); !ok || f.Errno != unix.EINTR || n == tries {
			return err
		}
	}
}
