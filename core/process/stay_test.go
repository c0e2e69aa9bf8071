package process

import (
	"syscall"
	"testing"
)

// staying is the pid of the process that stays.
func (p *program) staying() int {
	if pids := p.processes("nginx: toy staying process"); len(pids) == 1 {
		return pids[0]
	}
	return 0
}

func TestProcessThatStays(t *testing.T) {
	p := setup(t, "worker_processes 1; events { } toy_stay one;")
	if code, out := p.start(); code != 0 {
		t.Fatalf("exit code %d: %s", code, out)
	}
	p.awaitCount("toy stays for one", 1)
	first, master := p.staying(), p.pid()
	for n := 1; n <= 2; n++ {
		workers := p.workers()
		p.kill(master, syscall.SIGHUP)
		p.awaitCount("toy that stays for one hears of a reload", n)
		p.await("the old worker's end", func() bool { return !alive(workers[0]) })
		if p.staying() != first {
			t.Fatalf("process %d became %d", first, p.staying())
		}
	}

	p.conf("worker_processes 1; events { } toy_stay two;")
	p.kill(master, syscall.SIGHUP)
	p.awaitCount("toy stays for two", 1)
	if second := p.staying(); second == first || alive(first) {
		t.Errorf("process %d, after %d (alive: %v)", second, first, alive(first))
	}

	second := p.staying()
	p.kill(second, syscall.SIGKILL)
	p.awaitCount("toy stays for two", 2)

	p.conf("worker_processes 1; events { }")
	third := p.staying()
	p.kill(master, syscall.SIGHUP)
	p.await("the end of what nobody wants any more", func() bool { return !alive(third) })

	p.conf("worker_processes 1; events { } toy_stay three;")
	p.kill(master, syscall.SIGHUP)
	p.awaitCount("toy stays for three", 1)
	last := p.staying()
	p.kill(master, syscall.SIGQUIT)
	p.await("the end of all", func() bool { return !alive(master) && !alive(last) })
}
