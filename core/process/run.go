package process

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/errno"
	"moongate/edge/sys/file"
	"moongate/edge/sys/proc"
)

// Runner is the first process of a program, which becomes its master or serves
// itself.
type Runner struct {
	Config
	pid        int
	parent     int  // who started us: the launcher, a shell, the old binary
	daemonized bool // WINCH has a meaning
	upgraded   bool // started by an old binary
	state      State
	console    int      // standard error as it was, while it may be needed; or 0
	launcher   *channel // waits to hear that we serve
}

// Run runs the program from the command line and returns its exit code.
func Run(cfg Config) int {
	r := &Runner{Config: cfg, pid: os.Getpid(), parent: os.Getppid()}
	fds, upgraded := r.inherited()
	if !upgraded && r.wantsDaemon() {
		return r.launchDaemon()
	}
	r.upgraded, r.daemonized = upgraded, upgraded
	return r.serve(&cycle.Given{Inherited: fds})
}

// RunHanded runs a process that another one of the program has started.
func RunHanded(h *Hand, program *cycle.Program, banner []string) int {
	proc.SetComm(h.Word)
	cfg := Config{Program: program, Options: h.Options, Args: h.Args, Word: h.Word, Banner: banner}
	if h.Role == roleMaster {
		cfg.Log = StartLog(&h.Options)
	} else {
		// Standard error is the master's error log already.
		cfg.Log = errlog.NewChain(file.NewAppend(""), errlog.Notice).Log()
	}
	switch h.Role {
	case roleMaster:
		r := &Runner{Config: cfg, pid: os.Getpid(), parent: h.Parent, daemonized: true, launcher: newChannel(channelFD)}
		return r.serveDaemon(h)
	default:
		return runChild(h, cfg)
	}
}

// serve builds the first generation and runs the master, or all in one.
func (r *Runner) serve(given *cycle.Given) int {
	c, err := r.Program.Build(r.Options, nil, r.Log, given)
	if err != nil {
		return codeError
	}
	if r.daemonized {
		proc.Umask(0)
	}
	r.noteEvents(c)
	for _, line := range r.Banner {
		c.Log.Message(errlog.Notice, line)
	}
	name, release := proc.OS()
	c.Log.Notice(nil, "OS: %s %s", name, release)
	if soft, hard, err := proc.GetLimit(proc.NoFile); err == nil {
		c.Log.Notice(nil, "getrlimit(RLIMIT_NOFILE): %d:%d", soft, hard)
	}
	signals := make(chan proc.Signal, 64)
	proc.Catch(signals, caught...)
	proc.Ignore(proc.SIGSYS, proc.SIGPIPE)
	if c.Core.MasterProcess.V {
		m := &Master{Runner: r, cycle: c, snapshot: -1, signals: signals,
			heard: make(chan heard, 64), again: make(chan *child, 64)}
		return m.run()
	}
	return r.single(c, signals)
}

// leaveConsole makes standard error the error log, before children get it. What
// the user looks at is kept until the program serves.
func (r *Runner) leaveConsole(c *cycle.Cycle) bool {
	fd, err := file.Duplicate(2)
	if err == nil {
		err = c.RedirectStderr()
	}
	if err != nil {
		c.Log.Alert(err, "dup2(STDERR) failed")
		return false
	}
	r.console = fd
	errlog.Echo(false)
	return true
}

// started tells the world that the program serves: the pid file, and whoever
// waits for us. The last thing that can fail is said where the user looks.
func (r *Runner) started(c *cycle.Cycle) bool {
	if r.console > 0 {
		file.RedirectStderr(r.console)
		file.Close(r.console)
		r.console = 0
		errlog.Echo(true)
	}
	if cycle.WritePid(c.Core.Pid.V, &c.Log) != nil {
		return false
	}
	if err := c.RedirectStderr(); err != nil {
		c.Log.Alert(err, "dup2(STDERR) failed")
		return false
	}
	errlog.Echo(false)
	r.tellLauncher()
	return true
}

// noteEvents is ngx_event_module_init's part of the log.
func (r *Runner) noteEvents(c *cycle.Cycle) {
	c.Log.Notice(nil, `using the "epoll" event method`)
	n := c.Events.Connections.V
	soft, _, err := proc.GetLimit(proc.NoFile)
	if err != nil {
		c.Log.Alert(err, "getrlimit(RLIMIT_NOFILE) failed, ignored")
		return
	}
	limit := int(min(soft, 1<<31))
	enough := n <= limit // even when the workers' own limit is lower
	if c.Core.RlimitNofile.Written {
		limit = c.Core.RlimitNofile.V
	}
	if !enough && n > limit {
		c.Log.Warn(nil, "%d worker_connections exceed open file resource limit: %d", n, limit)
	}
}

func (r *Runner) title(text string) {
	proc.SetTitle(r.Word + ": " + text)
	proc.SetComm(r.Word)
}

func joinArgs(args []string) string { return strings.Join(args, " ") }

func (r *Runner) tellLauncher() {
	if r.launcher != nil {
		r.launcher.send(saysReady)
		r.launcher.close()
		r.launcher = nil
	}
}

// oneProcessor is how a process that serves runs: the loop's leader has it.
func oneProcessor() { runtime.GOMAXPROCS(1) }

// fault logs an error that is a system call's with its number.
func fault(log *errlog.Log, level errlog.Level, err error, what string) {
	if errno.Number(err) == 0 {
		log.Log(level, nil, "%s: %s", what, err)
		return
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		what += ": " + path.Op + " \"" + path.Path + "\""
	}
	log.Log(level, err, "%s", what)
}
