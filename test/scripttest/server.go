package scripttest

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// moongate starts the program and tells it things, as a user does: by its
// command line.
func (w *world) moongate(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "moongate start|test|dump|check FILE|mistakes FILE|reload|upgrade|quit|stop|run [ARGS]")
	switch args[0] {
	case "start":
		w.start(ts, neg, args[1:])
	case "test":
		w.expect(ts, neg, w.exec(ts, w.commandLine(append([]string{"-t"}, args[1:]...))))
	case "dump":
		w.expect(ts, neg, w.exec(ts, w.commandLine([]string{"-T"})))
	case "check": // -t of another file, with nothing but what the file says
		need(ts, args, 2, "moongate check FILE")
		w.expect(ts, neg, w.exec(ts, []string{w.bin.path, "-t", "-p", w.dir + "/", "-e", "logs/error.log", "-c", args[1]}))
	case "mistakes":
		w.mistakes(ts, args)
	case "run":
		w.expect(ts, neg, w.exec(ts, append([]string{w.bin.path}, args[1:]...)))
	case "reload":
		w.reload(ts, neg)
	case "upgrade":
		w.upgrade(ts)
	case "quit", "stop":
		w.leave(ts, args[0])
	default:
		ts.Fatalf("moongate: unknown verb %q", args[0])
	}
}

func (w *world) conf() string {
	b, _ := os.ReadFile(filepath.Join(w.dir, "conf/nginx.conf"))
	return string(b)
}

func (w *world) commandLine(more []string) []string {
	cmd := []string{w.bin.path, "-p", w.dir + "/", "-c", "conf/nginx.conf", "-e", "logs/error.log"}
	if g := w.bin.globals(w.conf()); g != "" {
		cmd = append(cmd, "-g", g)
	}
	return append(cmd, more...)
}

// exec runs a command with the script's environment. Output goes through files:
// a daemon that keeps a pipe open would make us wait for its end.
func (w *world) exec(ts *testscript.TestScript, argv []string) error {
	out, errs := filepath.Join(w.dir, ".tmp/stdout"), filepath.Join(w.dir, ".tmp/stderr")
	sh := []string{"-c", `cd "$1" && exec >"$2" 2>"$3" && shift 3 && exec "$@"`, "sh", w.dir, out, errs}
	err := ts.Exec("/bin/sh", append(sh, argv...)...)
	for _, f := range []struct {
		name string
		to   interface{ Write([]byte) (int, error) }
	}{{out, ts.Stdout()}, {errs, ts.Stderr()}} {
		if b, e := os.ReadFile(f.name); e == nil {
			f.to.Write(b)
		}
	}
	return err
}

func (w *world) expect(ts *testscript.TestScript, neg bool, err error) {
	if err != nil && !neg {
		ts.Fatalf("failed: %v", err)
	}
	if err == nil && neg {
		ts.Fatalf("succeeded, but should have failed")
	}
}

func (w *world) start(ts *testscript.TestScript, neg bool, args []string) {
	err := w.exec(ts, w.commandLine(args))
	w.expect(ts, neg, err)
	if neg {
		return
	}
	w.started = true
	if !until(func() bool { pid := w.masterPid(); return pid > 0 && alive(pid) }) {
		ts.Fatalf("started, but there is no pid file with a living process")
	}
	// The sockets are bound before the pid file is written, so requests may be
	// sent now; a script that counts processes says "workers N".
}

// reload is done when only workers of the new generation take connections, or
// when the configuration was refused.
func (w *world) reload(ts *testscript.TestScript, neg bool) {
	old, refusals := w.workerPids(), w.emergs()
	if err := w.exec(ts, w.commandLine([]string{"-s", "reload"})); err != nil {
		w.expect(ts, neg, err)
		return
	}
	var refused bool
	done := until(func() bool {
		if refused = w.emergs() > refusals; refused {
			return true
		}
		now := w.workerPids()
		for pid := range now {
			if old[pid] {
				return false
			}
		}
		return len(now) > 0
	})
	switch {
	case !done:
		ts.Fatalf("reload: the workers did not change: %v", w.procs())
	case refused != neg:
		ts.Fatalf("reload: refused is %v", refused)
	}
}

