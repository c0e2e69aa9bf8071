package proc

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// A copy of the test binary shows what SetTitle does to a process's memory.
func TestMain(m *testing.M) {
	if os.Getenv("TITLE_TEST") == "" {
		os.Exit(m.Run())
	}
	args := Args()
	title := os.Getenv("TITLE_TEST")
	SetTitle(title)
	cmdline, _ := os.ReadFile("/proc/self/cmdline")
	os.Stdout.Write(bytes.TrimRight(cmdline, "\x00"))
	os.Stdout.WriteString("\n" + strings.Join(args, ",") + "\n" + strings.Join(os.Args, ",") + "\n" + os.Getenv("AFTER"))
	os.Exit(0)
}

func TestSetTitle(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"x", "nginx: worker process", "nginx: master process " + strings.Repeat("long ", 30) + "end"} {
		cmd := exec.Command(self)
		cmd.Args = []string{"./nginx", "-p", "dir"}
		cmd.Env = []string{"TITLE_TEST=" + title, "AFTER=untouched", "ROOM=" + strings.Repeat(".", 300)}
		out, err := cmd.Output()
		if want := title + "\n./nginx,-p,dir\n./nginx,-p,dir\nuntouched"; err != nil || string(out) != want {
			t.Errorf("%v, got %q, want %q", err, out, want)
		}
	}
}

func TestCountRanges(t *testing.T) {
	for list, want := range map[string]int{"0": 1, "0-3": 4, "0-3,6,8-9": 7, "": 0, "x": 0, "3-1": 0} {
		if got := countRanges(list); got != want {
			t.Errorf("%q: %d, want %d", list, got, want)
		}
	}
}

func TestChannelKeepsMessagesAndTellsTheEnd(t *testing.T) {
	parent, child, err := Channel()
	if err != nil {
		t.Fatal(err)
	}
	a, b := File(parent, "parent"), File(child, "child")
	defer b.Close()
	a.Write([]byte("one"))
	a.Write([]byte("two"))
	a.Close()
	buf := make([]byte, 16)
	for _, want := range []string{"one", "two", ""} {
		n, err := b.Read(buf)
		if string(buf[:n]) != want || (want == "") != (err != nil) {
			t.Errorf("%q %v", buf[:n], err)
		}
	}
}

func TestStartAndReap(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	fd := int(null.Fd())
	for script, want := range map[string]Status{
		"exit 3":        {Exited: true, Code: 3},
		"kill -9 $$":    {Signal: SIGKILL},
		"[ $MOON = 1 ]": {Exited: true},
	} {
		pid, err := Start(&Child{Path: "/bin/sh", Argv: []string{"sh", "-c", script}, Env: []string{"MOON=1"}, Files: []int{fd, fd, fd}})
		if err != nil {
			t.Fatal(err)
		}
		if st, err := Wait(pid); err != nil || st != want {
			t.Errorf("%s: %+v %v", script, st, err)
		}
	}
}

// A process's time grows by what it computes.
func TestCPU(t *testing.T) {
	begin, ok := CPU(os.Getpid())
	if !ok {
		t.Fatal("nobody can tell")
	}
	for end := begin; end-begin < 30*time.Millisecond; {
		for range 1 << 20 {
		}
		end, _ = CPU(os.Getpid())
	}
	self, _ := Used()
	if used := self.User + self.System; used < 30*time.Millisecond {
		t.Errorf("%v", used)
	}
	if _, ok := CPU(0); ok {
		t.Error("there is no process 0")
	}
}
