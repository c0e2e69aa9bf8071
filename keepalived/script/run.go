package script

import (
	"errors"
	"os"
	"os/user"
	"strconv"
	"time"

	"moongate/edge/sys/caps"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
)

// Run is a program that has been started.
type Run struct {
	pid    int
	done   chan struct{}
	status proc.Status
}

// Start starts a command with further arguments behind its own.
//
// The thread that calls it must live as long as the program may run: with the
// thread's end the program gets SIGTERM. Threads of goroutines that are not
// locked do.
func Start(c *config.Command, more ...string) (*Run, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	fd := int(null.Fd())
	child := &proc.Child{
		Path: c.Args[0], Argv: append(append([]string(nil), c.Args...), more...), Env: os.Environ(),
		Files: []int{fd, fd, fd}, Pgid: true, Death: proc.SIGTERM,
	}
	if proc.EffectiveUID() == 0 && !asWeAre(c) {
		child.User = &proc.Credential{UID: int(c.UID), GID: int(c.GID), Groups: groups(c)}
	}
	pid, err := proc.Start(child)
	if err != nil {
		if child.User != nil && errors.Is(err, errno.EPERM) {
			err = caps.Explain(err, caps.SetUID, caps.SetGID)
		}
		return nil, err
	}
	r := &Run{pid: pid, done: make(chan struct{})}
	go func() {
		r.status, _ = proc.Wait(pid)
		close(r.done)
	}()
	return r, nil
}

// asWeAre tells whether a program for root can only run as we do: in a container that
// may not change users, what we are is root without other groups anyway.
func asWeAre(c *config.Command) bool {
	if c.UID != 0 || c.GID != 0 || os.Getegid() != 0 {
		return false
	}
	have, err := caps.Effective()
	return err == nil && !have.Has(caps.SetGID)
}

// groups are those that the user is in besides, if they were asked for.
func groups(c *config.Command) []int {
	list := []int{int(c.GID)}
	if !c.Groups {
		return list
	}
	u, err := user.LookupId(strconv.Itoa(int(c.UID)))
	if err != nil {
		return list
	}
	ids, err := u.GroupIds()
	if err != nil {
		return list
	}
	for _, id := range ids {
		if n, err := strconv.Atoi(id); err == nil && n != list[0] {
			list = append(list, n)
		}
	}
	return list
}

// PID is the program's.
func (r *Run) PID() int { return r.pid }

// Done is closed when the program has ended.
func (r *Run) Done() <-chan struct{} { return r.done }

// Status is how the program ended. It is there once Done is closed.
func (r *Run) Status() proc.Status { return r.status }

// Signal sends a signal to the program and to what it has started, as long as
// the program runs.
func (r *Run) Signal(s proc.Signal) {
	select {
	case <-r.done:
	default:
		proc.KillGroup(r.pid, s)
	}
}

// End waits for the program to end within a time, then asks it to with SIGTERM,
// and after some more time makes it end. It tells whether the program ended by
// itself.
func (r *Run) End(within, then time.Duration) bool {
	select {
	case <-r.done:
		return true
	case <-time.After(within):
	}
	r.Signal(proc.SIGTERM)
	select {
	case <-r.done:
	case <-time.After(then):
		r.Signal(proc.SIGKILL)
		<-r.done
	}
	return false
}
