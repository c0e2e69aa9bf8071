package script

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbs are the commands of README.md.
func (w *world) verbs() map[string]func(*testscript.TestScript, bool, []string) {
	verbs := map[string]func(*testscript.TestScript, []string){
		"net": func(ts *testscript.TestScript, args []string) { ts.Check(w.connect(args)) },
		"addr": func(ts *testscript.TestScript, args []string) {
			n := w.node(ts, args, 2)
			dev := n.dev
			if len(args) > 2 {
				dev = args[2]
			}
			ts.Check(ip(n.space, "addr add "+args[1]+" dev "+dev))
		},
		"link": func(ts *testscript.TestScript, args []string) {
			n := w.node(ts, args, 2)
			ts.Check(ip(w.bridge, "link set p-"+n.name+" "+args[1]))
		},
		"keepalived": func(ts *testscript.TestScript, args []string) {
			n := w.node(ts, args, 2)
			// A variable that is not set is no flag.
			flags := slices.DeleteFunc(args[2:], func(f string) bool { return f == "" })
			ts.Check(w.start(n, ts.MkAbs(args[1]), flags))
		},
		"capable": func(ts *testscript.TestScript, args []string) {
			n := w.node(ts, args, 3)
			ts.Check(w.start(n, ts.MkAbs(args[2]), nil, strings.Fields(args[1])...))
		},
		"nginx": func(ts *testscript.TestScript, args []string) {
			ts.Check(w.startServer(w.node(ts, args, 2), ts.MkAbs(args[1])))
		},
		"example": w.example, "worker": w.worker, "master": w.serverSignal, "get": w.get, "post": w.post,
		"test": w.test, "await": w.await, "log": w.log, "nolog": w.nolog, "order": w.order, "signal": w.signal, "exit": w.exit, "serve": w.serve, "ping": w.ping,
		"snmpd": w.snmpd, "nosnmpd": w.nosnmpd, "walk": w.walk, "set": w.set, "trap": w.trap,
		"second":    w.second,
		"guide":     w.guide,
		"cut":       func(ts *testscript.TestScript, args []string) { w.cut(ts, args, true) },
		"heal":      func(ts *testscript.TestScript, args []string) { w.cut(ts, args, false) },
		"connect":   func(ts *testscript.TestScript, args []string) { w.reach(ts, args, true) },
		"noconnect": func(ts *testscript.TestScript, args []string) { w.reach(ts, args, false) },
		"has":       func(ts *testscript.TestScript, args []string) { w.address(ts, args, true) },
		"hasnot":    func(ts *testscript.TestScript, args []string) { w.address(ts, args, false) },
	}
	out := map[string]func(*testscript.TestScript, bool, []string){}
	for name, f := range verbs {
		out[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s knows no !", name)
			}
			f(ts, args)
		}
	}
	return out
}

func (w *world) node(ts *testscript.TestScript, args []string, least int) *node {
	if len(args) < least {
		ts.Fatalf("too few arguments")
	}
	n := w.nodes[args[0]]
	if n == nil {
		ts.Fatalf("no namespace %s", args[0])
	}
	return n
}

// test runs -t, and gives what it says to cmp.
func (w *world) test(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 3)
	cmd := exec.Command(w.program, append([]string{"-t", "-f", args[1]}, args[3:]...)...)
	cmd.Dir = w.dir
	out, err := os.Create(w.dir + "/said")
	ts.Check(err)
	defer out.Close()
	cmd.Stderr = out
	err = n.space.Do(cmd.Run)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		ts.Fatalf("%v", err)
	}
	if code := strconv.Itoa(cmd.ProcessState.ExitCode()); code != args[2] {
		said, _ := os.ReadFile(w.dir + "/said")
		ts.Fatalf("exit code %s, and it says\n%s", code, said)
	}
}

