package notify

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

func TestFIFO(t *testing.T) {
	dir := t.TempDir()
	pipe := func(name string) config.Pipe {
		return config.Pipe{Path: filepath.Join(dir, name), UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	}
	g := &config.Global{FIFO: pipe("all"), VRRPFIFO: pipe("vrrp"), LVSFIFO: pipe("lvs")}
	j := newJournal()
	parent := New("", g, j.log)
	vrrp, check := New(role.VRRP, g, j.log), New(role.Checker, g, j.log)
	vrrp.VRRP(Change{Name: "VI_1", Event: Master, Priority: 150, Notify: &config.Notify{}})
	vrrp.VRRP(Change{Group: true, Name: "G", Event: Fault, Notify: &config.Notify{}})
	check.Server(Server{Service: "[10.0.0.1]:tcp:80", Up: true})
	check.Server(Server{Service: "[10.0.0.1]:tcp:80", Real: "[10.0.0.2]:tcp:80"})
	// What was written before anybody reads is there.
	v := "INSTANCE \"VI_1\" MASTER 150\nGROUP \"G\" FAULT 0\n"
	s := "VS [10.0.0.1]:tcp:80 UP\nRS [10.0.0.2]:tcp:80 [10.0.0.1]:tcp:80 DOWN\n"
	for name, want := range map[string]string{"all": v + s, "vrrp": v, "lvs": s} {
		f, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(want))
		if n, _ := bufio.NewReader(f).Read(got); string(got[:n]) != want {
			t.Errorf("%s: %q, want %q", name, got[:n], want)
		}
		if st, _ := f.Stat(); st.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v", name, st.Mode())
		}
		f.Close()
	}
	vrrp.Close()
	check.Close()
	if _, err := os.Stat(g.FIFO.Path); err != nil {
		t.Error("a child has removed the FIFO of all")
	}
	parent.Close()
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if j.text() != "" {
		t.Errorf("logged %s", j.text())
	}
}

// Nobody waits for a FIFO that is full.
func TestFullFIFO(t *testing.T) {
	g := &config.Global{VRRPFIFO: config.Pipe{Path: filepath.Join(t.TempDir(), "f"), UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}}
	j := newJournal()
	n := New(role.VRRP, g, j.log)
	defer n.Close()
	line := strings.Repeat("x", 4000) + "\n"
	for range 100 {
		n.write(line)
	}
	j.await(t, "is full, lines are lost")
	f, err := os.OpenFile(g.VRRPFIFO.Path, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := bufio.NewReader(f)
	if got, err := r.ReadString('\n'); err != nil || got != line {
		t.Errorf("a line came in part: %d bytes, %v", len(got), err)
	}
	for range 10 {
		r.ReadString('\n')
	}
	n.write(line)
	j.await(t, "has room again")
}

// The reader gets the path, is started again when it dies, sees the last lines, and
// has ended when Close returns.
func TestReader(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	reader := shell(`echo "$1 $2" >> ` + out + `; [ -e ` + out + `2 ] || { touch ` + out + `2; exit 1; }; cat "$2" >> ` + out)
	reader.Args = append(reader.Args, "x", "arg")
	g := &config.Global{VRRPFIFO: config.Pipe{Path: filepath.Join(dir, "f"), UID: uint32(os.Getuid()), GID: uint32(os.Getgid()), Reader: reader}}
	j := newJournal()
	n := New(role.VRRP, g, j.log)
	j.await(t, "vrrp notify fifo script terminated")
	late := time.Now().Add(20 * time.Second)
	for strings.Count(read(t, out), "\n") < 2 {
		if time.Now().After(late) {
			t.Fatal("the reader is not started again")
		}
		time.Sleep(time.Millisecond)
	}
	n.VRRP(Change{Name: "VI_1", Event: Stop, Priority: 1, Notify: &config.Notify{}})
	n.Close()
	first := "arg " + g.VRRPFIFO.Path + "\n"
	if got, want := read(t, out), first+first+"INSTANCE \"VI_1\" STOP 1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A reload keeps the FIFO whose settings are the same, with what is in it.
func TestReloadKeepsFIFO(t *testing.T) {
	dir := t.TempDir()
	pipe := func(name string) config.Pipe {
		return config.Pipe{Path: filepath.Join(dir, name), UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
	}
	j := newJournal()
	n := New(role.VRRP, &config.Global{FIFO: pipe("a"), VRRPFIFO: pipe("b")}, j.log)
	n.write("before\n")
	n.Reload(&config.Global{FIFO: pipe("a"), VRRPFIFO: pipe("c")})
	n.write("after\n")
	f, err := os.Open(filepath.Join(dir, "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got := make([]byte, 100)
	if k, _ := f.Read(got); string(got[:k]) != "before\nafter\n" {
		t.Errorf("got %q", got[:k])
	}
	late := time.Now().Add(10 * time.Second)
	for {
		if _, err := os.Stat(filepath.Join(dir, "b")); os.IsNotExist(err) {
			break
		}
		if time.Now().After(late) {
			t.Fatal("the old FIFO is still there")
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "c")); err != nil {
		t.Error(err)
	}
	n.Close()
}

func TestNotAFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	os.WriteFile(path, []byte("mine"), 0o600)
	j := newJournal()
	n := New(role.VRRP, &config.Global{VRRPFIFO: config.Pipe{Path: path}}, j.log)
	n.write("line\n")
	n.Close()
	if j.text() != "Unable to create vrrp notify fifo "+path || read(t, path) != "mine" {
		t.Errorf("logged %q", j.text())
	}
}