func (w *world) emergs() int {
	b, _ := os.ReadFile(filepath.Join(w.dir, "logs/error.log"))
	return strings.Count(string(b), "[emerg]")
}

// upgrade replaces the running binary as nginx's manual tells: USR2, then QUIT to the old master.
func (w *world) upgrade(ts *testscript.TestScript) {
	old := w.masterPid()
	ts.Check(syscall.Kill(old, syscall.SIGUSR2))
	if !until(func() bool { pid := w.masterPid(); return pid > 0 && pid != old && alive(pid) }) {
		ts.Fatalf("upgrade: no new master wrote the pid file")
	}
	pid := w.masterPid()
	hasWorker := func() bool {
		for _, p := range w.nginxProcs() {
			if p.worker() && p.parent == pid {
				return true
			}
		}
		return false
	}
	if !until(hasWorker) {
		ts.Fatalf("upgrade: the new master has no worker: %v", w.procs())
	}
	ts.Check(syscall.Kill(old, syscall.SIGQUIT))
	if !until(func() bool { return !alive(old) }) {
		ts.Fatalf("upgrade: the old master does not leave")
	}
}

func (w *world) leave(ts *testscript.TestScript, how string) {
	if err := w.exec(ts, w.commandLine([]string{"-s", how})); err != nil {
		ts.Fatalf("%s: %v", how, err)
	}
	if !until(func() bool { return len(w.nginxProcs()) == 0 }) {
		ts.Fatalf("%s: still there: %v", how, w.procs())
	}
	w.started = false
}

var signals = map[string]syscall.Signal{
	"HUP": syscall.SIGHUP, "QUIT": syscall.SIGQUIT, "TERM": syscall.SIGTERM, "INT": syscall.SIGINT,
	"KILL": syscall.SIGKILL, "USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "WINCH": syscall.SIGWINCH,
	"SEGV": syscall.SIGSEGV, "STOP": syscall.SIGSTOP, "CONT": syscall.SIGCONT,
}

// signal KILL worker; signal HUP master; signal TERM 1234. A signal that kills waits for the death.
func (w *world) signal(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2, "signal NAME master|worker|PID")
	sig, ok := signals[args[0]]
	if !ok {
		ts.Fatalf("unknown signal %q", args[0])
	}
	pid, _ := strconv.Atoi(args[1])
	switch args[1] {
	case "master":
		pid = w.masterPid()
	case "worker":
		until(func() bool { return len(w.workerPids()) > 0 })
		for pid = range w.workerPids() {
			break
		}
	}
	if pid <= 0 {
		ts.Fatalf("signal: there is no %s", args[1])
	}
	ts.Setenv("signalled", strconv.Itoa(pid))
	ts.Check(syscall.Kill(pid, sig))
	if (sig == syscall.SIGKILL || sig == syscall.SIGSEGV) && !until(func() bool { return !alive(pid) }) {
		ts.Fatalf("signal: process %d survived", pid)
	}
}

// workers waits until there are exactly n worker processes, old ones aside.
func (w *world) workers(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "workers N")
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	if !until(func() bool { return len(w.workerPids()) == n }) {
		ts.Fatalf("there are not %d workers: %v", n, w.procs())
	}
}

// ps prints the titles of the script's processes; with a pattern it waits for a matching one.
func (w *world) ps(ts *testscript.TestScript, neg bool, args []string) {
	list := func() string {
		var b strings.Builder
		for _, p := range w.nginxProcs() {
			b.WriteString(p.title + "\n")
		}
		return b.String()
	}
	if len(args) > 0 {
		re, err := regexp.Compile("(?m)" + args[0])
		ts.Check(err)
		if !until(func() bool { return re.MatchString(list()) != neg }) {
			ts.Fatalf("ps %s (negated: %v):\n%s", args[0], neg, list())
		}
	}
	ts.Stdout().Write([]byte(list()))
}
