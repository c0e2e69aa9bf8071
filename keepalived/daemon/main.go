package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"moongate/edge/sys/proc"
	"moongate/keepalived/role"
)

// Program is what runs.
type Program struct {
	Version string   // our own
	Args    []string // as the program was called; argv of all its processes
	Roles   map[role.Name]role.Role
}

// Started tells whether this process was started by a parent of the same program,
// and runs it to its end if it was.
func Started(program Program) (code int, was bool) {
	h, l := handed()
	if h == nil {
		return 0, false
	}
	proc.SetComm("keepalived")
	proc.Umask(defaultUmask)
	if h.Role != "" {
		return runChild(h, l, program), true
	}
	return runParent(h.Options, program, l, Host{}), true
}

// defaultUmask leaves what is dumped to root alone.
const defaultUmask = 0o177

// Exit codes of the program itself.
const (
	exitFailed   = 1
	exitNoConfig = 6
)

// Main is the program keepalived, and genhash when it is called so. args[0] is the
// name that it was called by, or any other word.
func Main(args []string, program Program) int {
	if strings.Contains(filepath.Base(args[0]), "genhash") {
		return asGenhash("genhash", args[1:], os.Stdout, os.Stderr)
	}
	if rest, is := behindGenhash(args[1:]); is {
		return asGenhash("keepalived --genhash", rest, os.Stdout, os.Stderr)
	}
	if len(args) > 1 && args[1] == "explain" {
		return explain(args[2:], os.Stdout, os.Stderr)
	}
	o := parse(args[1:], os.Stderr)
	switch {
	case o.help:
		fmt.Fprint(os.Stderr, usage)
		return 0
	case o.version:
		fmt.Fprint(os.Stderr, versionText(program.Version))
		return 0
	case o.signum != "":
		n, known := sigFuncs[o.signum]
		if !known {
			fmt.Fprintf(os.Stderr, "Unknown sigfunc %s\n", o.signum)
			return exitFailed
		}
		fmt.Println(n)
		return 0
	case o.faulty:
		return exitFailed
	}
	if name, err := filepath.Abs(o.Conf); err == nil {
		o.Shown, o.Conf = o.Conf, name // it is read again when we are in another folder
	}
	if o.test {
		return test(o)
	}
	proc.SetComm("keepalived")
	if o.Foreground {
		proc.Umask(defaultUmask)
		return runParent(o, program, nil, Host{})
	}
	return runDaemon(o, program)
}

// behindGenhash are the arguments without -T, which may stand anywhere: all others
// are genhash's then, and mean other things.
func behindGenhash(args []string) (rest []string, is bool) {
	at := slices.IndexFunc(args, func(a string) bool { return a == "-T" || a == "--genhash" })
	if at < 0 {
		return nil, false
	}
	return slices.Delete(slices.Clone(args), at, at+1), true
}

// test is -t.
func test(o *options) int {
	out := os.Stderr
	if o.testLog != "" {
		f, err := os.OpenFile(o.testLog, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
		if err != nil {
			fmt.Fprintf(os.Stderr, "Unable to open config-test log file %s\n", o.testLog)
			return exitFailed
		}
		defer f.Close()
		out = f
	}
	return testConfig(newSnapshot(o.Conf, o.shown(), o.ID), o.MissingFails, func(_ role.Level, format string, args ...any) {
		fmt.Fprintf(out, format+"\n", args...)
	})
}

// here runs f where we are.
func here(f func() error) error { return f() }

// runDaemon starts the parent in a session of its own and waits until it runs, or
// has ended.
func runDaemon(o *options, program Program) int {
	heard := make(chan bool, 1)
	pid, l, err := launch(&hello{Options: o}, program.Args, here)
	if err != nil {
		fmt.Fprintf(os.Stderr, "keepalived: fork error(%s)\n", err)
		return exitFailed
	}
	l.listen(func(f *frame) {
		if f == nil || f.Kind == isReady {
			select {
			case heard <- f != nil:
			default:
			}
			l.conn.Close()
		}
	})
	if <-heard {
		return 0
	}
	st, err := proc.Wait(pid)
	if err != nil || !st.Exited {
		return exitFailed
	}
	return st.Code
}
