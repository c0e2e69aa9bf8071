package track

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/loop"
	"moongate/keepalived/config"
)

// processes makes a /proc with these command lines; the first process has number 100.
func processes(t *testing.T, lines ...string) string {
	root := t.TempDir()
	for i, line := range lines {
		dir := filepath.Join(root, fmt.Sprint(100+i))
		words := strings.Fields(line)
		name := filepath.Base(words[0])
		os.Mkdir(dir, 0o700)
		os.WriteFile(filepath.Join(dir, "comm"), []byte(name[:min(len(name), commSize)]+"\n"), 0o600)
		os.WriteFile(filepath.Join(dir, "cmdline"), []byte(strings.Join(words, "\x00")+"\x00"), 0o600)
	}
	os.Mkdir(filepath.Join(root, "self"), 0o700)
	os.Mkdir(filepath.Join(root, "999"), 0o700) // it has ended
	return root
}

func TestCount(t *testing.T) {
	root := processes(t, "/usr/sbin/nginx -c a.conf", "/usr/sbin/nginx -c b.conf", "/opt/nginx -c a.conf -g x", "/bin/a-very-long-program-name", "/bin/sh")
	for _, c := range []struct {
		p    config.Process
		want int
	}{
		{config.Process{Path: "nginx"}, 3},
		{config.Process{Path: "/usr/sbin/nginx"}, 3},
		{config.Process{Path: "/usr/sbin/nginx", FullCommand: true}, 2},
		{config.Process{Path: "/bin/a-very-long-program-name"}, 1},
		{config.Process{Path: "nginx", Params: []string{"-c", "a.conf"}}, 1},
		{config.Process{Path: "nginx", Params: []string{"-c", "a.conf"}, ParamMatch: "initial"}, 2},
		{config.Process{Path: "nginx", Params: []string{"-c", "a"}, ParamMatch: "partial"}, 2},
		{config.Process{Path: "nginx", ParamMatch: "exact"}, 0},
		{config.Process{Path: "sh", ParamMatch: "exact"}, 1},
		{config.Process{Path: "none"}, 0},
	} {
		if got := scan(root, []*config.Process{&c.p}).counts[0]; got != c.want {
			t.Errorf("%+v: %d, want %d", c.p, got, c.want)
		}
	}
}

// Quorums, and the delays until one counts.
func TestQuorum(t *testing.T) {
	l, err := loop.New()
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var told []bool
	p := NewProcesses(l, func(_ *config.Process, quorum bool) { told = append(told, quorum) })
	list := []*config.Process{{Name: "p", Path: "p", Quorum: 2, QuorumMax: 3}}
	p.state["p"] = &processState{}
	for _, n := range []int{2, 3, 4, 4, 2, 1, 0} {
		p.take(list, []int{n})
	}
	if got := fmt.Sprint(told); got != "[true false true false]" {
		t.Errorf("told %s", got)
	}
	told = nil
	list[0].ForkDelay = time.Hour
	p.take(list, []int{2})
	if n, quorum := p.Count("p"); len(told) != 0 || n != 2 || quorum {
		t.Errorf("told %v before the delay is over", told)
	}
	p.state["p"].pending = l.Now()
	p.take(list, []int{2})
	if got := fmt.Sprint(told); got != "[true]" {
		t.Errorf("told %s after the delay", got)
	}
}

// A process that comes and goes, with the kernel's word on it and without.
func TestProcesses(t *testing.T) {
	for _, deaf := range []bool{false, true} {
		name := filepath.Join(t.TempDir(), "followed")
		sleep, err := exec.LookPath("sleep")
		if err != nil {
			t.Skip(err)
		}
		if err := os.Symlink(sleep, name); err != nil {
			t.Fatal(err)
		}
		var p *Processes
		b := run(t, func(b *bench) {
			p = NewProcesses(b.l, func(c *config.Process, quorum bool) { b.news <- fmt.Sprint(c.Name, " ", quorum) })
			p.Follow([]*config.Process{{Name: "f", Path: "followed", Quorum: 1}})
			if deaf && p.hints != nil {
				p.hints.close()
				p.hints = nil
				p.poll() // looks more often from now on
			}
			if !deaf && p.hints == nil {
				t.Log("the kernel tells nothing of processes here")
			}
		})
		b.await("f false")
		for range 2 {
			cmd := exec.Command(name, "60")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			b.await("f true")
			began := time.Now()
			cmd.Process.Kill()
			cmd.Wait()
			b.await("f false")
			if took := time.Since(began); took > pollProcesses {
				t.Errorf("deaf %v: its end was noticed after %v", deaf, took)
			}
		}
		closed := make(chan bool)
		b.l.Post(func() { p.Close(); close(closed) })
		<-closed
	}
}
