package track

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// bench is a loop that runs until it is told to end, and what was logged.
type bench struct {
	t    *testing.T
	l    *loop.Loop
	news chan string

	mu    sync.Mutex
	lines []string
}

// run runs a loop. setup is called on its thread.
func run(t *testing.T, setup func(b *bench)) *bench {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, l: l, news: make(chan string, 1024)}
	done := make(chan error, 1)
	l.Post(func() { setup(b) })
	go func() { done <- l.Run() }()
	t.Cleanup(func() {
		l.Stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		l.Close()
	})
	return b
}

func (b *bench) log(_ role.Level, format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lines = append(b.lines, fmt.Sprintf(format, args...))
}

func (b *bench) said(line string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Contains(strings.Join(b.lines, "\n"), line)
}

// await waits for the next news, which must be these, in any order.
func (b *bench) await(want ...string) {
	b.t.Helper()
	var got []string
	for range want {
		select {
		case s := <-b.news:
			got = append(got, s)
		case <-time.After(10 * time.Second):
			b.t.Fatalf("%q is told, want %q; logged: %q", got, want, b.lines)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		b.t.Errorf("told %q, want %q", got, want)
	}
}

func command(text string) config.Command {
	return config.Command{Args: []string{"/bin/sh", "-c", text}}
}

func scripted(t *testing.T, c *config.Script) (*bench, **Script) {
	s := new(*Script)
	b := run(t, func(b *bench) {
		*s = NewScript(c, b.l, b.log, func(s *Script) { b.news <- fmt.Sprint(s.Conf.Name, " ", s.Counter.Up()) })
		(*s).Start()
	})
	t.Cleanup(func() {
		ended := make(chan bool)
		b.l.Post(func() { (*s).Stop(); close(ended) })
		<-ended
	})
	return b, s
}

func TestScriptComesAndGoes(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	b, _ := scripted(t, &config.Script{Name: "chk", Interval: 20 * time.Millisecond, Timeout: 5 * time.Second, Rise: 2, Fall: 2, Command: command("test ! -e " + file)})
	b.await("chk true")
	os.WriteFile(file, nil, 0o600)
	b.await("chk false")
	os.Remove(file)
	b.await("chk true")
	for _, line := range []string{"Script `chk` now returning 1", "VRRP_Script(chk) failed (exited with status 1)", "Script `chk` now returning 0", "VRRP_Script(chk) succeeded"} {
		if !b.said(line) {
			t.Errorf("%q is not logged", line)
		}
	}
}

// One that ignores SIGTERM is killed, and run again afterwards; meanwhile runs are skipped.
func TestScriptOverruns(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for two seconds of grace")
	}
	file := filepath.Join(t.TempDir(), "f")
	b, _ := scripted(t, &config.Script{Name: "chk", Interval: 500 * time.Millisecond, Timeout: 50 * time.Millisecond,
		Command: command("test -e " + file + " && exit 0; trap '' TERM; while :; do sleep 0.1; done")})
	b.await("chk false")
	os.WriteFile(file, nil, 0o600)
	b.await("chk true")
	for _, line := range []string{"VRRP_Script(chk) timed_out", "Track script chk is requested termination, expect idle - skipping run"} {
		if !b.said(line) {
			t.Errorf("%q is not logged", line)
		}
	}
}

func TestScriptSignal(t *testing.T) {
	b, _ := scripted(t, &config.Script{Name: "chk", Interval: time.Hour, Command: command("kill -9 $$")})
	b.await("chk false")
	if !b.said("VRRP_Script(chk) failed (exited due to signal 9)") {
		t.Errorf("%q", b.lines)
	}
	b, _ = scripted(t, &config.Script{Name: "none", Interval: time.Hour, Command: config.Command{Args: []string{"/nonexistent"}}})
	b.await("none false")
}

func TestScriptThatOnlyOpens(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f")
	b, _ := scripted(t, &config.Script{Name: "chk", Interval: 20 * time.Millisecond, InitFail: true, Command: config.Command{Args: []string{file}, Open: true}})
	b.await("chk false")
	os.WriteFile(file, nil, 0o600)
	b.await("chk true")
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	old, fresh, later := filepath.Join(dir, "old"), filepath.Join(dir, "fresh"), filepath.Join(dir, "later")
	os.WriteFile(old, []byte("7 or so\n"), 0o600)
	nine := 9
	var f *Files
	b := run(t, func(b *bench) {
		var err error
		f, err = NewFiles(b.l, b.log, func(name string, value int) { b.news <- fmt.Sprint(name, " ", value) })
		if err != nil {
			t.Error(err)
			return
		}
		f.Follow([]*config.File{{Name: "old", Path: old, Init: &nine}, {Name: "fresh", Path: fresh, Init: &nine}, {Name: "later", Path: later}})
	})
	b.await("old 7")
	b.await("fresh 9")
	b.await("later 0")
	os.WriteFile(later, []byte(" -3\n"), 0o600)
	b.await("later -3")
	os.WriteFile(later, []byte(" -3\n"), 0o600)
	os.Rename(later, old)
	b.await("later 0", "old -3")
	os.Remove(fresh)
	b.await("fresh 0")
	ended := make(chan bool)
	b.l.Post(func() { f.Close(); close(ended) })
	<-ended
}
