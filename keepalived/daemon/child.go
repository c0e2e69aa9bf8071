package daemon

import (
	"maps"
	"os"
	"time"

	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// child is a place in the parent's table.
type child struct {
	name   role.Name
	word   string // in the log
	wanted bool
	pid    int // 0: none runs
	link   *link
	ready  bool
	quiet  bool         // its socket has ended: all that it has said is heard
	status *proc.Status // how it has ended, nil while it runs
	since  time.Time
	deaths int               // soon after a start, in a row
	timer  *time.Timer       // until it is started again
	kept   map[string]string // what processes of this role have left with us
	died   bool              // one has; the next one is told
	clear  bool              // what it has put into the system is to be removed when it is gone
}

// names of the children in the log.
var words = []struct {
	name role.Name
	word string
}{{role.Checker, "Healthcheck"}, {role.VRRP, "VRRP"}, {role.BFD, "BFD"}}

// wants tells whether the configuration has something to do for a role, and the
// command line lets it.
func (o *options) wants(name role.Name, c *config.Config) bool {
	switch name {
	case role.VRRP:
		return (o.OnlyVRRP || !o.OnlyChecks) &&
			(o.All || len(c.Instances) > 0 || len(c.StaticAddrs) > 0 || len(c.StaticRoutes) > 0 || len(c.StaticRules) > 0)
	case role.Checker:
		return (o.OnlyChecks || !o.OnlyVRRP) && (o.All || len(c.Servers) > 0)
	}
	return !o.NoBFD && (o.All || len(c.BFDs) > 0)
}

// startChildren starts those that are wanted and do not run.
func (p *parent) startChildren() {
	if p.children == nil {
		for _, w := range words {
			c := &child{name: w.name, word: w.word, kept: map[string]string{}}
			if kept, was := p.legacy[w.name]; was {
				c.died = true
				maps.Copy(c.kept, kept)
			}
			p.children = append(p.children, c)
		}
	}
	some := false
	for _, c := range p.children {
		c.wanted = p.wants(c.name, p.config)
		some = some || c.wanted
		if c.wanted && c.pid == 0 && c.timer == nil {
			p.start(c)
		}
	}
	if !some {
		p.log(role.Info, "Warning - keepalived has no configuration to run")
	}
}

// start starts the process of c.
func (p *parent) start(c *child) bool {
	c.ready, c.clear, c.quiet, c.status = false, false, false, nil
	h := &hello{Role: c.name, Version: p.program.Version, Options: p.options, Conf: p.conf, Namespace: p.namespace,
		PIDFile: p.files[c.name], Restarted: c.died, Kept: maps.Clone(c.kept)}
	pid, l, err := launch(h, p.program.Args, p.inside, p.board()...)
	if err != nil {
		p.log(role.Info, "%s child process: fork error(%s)", c.word, err)
		return false
	}
	c.pid, c.link, c.since = pid, l, time.Now()
	go l.listen(func(f *frame) { p.heard <- heard{c, l, f} })
	p.log(role.Info, "Starting %s child process, pid=%d", c.word, pid)
	return true
}

func (c *child) send(f *frame) {
	if c.pid != 0 {
		c.link.send(f)
	}
}

// marker is the variable that tells a process of ours that it has a parent.
const marker = "MOONGATE_KEEPALIVED_PARENT"

// linkFD is a child's side of the socket, boardFD the web server's board.
const (
	linkFD  = 3
	boardFD = 4
)

// launch starts this program again as what h says, with the same arguments.
func launch(h *hello, args []string, inside func(func() error) error, more ...int) (int, *link, error) {
	ours, theirs, err := proc.Stream()
	if err != nil {
		return 0, nil, err
	}
	defer file.Close(theirs)
	files := append([]int{0, 1, 2, theirs}, more...)
	h.Board = len(more) > 0
	session := h.Role == ""
	if session {
		null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
		if err != nil {
			return 0, nil, err
		}
		defer null.Close()
		fd := int(null.Fd())
		files[0], files[1], files[2] = fd, fd, fd
	}
	start := &proc.Child{Path: proc.Self, Argv: args, Env: append(os.Environ(), marker+"=1"), Files: files, Setsid: session}
	pid := 0
	err = inside(func() (err error) {
		pid, err = proc.Start(start)
		return err
	})
	if err != nil {
		ours.Close()
		return 0, nil, err
	}
	l := newLink(ours)
	l.send(&frame{Kind: isHello, Hello: h})
	return pid, l, nil
}

// handed is what this process was told by a parent, if it has one.
func handed() (*hello, *link) {
	if os.Getenv(marker) == "" || !file.Valid(linkFD) {
		return nil, nil
	}
	os.Unsetenv(marker) // no business of scripts
	file.CloseOnExec(linkFD, true)
	conn := proc.File(linkFD, "parent")
	f, err := readFrame(conn)
	if err != nil || f.Hello == nil {
		return nil, nil
	}
	if f.Hello.Board {
		file.CloseOnExec(boardFD, true)
	}
	return f.Hello, newLink(conn)
}