func (w *world) log(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	want := 1
	if len(args) > 2 {
		want, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	late := time.After(patience)
	for {
		got := 0
		for _, l := range n.lines() {
			if re.MatchString(l) {
				got++
			}
		}
		if got >= want {
			return
		}
		select {
		case <-n.more:
		case <-late:
			ts.Fatalf("%s has logged %q %d times, not %d", n.name, args[1], got, want)
		}
	}
}

// await waits until a file has a text.
func (w *world) await(ts *testscript.TestScript, args []string) {
	if len(args) != 2 {
		ts.Fatalf("await FILE TEXT")
	}
	late := time.Now().Add(patience)
	for {
		b, _ := os.ReadFile(ts.MkAbs(args[0]))
		if strings.Contains(string(b), args[1]) {
			return
		}
		if time.Now().After(late) {
			ts.Fatalf("%s has no %q, but\n%s", args[0], args[1], b)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (w *world) nolog(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	re, err := regexp.Compile(args[1])
	ts.Check(err)
	for _, l := range n.lines() {
		if re.MatchString(l) {
			ts.Fatalf("%s has logged %q", n.name, l)
		}
	}
}

// order waits until the lines have been logged in their order.
func (w *world) order(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	var want []*regexp.Regexp
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		re, err := regexp.Compile("^(?:" + strings.TrimSuffix(line, "\n") + ")$")
		ts.Check(err)
		want = append(want, re)
	}
	for late := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
		missing := want
		for _, l := range n.lines() {
			if len(missing) > 0 && missing[0].MatchString(l) {
				missing = missing[1:]
			}
		}
		if len(missing) == 0 {
			return
		}
		if time.Now().After(late) {
			ts.Fatalf("%s: %q is missing, or not where it should be", n.name, missing[0])
		}
	}
}

// address waits until the node has an address, or no longer.
func (w *world) address(ts *testscript.TestScript, args []string, want bool) {
	n := w.node(ts, args, 2)
	late := time.Now().Add(patience)
	for {
		out, err := inside(n.space, "ip", "-o", "addr", "show")
		ts.Check(err)
		if strings.Contains(out, " "+args[1]+"/") == want {
			return
		}
		if time.Now().After(late) {
			ts.Fatalf("%s: %s is there: %t", n.name, args[1], !want)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

var signals = map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "HUP": syscall.SIGHUP, "KILL": syscall.SIGKILL, "QUIT": syscall.SIGQUIT,
	"USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "STOP": syscall.SIGSTOP, "CONT": syscall.SIGCONT}

func (w *world) signal(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	whose := "parent"
	if len(args) > 2 {
		whose = args[1]
	}
	s, known := signals[args[len(args)-1]]
	if !known {
		ts.Fatalf("no signal %s", args[len(args)-1])
	}
	pid, err := strconv.Atoi(strings.TrimSpace(ts.ReadFile(w.pidFile(n, whose))))
	ts.Check(err)
	ts.Check(syscall.Kill(pid, s))
}

func (w *world) exit(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	if n.cmd == nil {
		ts.Fatalf("nothing runs in %s", n.name)
	}
	select {
	case <-n.ended:
	case <-time.After(patience):
		ts.Fatalf("keepalived in %s does not end", n.name)
	}
	if code := strconv.Itoa(n.cmd.ProcessState.ExitCode()); code != args[1] {
		ts.Fatalf("exit code %s, not %s", code, args[1])
	}
}

// serve takes connections and closes them.
func (w *world) serve(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	var l net.Listener
	ts.Check(n.space.Do(func() (err error) {
		l, err = net.Listen("tcp", args[1])
		return err
	}))
	w.closers = append(w.closers, l)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			c.Close()
		}
	}()
}

func (w *world) ping(ts *testscript.TestScript, args []string) {
	n := w.node(ts, args, 2)
	_, err := inside(n.space, "ping", "-c", "1", "-w", "5", args[1])
	ts.Check(err)
}

// reach connects to an address, some times over, or sees that nobody is there.
func (w *world) reach(ts *testscript.TestScript, args []string, want bool) {
	n := w.node(ts, args, 2)
	times := 1
	if len(args) > 2 {
		var err error
		times, err = strconv.Atoi(args[2])
		ts.Check(err)
	}
	for range times {
		err := n.space.Do(func() error {
			c, err := net.DialTimeout("tcp", args[1], 5*time.Second)
			if err != nil {
				return err
			}
			defer c.Close()
			// Who only seems to be there ends the connection by a reset.
			c.SetDeadline(time.Now().Add(5 * time.Second))
			if _, err = c.Read(make([]byte, 1)); err == io.EOF {
				return nil
			}
			return err
		})
		if (err == nil) != want {
			ts.Fatalf("%s to %s: %v", n.name, args[1], err)
		}
	}
}
