package process

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is a running copy of the test binary with its folder.
type program struct {
	t   *testing.T
	dir string
}

// setup writes the configuration; "DIR" in it means the folder.
func setup(t *testing.T, conf string) *program {
	dir := t.TempDir()
	os.Chmod(filepath.Dir(dir), 0o755)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(dir, "nginx")); err != nil {
		t.Fatal(err)
	}
	p := &program{t, dir}
	p.conf(conf)
	t.Cleanup(p.end)
	return p
}

func (p *program) conf(text string) {
	text = strings.ReplaceAll(text, "DIR", p.dir)
	base := "pid DIR/nginx.pid; error_log DIR/error.log debug; lock_file DIR/lock;\n"
	text = strings.ReplaceAll(base, "DIR", p.dir) + text
	if err := os.WriteFile(filepath.Join(p.dir, "nginx.conf"), []byte(text), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// start starts in the background (daemon on) and gives the exit code and what
// was said on standard error.
func (p *program) start() (int, string) { return p.run() }

func (p *program) run(args ...string) (int, string) {
	var stderr bytes.Buffer
	cmd := exec.Command(filepath.Join(p.dir, "nginx"), append([]string{p.dir}, args...)...)
	cmd.Stderr = &stderr
	cmd.Env = append(os.Environ(), "TOY_ENV=moon")
	cmd.WaitDelay = 5 * time.Second
	cmd.Run()
	return cmd.ProcessState.ExitCode(), stderr.String()
}

func (p *program) log() string {
	b, _ := os.ReadFile(filepath.Join(p.dir, "error.log"))
	return string(b)
}

func (p *program) pid() int {
	b, _ := os.ReadFile(filepath.Join(p.dir, "nginx.pid"))
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	return n
}

func (p *program) kill(pid int, sig syscall.Signal) {
	p.t.Helper()
	if pid <= 0 {
		p.t.Fatalf("no pid to send %v to\n%s", sig, p.log())
	}
	if err := syscall.Kill(pid, sig); err != nil {
		p.t.Fatalf("kill %d: %v", pid, err)
	}
}

// await waits for a condition; what says what was expected.
func (p *program) await(what string, ok func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	p.t.Fatalf("waited in vain for %s\n%s", what, p.log())
}

func (p *program) awaitLog(pattern string) {
	p.t.Helper()
	p.awaitCount(pattern, 1)
}

func (p *program) awaitCount(pattern string, n int) {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	p.await(fmt.Sprintf("%d x %s", n, pattern), func() bool { return len(re.FindAllString(p.log(), -1)) >= n })
}

// processes are the pids with the given title among those of this program.
func (p *program) processes(title string) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		cmdline, _ := os.ReadFile("/proc/" + e.Name() + "/cmdline")
		if strings.TrimRight(string(cmdline), "\x00") != title {
			continue
		}
		if fd, _ := os.Readlink("/proc/" + e.Name() + "/fd/2"); strings.HasPrefix(fd, p.dir) {
			pids = append(pids, pid)
		}
	}
	return pids
}

func (p *program) workers() []int { return p.processes("nginx: worker process") }

func alive(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(b), ") Z ")
}

// end kills what a test has left.
func (p *program) end() {
	entries, _ := os.ReadDir("/proc")
	for range 3 {
		for _, e := range entries {
			pid, err := strconv.Atoi(e.Name())
			if err != nil || pid == os.Getpid() {
				continue
			}
			if fd, _ := os.Readlink("/proc/" + e.Name() + "/fd/2"); strings.HasPrefix(fd, p.dir+"/") {
				syscall.Kill(pid, syscall.SIGKILL)
			}
		}
	}
}

