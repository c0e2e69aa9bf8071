package realtime

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"moongate/edge/sys/caps"

	"golang.org/x/sys/unix"
)

func need(t *testing.T, c caps.Cap) {
	t.Helper()
	if have, _ := caps.Effective(); !have.Has(c) {
		t.Skip("needs ", c)
	}
}

// alone runs f on a thread that ends with it.
func alone(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		f()
	}()
	<-done
}

func TestSchedule(t *testing.T) {
	need(t, caps.SysNice)
	alone(func() {
		for _, want := range []struct {
			p    Policy
			prio int
		}{{RoundRobin, 50}, {FIFO, 1}, {Normal, 0}, {RoundRobin, MinPriority}} {
			if err := Schedule(want.p, want.prio); err != nil {
				t.Error(err)
			}
			if p, prio, err := Scheduled(); p != want.p || prio != want.prio || err != nil {
				t.Errorf("%v: %v %v %v", want, p, prio, err)
			}
		}
		out, err := exec.Command("/bin/sh", "-c", "cat /proc/$$/stat").Output()
		if err != nil {
			t.Error(err)
			return
		}
		_, rest, _ := strings.Cut(string(out), ") ")
		if f := strings.Fields(rest); f[41-3] != "0" { // policy, see proc(5)
			t.Error("a child has policy", f[41-3])
		}
		if err := Schedule(RoundRobin, MaxPriority+1); !errors.Is(err, unix.EINVAL) {
			t.Error(err)
		}
	})
	if p, _, _ := Scheduled(); p != Normal {
		t.Error("other threads are touched")
	}
}

func TestLimitAndLock(t *testing.T) {
	if os.Getenv("IN_CHILD") == "" {
		need(t, caps.IPCLock)
		cmd := exec.Command(os.Args[0], "-test.run=TestLimitAndLock", "-test.v")
		cmd.Env = append(os.Environ(), "IN_CHILD=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	if err := LimitCPU(10*time.Millisecond, 20*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	limits, _ := os.ReadFile("/proc/self/limits")
	if !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), "Max realtime timeout 10000 20000 us") {
		t.Errorf("%s", limits)
	}
	if err := LockMemory(); err != nil {
		t.Fatal(err)
	}
	locked := kilobytes(t, "VmLck:")
	if rss := kilobytes(t, "VmRSS:"); locked == 0 || rss > 64<<10 {
		t.Errorf("%d kB locked, %d kB resident", locked, rss)
	}
	if err := UnlockMemory(); err != nil || kilobytes(t, "VmLck:") != 0 {
		t.Error(err)
	}
}

func kilobytes(t *testing.T, key string) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), key)
	n, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return n
}
