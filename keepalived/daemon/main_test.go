package daemon

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
	"moongate/keepalived/status"
)

// The test binary is the program keepalived too: its processes start it again.
func TestMain(m *testing.M) {
	if code, was := Started(testProgram()); was {
		os.Exit(code)
	}
	if os.Getenv("AS_PART") != "" {
		os.Exit(runPart())
	}
	if os.Getenv("AS_KEEPALIVED") != "" {
		os.Exit(Main(os.Args, testProgram()))
	}
	os.Exit(m.Run())
}

// testProgram has a VRRP process that logs what happens to it, and behaves as the
// variable VRRP_TEST says.
func testProgram() Program {
	return Program{Version: "test", Args: os.Args, Roles: map[role.Name]role.Role{
		role.VRRP: {Run: runTestRole, Clear: func(c *config.Config, log role.Logf) {
			log(role.Info, "cleared %d instances", len(c.Instances))
		}},
	}}
}

func runTestRole(s *role.Session) int {
	how := os.Getenv("VRRP_TEST")
	s.Log(role.Info, "role runs, %d instances, restarted %t, kept %v", len(s.Config.Instances), s.Restarted, s.Kept)
	if how == "namespace" {
		ns, _ := os.Readlink("/proc/self/ns/net")
		s.Log(role.Info, "role is in %s", ns)
	}
	if how == "last words" && !s.Restarted {
		for i := range 500 {
			s.Parent.Keep("n", strconv.Itoa(i))
		}
		s.Parent.(*session).parent.flush()
		proc.KillSelf(proc.SIGKILL)
	}
	if how == "fatal" {
		return role.Fatal
	}
	if how == "die" {
		return role.Failed
	}
	if gate := os.Getenv("VRRP_GATE"); gate != "" {
		for _, err := os.Stat(gate); err != nil; _, err = os.Stat(gate) {
			time.Sleep(time.Millisecond)
		}
	}
	s.Parent.Keep("VI_1", "MASTER")
	s.Parent.Keep("gone", "x")
	s.Parent.Keep("gone", "")
	s.Parent.Tell(role.VRRP, []byte("to myself"))
	s.Parent.Ready()
	for e := range s.Events {
		switch e.Kind {
		case role.Stop:
			if how == "deaf" && !e.Orphan {
				continue
			}
			s.Log(role.Info, "role stops, orphan %t", e.Orphan)
			return role.OK
		case role.Reload:
			s.Log(role.Info, "role reloads, %d instances", len(e.Config.Instances))
			s.Parent.Ready()
		case role.Ask:
			e.Answer(&status.Status{Instances: []status.Instance{{Config: &config.Instance{Name: "asked"}}}})
		case role.ClearStats:
			s.Log(role.Info, "role clears its counters")
		case role.Message:
			s.Log(role.Info, "role hears %q of %s", e.Data, e.From)
		}
	}
	return role.OK
}

// daemonRun is a keepalived that a test has started.
type daemonRun struct {
	t     *testing.T
	dir   string
	cmd   *exec.Cmd
	ended chan struct{}

	mu   sync.Mutex
	text string
	more chan struct{}
}

// oneInstance works on any machine: its interface may come later.
const oneInstance = "global_defs {\n dynamic_interfaces\n}\n" +
	"vrrp_instance VI_1 {\n interface nonesuch0\n virtual_router_id 51\n virtual_ipaddress {\n  10.9.9.9\n }\n}\n"

// start starts keepalived in the foreground with a configuration.
func start(t *testing.T, conf, how string, flags ...string) *daemonRun {
	t.Helper()
	r := &daemonRun{t: t, dir: t.TempDir(), ended: make(chan struct{}), more: make(chan struct{}, 1024)}
	r.write(conf)
	r.cmd = r.command(append([]string{"-n", "-l", "-D"}, flags...)...)
	r.cmd.Env = append(r.cmd.Env, "VRRP_TEST="+how)
	r.run()
	return r
}

// run starts the command and reads what it writes. It is killed with the test.
func (r *daemonRun) run() {
	r.t.Helper()
	pipe, err := r.cmd.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	go r.read(pipe)
	r.t.Cleanup(func() {
		r.cmd.Process.Signal(sigKill)
		<-r.ended
	})
}

func (r *daemonRun) write(conf string) {
	r.t.Helper()
	conf = strings.ReplaceAll(conf, "DIR", r.dir)
	if err := os.WriteFile(filepath.Join(r.dir, "k.conf"), []byte(conf), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// command is the program with files of its own.
func (r *daemonRun) command(flags ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(r.dir, name) }
	args := append([]string{"-G", "-f", in("k.conf"), "-p", in("p.pid"), "-r", in("v.pid"), "-c", in("c.pid"), "-b", in("b.pid")}, flags...)
	cmd := exec.Command(self, args...)
	cmd.Args[0] = "keepalived"
	cmd.Env = append(os.Environ(), "AS_KEEPALIVED=1")
	return cmd
}

func (r *daemonRun) read(pipe io.Reader) {
	for s := bufio.NewScanner(pipe); s.Scan(); {
		line := s.Text()
		if len(line) > 26 && line[24] == ':' {
			line = line[26:] // without the date
		}
		r.mu.Lock()
		r.text += line + "\n"
		r.mu.Unlock()
		select {
		case r.more <- struct{}{}:
		default:
		}
	}
	r.cmd.Wait()
	close(r.ended)
}

func (r *daemonRun) log() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text
}

// await waits until a text has been logged so many times.
func (r *daemonRun) await(text string, times int) {
	r.t.Helper()
	late := time.After(20 * time.Second)
	for strings.Count(r.log(), text) < times {
		select {
		case <-r.more:
		case <-time.After(20 * time.Millisecond):
		case <-late:
			r.t.Fatalf("%q was not logged %d times, but\n%s", text, times, r.log())
		}
	}
}

// wait waits for the end and returns the exit code.
func (r *daemonRun) wait() int {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(20 * time.Second):
		r.t.Fatalf("does not end\n%s", r.log())
	}
	return r.cmd.ProcessState.ExitCode()
}

func (r *daemonRun) pid(name string) int {
	r.t.Helper()
	b, err := os.ReadFile(filepath.Join(r.dir, name+".pid"))
	if err != nil {
		r.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || !strings.HasSuffix(string(b), "\n") {
		r.t.Fatalf("%s.pid has %q", name, b)
	}
	return pid
}

func (r *daemonRun) signal(name string, s proc.Signal) {
	r.t.Helper()
	if err := proc.Kill(r.pid(name), s); err != nil {
		r.t.Fatal(err)
	}
}

// has fails unless the lines stand in the log in this order.
func (r *daemonRun) has(lines ...string) {
	r.t.Helper()
	rest := r.log()
	for _, l := range lines {
		_, after, ok := strings.Cut("\n"+rest, "\n"+l)
		if !ok {
			r.t.Fatalf("%q is missing, or not where it should be, in\n%s", l, r.log())
		}
		rest = after
	}
}

func sprint(format string, args ...any) string { return fmt.Sprintf(format, args...) }
