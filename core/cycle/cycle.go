package cycle

import (
	"moongate/core/config/syntax"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
)

// Cycle is one generation. Nothing in it changes after Commit but the contents of
// what it points to.
type Cycle struct {
	Options
	Generation int // 1 for the first of a program
	Core       *Core
	Events     *Events
	Snapshot   *syntax.Snapshot // the text it was built from
	Log        errlog.Log
	Files      OpenFiles
	Listeners  []*Listener
	Memory     Memory
	Processes  []Process
	Board      *Board
	Beats      bool // somebody watches the workers: they give signs of life (Row.Beat)

	parts   []Part
	main    mainScope
	paths   []string
	logs    []*errlog.Chain
	retired bool
}

// Program is what all generations of one program have in common.
type Program struct {
	Parts []Part
	// NewMemory makes the set of named shared memory of a generation; nil when
	// no part uses any.
	NewMemory func() Memory
}

// Memory is the named shared memory of a generation (package engine/zone). Bind,
// Rollback and Commit run in a master, Attach in its workers.
type Memory interface {
	// Bind claims from old, which may be nil, what is the same there, and makes
	// the rest.
	Bind(old Memory) error
	Rollback()
	// Commit drops what old alone has.
	Commit(old Memory)
	Export() []Handle
	Attach(hs []Handle) error
	// Reap releases what a child that has ended still holds.
	Reap(pid int)
	// Log gets the alerts about memory that a dead process had locked.
	SetLog(l errlog.Log)
}

// Handle is a piece of shared memory on its way to another process.
type Handle struct {
	Name string
	Kind string
	Size int64
	FD   int
}

// Given is what a process got from the one that started it.
type Given struct {
	Snapshot  *syntax.Snapshot
	Logs      map[string]int // descriptor by full name
	Sockets   []GivenSocket
	Zones     []Handle
	Board     int
	Inherited []int // from the NGINX variable: only the addresses say what they are
	// Child marks a process that shares the generation of its parent: nothing
	// is opened that the parent has not opened.
	Child bool
}

// GivenSocket is a listening socket with the key of the Listener it belongs to.
type GivenSocket struct {
	Key    string
	Worker int // the only one that accepts from it (reuseport), or -1
	FD     int
}

// UserUID is the owner that files of workers are given to, -1 for none.
func (c *Cycle) UserUID() int {
	if !c.Core.User.V.Set {
		return -1
	}
	return c.Core.User.V.UID
}

// RedirectStderr makes standard error, where the runtime writes a crash, the
// error log (ngx_log_redirect_stderr), unless error_log names stderr.
func (c *Cycle) RedirectStderr() error {
	f := c.Log.Chain().File()
	if f == nil || c.Files.UsesStderr() {
		return nil
	}
	return file.RedirectStderr(f.FD())
}

// Reopen opens all logs by their names again (USR1). owner, unless -1, gets files
// that were made by another user.
func (c *Cycle) Reopen(owner int) {
	c.Files.reopen(&c.Log, owner)
	if err := c.RedirectStderr(); err != nil {
		c.Log.Alert(err, "dup2(STDERR) failed")
	}
}

// Release ends what this generation has and now, its successor, did not take over.
func (c *Cycle) Release(now *Cycle) {
	for _, p := range c.parts {
		if p.Retire != nil {
			p.Retire(c)
		}
	}
	if now.Memory != nil {
		now.Memory.Commit(c.Memory)
	}
	c.CloseUnclaimed(now)
	for _, chain := range c.logs {
		chain.Close()
	}
	c.Files.close(&now.Log)
	c.retired = true
}

// CaptureLog has f see each line that any error_log of the generation wants. It is called
// before lines are written by more than one goroutine.
func (c *Cycle) CaptureLog(f func(level errlog.Level, line []byte) bool) {
	for _, chain := range c.logs {
		chain.Capture = f
	}
}

// Flush writes out what logs have buffered.
func (c *Cycle) Flush() {
	for _, f := range c.Files.list {
		if f.Flush != nil {
			f.Flush()
		}
	}
}