func TestStartReloadQuit(t *testing.T) {
	p := setup(t, "worker_processes 2; events { } toy_text one; env TOY_ENV;")
	if code, out := p.start(); code != 0 || out != "" {
		t.Fatalf("exit code %d: %s", code, out)
	}
	master := p.pid()
	if !alive(master) || len(p.processes("nginx: master process "+p.dir+"/nginx "+p.dir)) != 1 {
		t.Fatalf("master %d is not there\n%s", master, p.log())
	}
	if comm, _ := os.ReadFile(fmt.Sprintf("/proc/%d/comm", master)); string(comm) != "nginx\n" {
		t.Errorf("comm %q", comm)
	}
	old := p.workers()
	if len(old) != 2 {
		t.Fatalf("workers %v\n%s", old, p.log())
	}
	p.awaitCount(`toy worker [01] starts, text "one", env "moon"`, 2)

	p.conf("worker_processes 3; events { } toy_text two;")
	p.kill(master, syscall.SIGHUP)
	p.awaitCount(`toy worker [012] starts, text "two", env ""`, 3)
	p.await("the old workers' end", func() bool { return !alive(old[0]) && !alive(old[1]) })
	p.awaitCount(`worker process \d+ exited with code 0`, 2)
	if n := len(p.workers()); n != 3 {
		t.Errorf("%d workers", n)
	}

	p.kill(master, syscall.SIGQUIT)
	p.await("the master's end", func() bool { return !alive(master) })
	if _, err := os.Stat(p.dir + "/nginx.pid"); err == nil {
		t.Error("the pid file is still there")
	}
	for _, line := range []string{`using the "epoll" event method`, "nginx/test", "OS: Linux", "start worker processes",
		`start worker process \d`, `signal 1 \(SIGHUP\) received, reconfiguring`, "reconfiguring", "gracefully shutting down",
		"exiting", `signal 3 \(SIGQUIT\) received, shutting down`, `\[notice\] ` + strconv.Itoa(master) + `#\d+: exit\n`} {
		p.awaitLog(line)
	}
	if strings.Contains(p.log(), "[alert]") {
		t.Errorf("an alert\n%s", p.log())
	}
}

