package nft

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"slices"

	"moongate/edge/sys/caps"
	"moongate/edge/wire/nftables"
	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Unsupported says that the kernel has no nftables, or lets us not use it.
type Unsupported struct{ Err error }

func (u *Unsupported) Error() string { return "nftables: " + u.Err.Error() }

func (u *Unsupported) Unwrap() error { return u.Err }

// Conn speaks to the kernel about one table.
type Conn struct {
	fd  int
	seq uint32
}

// table is for both families.
var table = nftables.Table{Family: unix.NFPROTO_INET, Name: "moongate_lvs"}

// Open makes the table, which takes the place of one that was left behind.
func Open() (*Conn, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return nil, &Unsupported{os.NewSyscallError("socket", err)}
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		unix.Close(fd)
		return nil, os.NewSyscallError("bind", err)
	}
	// A batch is one message to the socket, however long.
	for _, o := range []int{unix.SO_SNDBUFFORCE, unix.SO_RCVBUFFORCE} {
		unix.SetsockoptInt(fd, unix.SOL_SOCKET, o, 16<<20)
	}
	unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_CAP_ACK, 1)
	c := &Conn{fd: fd}
	b := c.Batch()
	b.DropTable(table)
	b.skeleton()
	if err := c.Commit(b); err != nil {
		unix.Close(fd)
		return nil, &Unsupported{err}
	}
	return c, nil
}

// Close ends the connection, and without keep the table.
func (c *Conn) Close(keep bool) error {
	var err error
	if !keep {
		b := c.Batch()
		b.DropTable(table)
		err = c.Commit(b)
	}
	return errors.Join(err, unix.Close(c.fd))
}

// Batch is changes that belong together.
type Batch struct{ nftables.Batch }

// Batch begins one.
func (c *Conn) Batch() *Batch {
	b := &Batch{nftables.Batch{Seq: c.seq}}
	b.Begin()
	return b
}

// Commit has the kernel do all of a batch, or nothing. It has done so when the
// call returns: netlink works in the caller's time.
func (c *Conn) Commit(b *Batch) error {
	if b.Blank {
		return nil
	}
	b.End()
	c.seq = b.Seq
	if err := unix.Sendto(c.fd, b.Bytes(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return caps.Explain(os.NewSyscallError("sendto", err), caps.NetAdmin)
	}
	return c.read(unix.MSG_DONTWAIT, b.First, nil)
}

// read takes what the kernel has said: errors of messages from first on, and what
// each wants to see of a dump.
func (c *Conn) read(flags int, first uint32, each func(kind uint16, body []byte)) error {
	var failed error
	buf := make([]byte, 64<<10)
	for {
		n, _, err := unix.Recvfrom(c.fd, buf, flags)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.EAGAIN:
			return failed
		case err != nil:
			return os.NewSyscallError("recvfrom", err)
		}
		for rest := buf[:n]; len(rest) > 0; {
			var h nlmsg.Header
			var body []byte
			if h, body, rest, err = nlmsg.Next(rest); err != nil {
				return err
			}
			errno := unix.Errno(-int32(nlmsg.Uint32(body)))
			switch {
			case h.Seq < first:
			case h.Type == unix.NLMSG_DONE:
				return failed
			case h.Type == unix.NLMSG_ERROR:
				if errno != 0 && failed == nil {
					failed = caps.Explain(fmt.Errorf("message %d of the batch: %w", h.Seq-first, errno), caps.NetAdmin)
				}
				if each != nil {
					return failed
				}
			case each != nil:
				each(h.Type, body)
			}
		}
	}
}

// Count is what a destination's chain has counted: the first packets of its
// connections.
type Count struct{ Packets, Bytes uint64 }

// Counts reads the counters by chain.
func (c *Conn) Counts() (map[string]Count, error) {
	c.seq++
	var e nlmsg.Encoder
	e.Message(nftables.Head(nftables.GetRule, unix.NLM_F_DUMP, c.seq))
	e.Raw(table.Family, unix.NFNETLINK_V0, 0, 0)
	e.String(nftables.RuleTable, table.Name)
	if err := unix.Sendto(c.fd, e.Bytes(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, os.NewSyscallError("sendto", err)
	}
	all := map[string]Count{}
	err := c.read(0, c.seq, func(kind uint16, body []byte) {
		if len(body) < 4 {
			return
		}
		chain := ""
		for kind, v := range nlmsg.Attrs(body[4:]) {
			switch kind {
			case nftables.RuleChain:
				chain = nlmsg.String(v)
			case nftables.RuleExpressions:
				if count, ok := counter(v); ok {
					all[chain] = count
				}
			}
		}
	})
	return all, err
}

// counter finds the counter among expressions.
func counter(v []byte) (c Count, found bool) {
	for _, expr := range nlmsg.Attrs(v) {
		name := ""
		for kind, v := range nlmsg.Attrs(expr) {
			switch {
			case kind == nftables.ExpressionName:
				name = nlmsg.String(v)
			case kind == nftables.ExpressionData && name == "counter":
				found = true
				for kind, v := range nlmsg.Attrs(v) {
					if len(v) != 8 {
						continue
					}
					switch n := binary.BigEndian.Uint64(slices.Clone(v)); kind {
					case unix.NFTA_COUNTER_PACKETS:
						c.Packets = n
					case unix.NFTA_COUNTER_BYTES:
						c.Bytes = n
					}
				}
			}
		}
	}
	return c, found
}
