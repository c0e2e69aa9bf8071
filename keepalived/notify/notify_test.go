package notify

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"moongate/keepalived/config"
	"moongate/keepalived/role"
)

// journal keeps what is logged.
type journal struct {
	mu    sync.Mutex
	lines []string
	more  chan struct{}
}

func newJournal() *journal { return &journal{more: make(chan struct{}, 1024)} }

func (j *journal) log(_ role.Level, format string, args ...any) {
	j.mu.Lock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
	j.mu.Unlock()
	j.more <- struct{}{}
}

func (j *journal) text() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return strings.Join(j.lines, "\n")
}

// await waits until something is logged that has the text.
func (j *journal) await(t *testing.T, text string) {
	t.Helper()
	late := time.After(10 * time.Second)
	for !strings.Contains(j.text(), text) {
		select {
		case <-j.more:
		case <-late:
			t.Fatalf("not logged: %q, but\n%s", text, j.text())
		}
	}
}

func shell(text string) config.Command {
	return config.Command{Args: []string{"/bin/sh", "-c", text}, UID: uint32(os.Getuid()), GID: uint32(os.Getgid())}
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Scripts of one object run one after the other, whatever the first takes, and get
// their words.
func TestScriptsInOrder(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := newJournal()
	n := New(role.VRRP, &config.Global{}, j.log)
	all := shell(`[ "$4" = BACKUP ] && sleep 0.2; echo "$@" >> ` + out)
	all.Args = append(all.Args, "x", "own")
	c := &config.Notify{Any: all, Master: shell("echo only $# >> " + out)}
	n.VRRP(Change{Name: "VI_1", Event: Backup, Priority: 100, Notify: c})
	n.VRRP(Change{Name: "VI_1", Event: Master, Priority: 100, Notify: c})
	n.VRRP(Change{Name: "VI_1", Event: MasterPriority, Priority: 90, Notify: c})
	n.Close()
	n.VRRP(Change{Name: "VI_1", Event: Stop, Priority: 100, Notify: c})
	want := "own INSTANCE VI_1 BACKUP 100\nonly 0\nown INSTANCE VI_1 MASTER 100\n"
	if got := read(t, out); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if j.text() != "" {
		t.Errorf("logged %s", j.text())
	}
}

// The next script does not wait for ever, and other objects do not wait at all.
func TestSlowScript(t *testing.T) {
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate")
	j := newJournal()
	q := newQueue(j.log)
	q.wait = 50 * time.Millisecond
	slow := shell("until [ -e " + gate + " ]; do sleep 0.01; done; echo slow >> " + dir + "/out")
	next := shell("echo next >> " + dir + "/out; touch " + gate)
	q.add(call{&slow, nil})
	q.add(call{&next, nil})
	j.await(t, "still runs, the next one does not wait for it")
	q.finish(time.Now().Add(10 * time.Second))
	late := time.Now().Add(10 * time.Second)
	for strings.Count(read(t, dir+"/out"), "\n") < 2 {
		if time.Now().After(late) {
			t.Fatal("the slow script was lost")
		}
	}
	if got := read(t, dir+"/out"); got != "next\nslow\n" {
		t.Errorf("got %q", got)
	}
}

func TestTooManyScripts(t *testing.T) {
	dir := t.TempDir()
	gate := filepath.Join(dir, "gate")
	j := newJournal()
	q := newQueue(j.log)
	block := shell("until [ -e " + gate + " ]; do sleep 0.01; done")
	count := shell("echo $0 >> " + dir + "/out")
	q.add(call{&block, nil})
	for started := false; !started; {
		q.mu.Lock()
		started = q.running != nil
		q.mu.Unlock()
	}
	for i := range maxWaiting + 2 {
		q.add(call{&count, []string{fmt.Sprint(i)}})
	}
	os.WriteFile(gate, nil, 0o600)
	q.finish(time.Now().Add(20 * time.Second))
	lines := strings.Fields(read(t, dir+"/out"))
	if len(lines) != maxWaiting || lines[0] != "2" || lines[len(lines)-1] != fmt.Sprint(maxWaiting+1) {
		t.Errorf("ran %d: %v", len(lines), lines)
	}
	if n := strings.Count(j.text(), "is left out"); n != 2 {
		t.Errorf("said %d times that one is left out", n)
	}
}

func TestScriptThatIsNotThere(t *testing.T) {
	j := newJournal()
	n := New(role.VRRP, &config.Global{}, j.log)
	n.VRRP(Change{Name: "VI_1", Event: Master, Notify: &config.Notify{Master: config.Command{Args: []string{"/nonesuch"}}}})
	j.await(t, "Error exec-ing command '/nonesuch', error 2: No such file or directory")
	n.Close()
}

// At the end a script has a second; what waits behind one that takes longer is
// started all the same.
func TestClose(t *testing.T) {
	dir := t.TempDir()
	j := newJournal()
	n := New(role.VRRP, &config.Global{}, j.log)
	c := &config.Notify{Stop: shell("sleep 30"), Any: shell("echo $2 > " + dir + "/out")}
	c.Any.Args = append(c.Any.Args, "0")
	start := time.Now()
	n.VRRP(Change{Name: "VI_1", Event: Stop, Notify: c})
	n.Close()
	if took := time.Since(start); took < stopPatience || took > 5*time.Second {
		t.Errorf("took %s", took)
	}
	late := time.Now().Add(10 * time.Second)
	for {
		if b, _ := os.ReadFile(dir + "/out"); len(b) > 0 {
			break
		}
		if time.Now().After(late) {
			t.Fatal("the last script was not started")
		}
	}
}

// Who has not asked to hear that an instance is deleted hears of a fault.
func TestDeleted(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	n := New(role.VRRP, &config.Global{}, newJournal().log)
	with := &config.Notify{TellDeleted: true, Deleted: shell("echo deleted >> " + out), Fault: shell("echo fault >> " + out)}
	without := &config.Notify{Fault: with.Fault}
	silent := &config.Notify{TellDeleted: true, Fault: with.Fault, Any: shell("echo $3 >> " + out)}
	silent.Any.Args = append(silent.Any.Args, "sh")
	n.VRRP(Change{Name: "VI_1", Event: Deleted, Notify: with})
	n.VRRP(Change{Name: "VI_1", Event: Deleted, Notify: without})
	n.VRRP(Change{Name: "VI_1", Event: Deleted, Notify: silent})
	n.Close()
	if got := read(t, out); got != "deleted\nfault\nDELETED\n" {
		t.Errorf("got %q", got)
	}
}
