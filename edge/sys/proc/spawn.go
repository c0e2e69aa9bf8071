package proc

import (
	"os"
	"syscall"
)

// Self is the path under which a process finds the very program it is running,
// even when the file was replaced or removed meanwhile: a worker that is started
// again must be of the same build as its master.
const Self = "/proc/self/exe"

// Child says how to start a process.
type Child struct {
	Path  string
	Argv  []string
	Env   []string
	Files []int // become descriptors 0, 1, 2, ... of the child

	Setsid  bool        // a session of its own, away from the terminal
	Pgid    bool        // a process group of its own, which can be signalled as one
	Death   Signal      // what it gets when the thread ends that started it, or 0
	User    *Credential // start as this user already
	Ambient []uintptr   // capabilities kept across the change of user
}

// Credential is a user with its groups.
type Credential struct {
	UID, GID int
	Groups   []int
}

// Start starts a child and returns its pid. Nothing but Files stays open in it.
func Start(c *Child) (int, error) {
	attr := &syscall.ProcAttr{Env: c.Env, Sys: &syscall.SysProcAttr{Setsid: c.Setsid, Setpgid: c.Pgid,
		Pdeathsig: syscall.Signal(c.Death), AmbientCaps: c.Ambient}}
	for _, fd := range c.Files {
		attr.Files = append(attr.Files, uintptr(fd))
	}
	if c.User != nil {
		cred := &syscall.Credential{Uid: uint32(c.User.UID), Gid: uint32(c.User.GID)}
		for _, g := range c.User.Groups {
			cred.Groups = append(cred.Groups, uint32(g))
		}
		attr.Sys.Credential = cred
	}
	return syscall.ForkExec(c.Path, c.Argv, attr)
}

// Status is how a child ended.
type Status struct {
	Exited bool
	Code   int    // when it ended by itself
	Signal Signal // when a signal ended it
	Core   bool   // and left a core file
}

// Reap tells whether a child has ended, without waiting; pid -1 asks for any
// child. It returns the pid, 0 when none has ended.
func Reap(pid int) (int, Status, error) {
	return wait(pid, syscall.WNOHANG)
}

// Wait waits until the child has ended.
func Wait(pid int) (Status, error) {
	_, st, err := wait(pid, 0)
	return st, err
}

func wait(pid, options int) (int, Status, error) {
	var ws syscall.WaitStatus
	for {
		got, err := syscall.Wait4(pid, &ws, options, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || got == 0 {
			return 0, Status{}, err
		}
		if ws.Signaled() {
			return got, Status{Signal: Signal(ws.Signal()), Core: ws.CoreDump()}, nil
		}
		return got, Status{Exited: true, Code: ws.ExitStatus()}, nil
	}
}

// Channel is a pair of connected sockets between a process and its child. Each
// message is kept whole (SOCK_SEQPACKET), and the end of one side is seen by
// the other as an empty read. The first never blocks: it is the parent's.
func Channel() (parent, child int, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_SEQPACKET|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, -1, err
	}
	for _, fd := range fds {
		if err := syscall.SetNonblock(fd, true); err != nil {
			syscall.Close(fds[0])
			syscall.Close(fds[1])
			return -1, -1, err
		}
	}
	return fds[0], fds[1], nil
}

// File makes an os.File of a non-blocking descriptor, whose reads wait in Go's
// poller.
func File(fd int, name string) *os.File { return os.NewFile(uintptr(fd), name) }

// Umask sets the mask for the permissions of new files.
func Umask(mask int) { syscall.Umask(mask) }

// Stream is a pair of connected stream sockets between a process and its child.
// The child's side is a number, for it to become the child's.
func Stream() (parent *os.File, child int, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, -1, err
	}
	return os.NewFile(uintptr(fds[0]), "child"), fds[1], nil
}
