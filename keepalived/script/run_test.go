package script

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/proc"
	"moongate/keepalived/config"
)

func shell(text string) *config.Command {
	return &config.Command{Args: []string{"/bin/sh", "-c", text}, UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
}

func TestWhatAProgramHas(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	t.Setenv("FROM_OUTSIDE", "yes")
	r, err := Start(shell(`echo "$0 $1 $(cut -d" " -f5 /proc/$$/stat) $FROM_OUTSIDE $(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2)" > `+out), "a", "b c")
	if err != nil {
		t.Fatal(err)
	}
	<-r.Done()
	got, _ := os.ReadFile(out)
	want := "a b c " + strconv.Itoa(r.PID()) + " yes /dev/null\n/dev/null\n/dev/null\n"
	if string(got) != want || !r.Status().Exited {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestHowItEnds(t *testing.T) {
	for text, want := range map[string]string{
		"exit 0":        "exited with status 0",
		"exit 3":        "exited with status 3",
		"kill -KILL $$": "exited due to signal 9",
	} {
		r, err := Start(shell(text))
		if err != nil {
			t.Fatal(err)
		}
		<-r.Done()
		if got := How(r.Status()); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
	if _, err := Start(&config.Command{Args: []string{"/nonesuch"}}); !os.IsNotExist(err) {
		t.Errorf("a program that is not there: %v", err)
	}
}

func TestUser(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("another user's program needs root")
	}
	dir, err := os.MkdirTemp("/tmp", "script")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o777)
	out := filepath.Join(dir, "out")
	c := shell("id > " + out)
	c.UID, c.GID = 65534, 65533
	r, err := Start(c)
	if err != nil {
		t.Fatal(err)
	}
	<-r.Done()
	got, _ := os.ReadFile(out)
	if !strings.HasPrefix(string(got), "uid=65534") || !strings.Contains(string(got), "gid=65533") || strings.Contains(string(got), "root") {
		t.Errorf("runs as %s", got)
	}
}

// A program that does not listen is made to end, and what it has started too.
func TestEnd(t *testing.T) {
	out := filepath.Join(t.TempDir(), "pid")
	r, err := Start(shell(`trap "" TERM; sleep 60 & echo $! > ` + out + `; echo >> ` + out + `; while :; do wait; done`))
	if err != nil {
		t.Fatal(err)
	}
	var pid int
	for deadline := time.Now().Add(10 * time.Second); pid == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the program does not start")
		}
		if b, _ := os.ReadFile(out); strings.HasSuffix(string(b), "\n\n") {
			pid, _ = strconv.Atoi(strings.TrimSpace(string(b)))
		}
	}
	if r.End(0, 10*time.Millisecond) {
		t.Error("says that it ended by itself")
	}
	if s := r.Status(); s.Exited || s.Signal != proc.SIGKILL {
		t.Errorf("ended as %+v", s)
	}
	for deadline := time.Now().Add(10 * time.Second); ; {
		// Gone, or a zombie that its new parent has not waited for.
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
		if err != nil || strings.Contains(string(b), ") Z ") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("what the program has started is still there")
		}
	}
}
