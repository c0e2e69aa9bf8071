package proc

import (
	"encoding/binary"
	"errors"
	"os"
	"time"

	"moongate/edge/wire/nlmsg"

	"golang.org/x/sys/unix"
)

// Event is something that a process has done.
type Event struct {
	What EventKind
	Pid  int // of the process; of a fork the child's
}

// EventKind says what it has done.
type EventKind uint32

// The events that are told. What linux/cn_proc.h calls them.
const (
	Forked  EventKind = 0x1
	Execed  EventKind = 0x2
	Renamed EventKind = 0x200
	Exited  EventKind = 0x80000000
	Missed  EventKind = 0 // more has happened than there was room for
)

// Events is the kernel's word on all processes of the system (its proc connector).
type Events struct {
	file *os.File
	buf  []byte
}

const (
	connector   = 11 // NETLINK_CONNECTOR
	procIndex   = 1  // CN_IDX_PROC and CN_VAL_PROC
	listen      = 1  // PROC_CN_MCAST_LISTEN
	messageHead = 20 // struct cn_msg
	eventHead   = 16 // what, cpu and timestamp of struct proc_event
)

// OpenEvents begins to hear. It fails where there is no word to be had: outside the first
// network namespace, for want of privileges, or of the kernel's support.
func OpenEvents() (*Events, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, connector)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	if err := subscribe(fd); err != nil {
		unix.Close(fd)
		return nil, err
	}
	if err := unix.SetNonblock(fd, true); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return &Events{file: os.NewFile(uintptr(fd), "proc events"), buf: make([]byte, 16<<10)}, nil
}

// subscribe asks for events and waits for the kernel to agree.
func subscribe(fd int) error {
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: procIndex}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	var e nlmsg.Encoder
	e.Message(nlmsg.Header{Type: unix.NLMSG_DONE})
	var m [messageHead + 4]byte
	binary.NativeEndian.PutUint32(m[0:], procIndex)
	binary.NativeEndian.PutUint32(m[4:], procIndex)
	binary.NativeEndian.PutUint16(m[16:], 4) // what follows
	binary.NativeEndian.PutUint32(m[messageHead:], listen)
	e.Raw(m[:]...)
	if err := unix.Sendto(fd, e.Bytes(), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError("sendto", err)
	}
	patience := unix.NsecToTimeval(int64(time.Second))
	unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience)
	buf := make([]byte, 4096)
	for {
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if err != nil {
			return os.NewSyscallError("recvfrom", err)
		}
		agreed, refused := false, unix.Errno(0)
		eventsOf(buf[:n], func(what EventKind, data []byte) {
			if what == 0 && len(data) >= 4 {
				agreed, refused = true, unix.Errno(nlmsg.Uint32(data))
			}
		})
		if refused != 0 {
			return os.NewSyscallError("connector", refused)
		}
		if agreed {
			return nil
		}
	}
}

// eventsOf calls f with each event of what was received, and its data.
func eventsOf(b []byte, f func(what EventKind, data []byte)) {
	for len(b) > 0 {
		_, body, rest, err := nlmsg.Next(b)
		if err != nil {
			return
		}
		if b = rest; len(body) >= messageHead+eventHead {
			f(EventKind(nlmsg.Uint32(body[messageHead:])), body[messageHead+eventHead:])
		}
	}
}

// Next waits for events and calls f with each. What threads do is left out. It ends with an
// error when Events is closed.
func (e *Events) Next(f func(Event)) error {
	n, err := e.file.Read(e.buf)
	if errors.Is(err, unix.ENOBUFS) {
		f(Event{What: Missed})
		return nil
	}
	if err != nil {
		return err
	}
	eventsOf(e.buf[:n], func(what EventKind, data []byte) {
		at := 0
		switch what {
		case Forked:
			at = 8 // behind the parent's pid and thread group
		case Execed, Renamed, Exited:
		default:
			return
		}
		if len(data) < at+8 {
			return
		}
		if pid := nlmsg.Uint32(data[at:]); pid == nlmsg.Uint32(data[at+4:]) { // not a thread
			f(Event{what, int(pid)})
		}
	})
	return nil
}

// Close ends it.
func (e *Events) Close() error { return e.file.Close() }
