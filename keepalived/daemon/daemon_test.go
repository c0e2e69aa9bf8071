package daemon

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"moongate/edge/sys/netns"
	"moongate/edge/sys/proc"
)

const sigKill = syscall.SIGKILL

func TestLife(t *testing.T) {
	r := start(t, "global_defs {\n state_dump_file DIR/k.data\n stats_dump_file DIR/k.stats\n json_dump_file DIR/k.json\n}\n"+oneInstance, "")
	r.await("Startup complete", 1)
	r.await("role hears", 1)
	pid, child := r.pid("p"), r.pid("v")
	if pid != r.cmd.Process.Pid || child == pid {
		t.Errorf("pids %d %d, and the process is %d", pid, child, r.cmd.Process.Pid)
	}
	for _, p := range []int{pid, child} {
		if b, _ := os.ReadFile(sprint("/proc/%d/comm", p)); string(b) != "keepalived\n" {
			t.Errorf("is called %q", b)
		}
	}
	r.signal("p", proc.SIGUSR1)
	r.await("Printing VRRP data for process("+sprint("%d", child)+") on signal", 1)
	r.signal("p", proc.SIGUSR2)
	r.signal("p", sigJSON)
	r.signal("p", sigClearStats)
	r.await("role clears its counters", 1)
	r.signal("p", proc.SIGHUP)
	r.await("Reload complete", 1)
	r.signal("p", proc.SIGQUIT) // has no meaning
	r.signal("p", proc.SIGTERM)
	if code := r.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	conf := filepath.Join(r.dir, "k.conf")
	r.has("Starting Keepalived v2.2.7 (moongate test)", "Running on Linux ", "Command line: 'keepalived' '-G' ", "Opening file '"+conf+"'.",
		"Configuration file "+conf, "Starting VRRP child process, pid="+sprint("%d", child)+"\n", "Startup complete", "Printing parent data for process("+sprint("%d", pid)+") on signal", "Reloading ...", "Reload complete", "Stopping", "CPU usage (self/children) user: 0.", "Stopped Keepalived v2.2.7 (moongate test)")
	// The child writes its lines itself.
	r.has("role runs, 1 instances, restarted false, kept map[]", "Reloading\n", "role reloads, 1 instances", "role stops, orphan false", "Stopped - used 0.")
	if strings.Contains(r.log(), "cleared") {
		t.Error("the parent has cleared what the role had let go of itself")
	}
	for file, want := range map[string]string{"k.data": " VRRP Instance = asked\n", "k_parent.data": "------< Global definitions >------\n",
		"k.stats": "VRRP Instance: asked\n", "k.json": `[{"data":{"iname":"asked",`} {
		b, err := os.ReadFile(filepath.Join(r.dir, file))
		if err != nil || !strings.Contains(string(b), want) {
			t.Errorf("%s: %v %.200q", file, err, b)
			continue
		}
		if st, _ := os.Stat(filepath.Join(r.dir, file)); st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", file, st.Mode())
		}
	}
	if left, _ := filepath.Glob(r.dir + "/*.pid"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The first time a child is started again at once, and knows what the one before has
// left; after that there is a pause, in which its addresses are gone.
func TestKilledChild(t *testing.T) {
	r := start(t, oneInstance, "")
	r.await("Startup complete", 1)
	r.await("role hears", 1)
	child := r.pid("v")
	proc.Kill(child, proc.SIGKILL)
	r.await("role runs", 2)
	r.await("role hears", 2)
	r.has(sprint("pid %d exited due to signal 9 (Killed) - has rlimit_rttime been exceeded?", child),
		sprint("VRRP child process(%d) died: Respawning", child), "Restart of VRRP process delayed 0 seconds to limit respawn rate",
		"Starting VRRP child process, pid=")
	r.has("role runs, 1 instances, restarted true, kept map[VI_1:MASTER]")
	if strings.Contains(r.log(), "cleared") {
		t.Errorf("addresses were taken away from the next one\n%s", r.log())
	}
	proc.Kill(r.pid("v"), proc.SIGKILL)
	r.await("cleared 1 instances", 1)
	r.await("role runs", 3)
	r.has("Restart of VRRP process delayed 1 seconds to limit respawn rate", "cleared 1 instances", "role runs, 1 instances, restarted false, kept map[]")
	r.signal("p", proc.SIGINT)
	if code := r.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// -d shows the configuration once, not after each reload.
func TestDumpToTheLog(t *testing.T) {
	r := start(t, oneInstance, "", "-d")
	r.await(" VRRP Instance = asked", 1)
	r.has("------< Global definitions >------", " Dynamic interfaces = true", "------< VRRP Topology >------", " VRRP Instance = asked")
	r.signal("p", proc.SIGHUP)
	r.await("Reload complete", 1)
	r.signal("p", proc.SIGTERM)
	r.wait()
	if n := strings.Count(r.log(), " VRRP Instance = asked"); n != 1 {
		t.Errorf("shown %d times", n)
	}
}

// A reload that is asked for before all is ready comes later.
func TestEarlyReload(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	t.Setenv("VRRP_GATE", gate)
	r := start(t, oneInstance, "")
	r.await("role runs", 1)
	r.signal("p", proc.SIGHUP)
	r.signal("p", proc.SIGUSR1) // comes after it
	r.await("Printing parent data", 1)
	os.WriteFile(gate, nil, 0o600)
	r.await("Reload complete", 1)
	r.has("Startup complete", "Processing queued reload", "Reloading ...", "Reload complete")
	r.await("role reloads", 1)
	r.signal("p", proc.SIGTERM)
	r.wait()
}

// What a process has kept just before it died counts, too.
func TestLastWords(t *testing.T) {
	r := start(t, oneInstance, "last words")
	r.await("restarted true", 1)
	r.has("role runs, 1 instances, restarted true, kept map[n:499]")
	r.signal("p", proc.SIGTERM)
	r.wait()
}

func TestNoRespawn(t *testing.T) {
	r := start(t, oneInstance, "", "-R")
	r.await("Startup complete", 1)
	child := r.pid("v")
	proc.Kill(child, proc.SIGKILL)
	if code := r.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	r.has(sprint("VRRP child process(%d) died: Exiting", child), "cleared 1 instances", "Stopping", "Stopped Keepalived")
}

func TestPermanentError(t *testing.T) {
	r := start(t, oneInstance, "fatal")
	if code := r.wait(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	r.has("pid ", "cleared 1 instances", "CPU usage", "Stopped Keepalived")
	if !strings.Contains(r.log(), " exited with permanent error FATAL. Terminating\n") || strings.Contains(r.log(), "Respawning") {
		t.Errorf("logged\n%s", r.log())
	}
}

// A child that dies at once again and again is started with growing pauses.
func TestDyingChild(t *testing.T) {
	r := start(t, oneInstance, "die")
	r.await("Restart of VRRP process delayed 1 seconds", 1)
	r.await("exited with status 1", 2)
	r.signal("p", proc.SIGTERM)
	if code := r.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// When the parent dies the child lets go of everything.
func TestKilledParent(t *testing.T) {
	r := start(t, oneInstance, "")
	r.await("Startup complete", 1)
	r.signal("p", proc.SIGKILL)
	r.await("role stops, orphan true", 1)
	r.await("Stopped - used", 1)
	r.wait() // both have closed the log
	if _, err := os.Stat(filepath.Join(r.dir, "v.pid")); err == nil {
		t.Error("the child has left its pid")
	}
	if _, err := os.Stat(filepath.Join(r.dir, "p.pid")); err != nil {
		t.Error("who has removed the parent's pid?")
	}
}

// A child that does not stop is ended, and what it had is taken away.
func TestDeafChild(t *testing.T) {
	r := start(t, "child_wait_time 1\n"+oneInstance, "deaf")
	r.await("Startup complete", 1)
	begin := time.Now()
	r.signal("p", proc.SIGTERM)
	if code := r.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if took := time.Since(begin); took < time.Second || took > 4*time.Second {
		t.Errorf("took %s", took)
	}
	r.has("Stopping", "VRRP process(", "cleared 1 instances", "Stopped Keepalived")
}

// A reload may bring a role, and take it away.
func TestReloadOfRoles(t *testing.T) {
	r := start(t, "global_defs {\n router_id x\n}\n", "")
	r.await("Warning - keepalived has no configuration to run", 1)
	r.await("Startup complete", 1)
	r.write(oneInstance)
	r.signal("p", proc.SIGHUP)
	r.await("role runs, 1 instances", 1)
	r.await("Reload complete", 1)
	r.write("global_defs {\n router_id x\n}\n")
	r.signal("p", proc.SIGHUP)
	r.await("role stops", 1)
	r.await("Reload complete", 2)
	// What can't be read leaves all as it is.
	os.Remove(filepath.Join(r.dir, "k.conf"))
	r.signal("p", proc.SIGHUP)
	r.await("Reload failed", 1)
	r.signal("p", proc.SIGTERM)
	if code := r.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// The children parse what the parent has read, whatever lies on the disk by then.
func TestSnapshot(t *testing.T) {
	r := start(t, "include DIR/more/*.conf\n", "")
	r.await("no configuration to run", 1)
	os.Mkdir(filepath.Join(r.dir, "more"), 0o755)
	os.WriteFile(filepath.Join(r.dir, "more", "a.conf"), []byte(oneInstance), 0o600)
	r.signal("p", proc.SIGHUP)
	r.await("role runs, 1 instances", 1)
	os.RemoveAll(filepath.Join(r.dir, "more"))
	r.await("Reload complete", 1)
	proc.Kill(r.pid("v"), proc.SIGKILL)
	r.await("role runs, 1 instances, restarted true", 1)
	r.signal("p", proc.SIGTERM)
	r.wait()
}

func TestDaemon(t *testing.T) {
	r := start(t, oneInstance, "")
	r.await("Startup complete", 1)
	out, err := r.command("-n", "-l").CombinedOutput()
	if err != nil || !strings.HasSuffix(string(out), ": daemon is already running\n") {
		t.Errorf("a second one: %v, %s", err, out)
	}
	r.signal("p", proc.SIGTERM)
	r.wait()
	// In the background: the shell goes on when it runs.
	log := filepath.Join(r.dir, "k.log")
	os.WriteFile(filepath.Join(r.dir, "p.pid"), []byte("1\n"), 0o644) // a pid of another program
	if out, err := r.command("-D", "-g"+log).CombinedOutput(); err != nil || len(out) > 0 {
		t.Fatalf("%v, %s", err, out)
	}
	pid, child := r.pid("p"), r.pid("v")
	defer proc.Kill(pid, proc.SIGKILL)
	if dir, _ := os.Readlink(sprint("/proc/%d/cwd", pid)); dir != "/" {
		t.Errorf("is in %s", dir)
	}
	for fd := range 3 {
		if to, _ := os.Readlink(sprint("/proc/%d/fd/%d", child, fd)); to != "/dev/null" {
			t.Errorf("descriptor %d is %s", fd, to)
		}
	}
	r.signal("p", proc.SIGTERM)
	late := time.Now().Add(10 * time.Second)
	for {
		b, _ := os.ReadFile(log)
		if strings.Contains(string(b), "Stopped Keepalived") {
			break
		}
		if time.Now().After(late) {
			t.Fatalf("does not stop:\n%s", b)
		}
		time.Sleep(5 * time.Millisecond)
	}
	b, err := os.ReadFile(filepath.Join(r.dir, "k_vrrp.log"))
	if err != nil || !strings.Contains(string(b), ": role runs, 1 instances") || strings.Contains(string(b), "Starting VRRP") {
		t.Errorf("the child's log: %v\n%s", err, b)
	}
}

func TestNoConfiguration(t *testing.T) {
	r := start(t, oneInstance, "")
	r.await("Startup complete", 1)
	r.signal("p", proc.SIGTERM)
	r.wait()
	os.Remove(filepath.Join(r.dir, "k.conf"))
	for _, flags := range [][]string{{"-n", "-l"}, nil} {
		cmd := r.command(flags...)
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != 6 {
			t.Errorf("exit code %d", code)
		}
		if flags != nil && !strings.Contains(string(out), ": Config files missing '"+r.dir+"/k.conf'.\n") {
			t.Errorf("says %s", out)
		}
	}
}

func TestNoPidFile(t *testing.T) {
	r := start(t, oneInstance, "", "-p", "/proc/nonesuch/x.pid")
	if code := r.wait(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	r.has("pidfile_write : Cannot open /proc/nonesuch/x.pid pidfile", "CPU usage", "Stopped Keepalived")
}

// The children are in the network namespace from their first instruction.
func TestNamespace(t *testing.T) {
	space, err := netns.New()
	if err != nil {
		t.Skipf("network namespaces can't be made here: %v", err)
	}
	defer space.Close()
	want := ""
	if err := space.Do(func() (err error) { want, err = os.Readlink("/proc/thread-self/ns/net"); return err }); err != nil {
		t.Fatal(err)
	}
	r := start(t, oneInstance, "namespace", "-s", space.Path())
	r.await("Startup complete", 1)
	r.await("role is in "+want, 1)
	r.has("Changing syslog ident to Keepalived_")
	r.signal("p", proc.SIGTERM)
	r.wait()
	r = start(t, oneInstance, "", "-s", "nonesuch")
	if code := r.wait(); code != 1 {
		t.Errorf("exit code %d", code)
	}
	r.has("Failed to open /run/netns/nonesuch", "Unable to set network namespace nonesuch - exiting", "Stopped Keepalived")
}

// systemd is told when all children are ready, and of each reload.
func TestSystemd(t *testing.T) {
	l := listenUnix(t)
	t.Setenv("NOTIFY_SOCKET", l.path)
	r := start(t, oneInstance, "")
	l.expect(t, "READY=1")
	r.await("Startup complete", 1)
	r.signal("p", proc.SIGHUP)
	l.expect(t, "RELOADING=1\nMONOTONIC_USEC=")
	l.expect(t, "READY=1")
	r.signal("p", proc.SIGTERM)
	l.expect(t, "STOPPING=1")
	r.wait()
}
