package daemon

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"moongate/keepalived/role"
)

// runPart is a keepalived under a web server, which ends with its standard input.
func runPart() int {
	done := make(chan struct{})
	go func() {
		io.Copy(io.Discard, os.Stdin)
		close(done)
	}()
	err := Under(os.Args[1:], testProgram(), Host{Done: done, Log: func(_ role.Level, line string) { fmt.Fprintln(os.Stderr, line) }})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// part is such a keepalived, in the folder of another if one is given; end ends it.
func part(t *testing.T, like *daemonRun) (r *daemonRun, end func()) {
	t.Helper()
	r = &daemonRun{t: t, ended: make(chan struct{}), more: make(chan struct{}, 1024)}
	if like == nil {
		r.dir = t.TempDir()
		r.write(oneInstance)
	} else {
		r.dir = like.dir
	}
	r.cmd = r.command("-D")
	r.cmd.Env = append(r.cmd.Env, "AS_PART=1")
	in, err := r.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.run()
	return r, func() { in.Close() }
}

// The second of two masters waits, and goes on from where the first one ends; one that gives
// up has disturbed nobody.
func TestHeir(t *testing.T) {
	first, endFirst := part(t, nil)
	first.await("Startup complete", 1)
	first.await("role hears", 1)
	second, endSecond := part(t, first)
	second.await("Another keepalived is running: waiting to take over from it", 1)
	first.await("Another keepalived waits to take over", 1)
	endSecond()
	if code := second.wait(); code != 0 {
		t.Errorf("exit code %d\n%s", code, second.log())
	}
	first.await("Nobody waits to take over any more", 1)
	third, endThird := part(t, first)
	first.await("Another keepalived waits to take over", 2)
	endFirst()
	if code := first.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	first.has("Leaving everything to the keepalived that waits", "Stopped Keepalived")
	third.await("Startup complete", 1)
	third.await("role runs", 1)
	third.has("role runs, 1 instances, restarted true, kept map[VI_1:MASTER]")
	for _, unwanted := range []string{"cleared", "role stops"} {
		if strings.Contains(first.log()+third.log(), unwanted) {
			t.Errorf("%s:\n%s%s", unwanted, first.log(), third.log())
		}
	}
	if pid := third.pid("p"); pid != third.cmd.Process.Pid {
		t.Errorf("the pid file names %d", pid)
	}
	// Without an heir the end is an ordinary one.
	endThird()
	if code := third.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	third.await("role stops, orphan false", 1)
	third.has("Stopping")
	if left, _ := os.ReadDir(third.dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}