func TestForegroundPidIsTheStartedProcess(t *testing.T) {
	p := setup(t, "daemon off; events { }")
	cmd := exec.Command(p.dir+"/nginx", p.dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.await("pid file", func() bool { return p.pid() != 0 })
	if p.pid() != cmd.Process.Pid {
		t.Errorf("pid file has %d, started %d", p.pid(), cmd.Process.Pid)
	}
	p.await("title", func() bool { return len(p.processes("nginx: master process "+p.dir+"/nginx "+p.dir)) == 1 })
	p.kill(p.pid(), syscall.SIGTERM)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	p.awaitLog("toy stops")
}

func TestWrongReloadGoesOn(t *testing.T) {
	p := setup(t, "events { }")
	p.start()
	workers := fmt.Sprint(p.workers())
	for i, bad := range []string{"events { } bogus;", "events { } toy_fail_build on;", "events { } error_log DIR/none/x.log;", "worker_processes 1;"} {
		p.conf(bad)
		p.kill(p.pid(), syscall.SIGHUP)
		p.awaitCount(`reconfiguring -> running`, i+1)
	}
	for _, text := range []string{`[emerg] unknown directive "bogus" in ` + p.dir + "/nginx.conf:2", "[emerg] toy cannot be prepared",
		`[emerg] open() "` + p.dir + `/none/x.log" failed (2: No such file or directory)`, `no "events" section in configuration`} {
		p.awaitLog(regexp.QuoteMeta(strings.TrimPrefix(text, "[emerg] ")))
	}
	if now := fmt.Sprint(p.workers()); now != workers {
		t.Errorf("workers %s, were %s", now, workers)
	}
}

func TestNewWorkersThatFailLeaveTheOldOnes(t *testing.T) {
	p := setup(t, "events { }")
	p.start()
	workers := fmt.Sprint(p.workers())
	for i, way := range []string{"toy_fail_start", "toy_fail_replay"} {
		p.conf("events { } " + way + " on;")
		p.kill(p.pid(), syscall.SIGHUP)
		p.awaitCount(`\[emerg\] .*toy cannot start \(toy is told to fail\)`, i+1)
		p.awaitCount("no new worker process is ready", i+1)
		p.awaitCount(`exited with fatal code 2 and cannot be respawned`, i+1)
		if now := fmt.Sprint(p.workers()); now != workers {
			t.Errorf("%s: workers %s, were %s", way, now, workers)
		}
	}
}

func TestStartFailsWithAMessage(t *testing.T) {
	for _, c := range []struct{ conf, message string }{
		{"events { } bogus;", `nginx: [emerg] unknown directive "bogus" in DIR/nginx.conf:2`},
		{"events { }\nhttp", `nginx: [emerg] unexpected end of file, expecting ";" or "}" in DIR/nginx.conf:3`},
		{"", `nginx: [emerg] no "events" section in configuration`},
		{"events { } toy_fail_build on;", "nginx: [emerg] toy cannot be prepared"},
		{"events { } daemon off; toy_fail_build on;", "nginx: [emerg] toy cannot be prepared"},
		{"events { } master_process off; toy_fail_start on;", "nginx: [emerg] toy cannot start (toy is told to fail)"},
		{"events { worker_connections 0; }", "nginx: [emerg] 0 worker_connections are not enough for 0 listening sockets"},
	} {
		p := setup(t, c.conf)
		code, out := p.start()
		if want := strings.ReplaceAll(c.message, "DIR", p.dir); code == 0 || !strings.Contains(out+p.log(), want) {
			t.Errorf("%q: code %d, %s", c.conf, code, out)
		}
		if _, err := os.Stat(p.dir + "/nginx.pid"); err == nil {
			t.Errorf("%q: a pid file", c.conf)
		}
	}
}

func TestKilledWorkerIsStartedAgain(t *testing.T) {
	p := setup(t, "events { } toy_helper on;")
	p.start()
	p.awaitLog("toy helps")
	for _, title := range []string{"worker process", "toy helper process"} {
		victims := p.processes("nginx: " + title)
		if len(victims) != 1 {
			t.Fatalf("%s: %v\n%s", title, victims, p.log())
		}
		p.kill(victims[0], syscall.SIGKILL)
		p.awaitLog(fmt.Sprintf(`\[alert\] \d+#\d+: %s %d exited on signal 9`, title, victims[0]))
		p.await("another "+title, func() bool {
			now := p.processes("nginx: " + title)
			return len(now) == 1 && now[0] != victims[0]
		})
	}
}

func TestReopen(t *testing.T) {
	p := setup(t, "events { }")
	p.start()
	os.Rename(p.dir+"/error.log", p.dir+"/old.log")
	p.kill(p.pid(), syscall.SIGUSR1)
	p.await("a new log", func() bool { _, err := os.Stat(p.dir + "/error.log"); return err == nil })
	p.kill(p.pid(), syscall.SIGQUIT)
	p.awaitLog("gracefully shutting down")
	p.awaitLog("toy stops")
}

func TestUpgradeAndBack(t *testing.T) {
	p := setup(t, "events { }")
	p.start()
	first := p.pid()
	p.kill(first, syscall.SIGUSR2)
	oldPid := p.dir + "/nginx.pid.oldbin"
	p.await("two masters", func() bool { _, err := os.Stat(oldPid); return err == nil && p.pid() != 0 && p.pid() != first })
	second := p.pid()
	p.awaitLog(`using inherited sockets from ""`)
	p.kill(first, syscall.SIGUSR2)
	p.awaitLog("the changing binary signal is ignored")
	p.kill(first, syscall.SIGWINCH)
	p.await("one worker", func() bool { return len(p.workers()) == 1 })
	p.kill(second, syscall.SIGTERM)
	p.await("the first alone", func() bool { _, err := os.Stat(oldPid); return err != nil && p.pid() == first })
	p.await("its worker", func() bool { return len(p.workers()) == 1 && !alive(second) })

	p.kill(first, syscall.SIGUSR2)
	p.await("two masters", func() bool { _, err := os.Stat(oldPid); return err == nil && p.pid() != 0 && p.pid() != first })
	third := p.pid()
	p.kill(first, syscall.SIGQUIT)
	p.await("the third alone", func() bool { _, err := os.Stat(oldPid); return err != nil && !alive(first) })
	if p.pid() != third || !alive(third) {
		t.Errorf("pid %d, want %d", p.pid(), third)
	}
}

func TestShutdownTimeout(t *testing.T) {
	p := setup(t, "events { } toy_hold 60s; worker_shutdown_timeout 100ms;")
	p.start()
	master := p.pid()
	p.kill(master, syscall.SIGQUIT)
	p.await("title", func() bool { return len(p.processes("nginx: worker process is shutting down")) == 1 })
	p.awaitLog("toy cuts")
	p.await("the end", func() bool { return !alive(master) })
}

func TestGracefulEndWaits(t *testing.T) {
	p := setup(t, "events { } toy_hold 300ms;")
	p.start()
	master := p.pid()
	began := time.Now()
	p.kill(master, syscall.SIGQUIT)
	p.await("the end", func() bool { return !alive(master) })
	if time.Since(began) < 300*time.Millisecond {
		t.Error("a worker did not wait")
	}
}

func TestWorkersOfADeadMasterEnd(t *testing.T) {
	p := setup(t, "events { } worker_processes 2;")
	p.start()
	workers := p.workers()
	p.kill(p.pid(), syscall.SIGKILL)
	p.await("the workers' end", func() bool { return !alive(workers[0]) && !alive(workers[1]) })
	p.awaitLog("master process is gone")
}

func TestSingleProcess(t *testing.T) {
	p := setup(t, "events { } master_process off; toy_text one; env TOY_ENV;")
	if code, out := p.start(); code != 0 {
		t.Fatal(code, out)
	}
	pid := p.pid()
	p.awaitLog(`toy worker 0 starts, text "one", env "moon"`)
	p.conf("events { } master_process off; toy_text two;")
	p.kill(pid, syscall.SIGHUP)
	p.awaitLog(`toy worker 0 starts, text "two"`)
	if strings.Contains(p.log(), "toy replays") {
		t.Error("there is nothing to replay where nothing was left in a master")
	}
	p.kill(pid, syscall.SIGQUIT)
	p.await("the end", func() bool { return !alive(pid) })
	if p.pid() != 0 {
		t.Error("the pid file is still there")
	}
}

func TestSignaller(t *testing.T) {
	p := setup(t, "events { }")
	code, out := p.run("stop")
	want := "nginx: [error] open() \"" + p.dir + "/nginx.pid\" failed (2: No such file or directory)\n"
	if code != 1 || out != want {
		t.Errorf("code %d, %s", code, out)
	}
	os.WriteFile(p.dir+"/nginx.pid", nil, 0o644)
	if code, out := p.run("stop"); code != 1 || !strings.Contains(out, `invalid PID number "" in "`+p.dir+`/nginx.pid"`) {
		t.Errorf("code %d, %s", code, out)
	}
	os.WriteFile(p.dir+"/nginx.pid", []byte("4194304\n"), 0o644)
	if code, out := p.run("stop"); code != 1 || !strings.Contains(out, `kill(4194304, 15) failed (3: No such process)`) {
		t.Errorf("code %d, %s", code, out)
	}
	os.Remove(p.dir + "/nginx.pid")
	p.start()
	master := p.pid()
	if code, out := p.run("reload"); code != 0 {
		t.Errorf("code %d, %s", code, out)
	}
	p.awaitLog("reconfiguring")
	if code, out := p.run("quit"); code != 0 {
		t.Errorf("code %d, %s", code, out)
	}
	p.await("the end", func() bool { return !alive(master) })
}

func TestUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can become somebody else")
	}
	p := setup(t, "events { } user nobody nogroup; worker_priority 5; worker_rlimit_nofile 123; working_directory /; toy_helper on;")
	p.start()
	p.awaitLog(`toy worker 0 starts.* uid 65534`)
	p.awaitLog("toy helps")
	if found := regexp.MustCompile(`toy replays, .*`).FindAllString(p.log(), -1); len(found) != 1 || !regexp.MustCompile(`uid 0, in /.`).MatchString(found[0]) {
		t.Errorf("only the worker replays, as root and in the folder of the start: %q", found)
	}
	w := p.workers()[0]
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", w))
	limits, _ := os.ReadFile(fmt.Sprintf("/proc/%d/limits", w))
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w))
	if !regexp.MustCompile(`(?m)^Uid:\t65534\t65534\t65534`).Match(status) || !regexp.MustCompile(`Groups:\t65534 \n`).Match(status) ||
		!regexp.MustCompile(`Max open files +123 +123 `).Match(limits) {
		t.Errorf("%s%s", status, limits)
	}
	if nice := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')'):]))[17]; nice != "5" {
		t.Errorf("nice %s", nice)
	}
}
