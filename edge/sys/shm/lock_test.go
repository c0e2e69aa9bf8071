package shm

import (
	"os/exec"
	"runtime"
	"sync"
	"testing"
	"time"
)

func create(t testing.TB, size int64) *Segment {
	t.Helper()
	s, err := Create("test", size)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestHammerLock(t *testing.T) {
	s := create(t, 8192)
	const n, procs = 50000, 3
	var children []*exec.Cmd
	for range procs {
		children = append(children, start(t, s, "count 50000"))
	}
	word := &s.User()[0]
	for range n {
		s.Lock()
		v := *word
		*word = v + 1
		s.Unlock()
	}
	for _, c := range children {
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	}
	if *word != n*(procs+1) {
		t.Errorf("%d additions are left of %d", *word, n*(procs+1))
	}
}

// Goroutines of one process, with one P and with more: a waiter must let the
// holder run.
func TestHammerGoroutines(t *testing.T) {
	for _, procs := range []int{1, 4} {
		old := runtime.GOMAXPROCS(procs)
		s := create(t, 8192)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for i := range 2000 {
					s.Lock()
					s.User()[0]++
					if i%100 == 0 {
						runtime.Gosched() // as if preempted
					}
					s.Unlock()
				}
			})
		}
		wg.Wait()
		runtime.GOMAXPROCS(old)
		if s.User()[0] != 16000 {
			t.Errorf("GOMAXPROCS %d: %d additions are left of 16000", procs, s.User()[0])
		}
	}
}

// The holder is killed; it is a zombie until the test waits for it.
func TestTakeOver(t *testing.T) {
	s := create(t, 8192)
	called := 0
	s.SetRecover(func() Recovery { called++; return Recovery{} })
	c := start(t, s, "hold")
	waitDead(t, c.Process.Pid)
	begin := time.Now()
	s.Lock()
	takeovers := s.Takeovers()
	s.Unlock()
	if takeovers != 1 || called != 1 {
		t.Fatalf("%d take-overs, %d recoveries", s.Takeovers(), called)
	}
	if d := time.Since(begin); d > 5*time.Second {
		t.Errorf("took %v", d)
	}
	c.Wait()
	if s.head().lock != 0 {
		t.Errorf("lock word is %x", s.head().lock)
	}
}

// The parent that has waited for the child recovers at once.
func TestReap(t *testing.T) {
	s := create(t, 8192)
	c := start(t, s, "hold")
	c.Wait()
	if slots := s.Reap(c.Process.Pid); len(slots) != 1 {
		t.Fatalf("slots %v", slots)
	}
	if s.Takeovers() != 1 || !s.TryLock() {
		t.Fatal("still locked")
	}
	s.Unlock()
}

// A dead process's slot is used again, with another ticket.
func TestSlots(t *testing.T) {
	s := create(t, 8192)
	for slot := uint32(1); slot < ownerSlots; slot++ {
		if slot != uint32(s.Slot()) {
			*s.owner(slot) = uint64(1<<22-1)<<pidShift | 5<<21 | 7
		}
	}
	other, err := Attach(dup(t, s))
	if err != nil {
		t.Fatal(err)
	}
	if other.Ticket() == s.Ticket() || slotGen(*s.owner(uint32(other.Slot()))) != 6 {
		t.Errorf("ticket %x", other.Ticket())
	}
	other.Lock()
	if s.TryLock() {
		t.Error("locked twice")
	}
	other.Unlock()
	other.Close()
}

func BenchmarkLock(b *testing.B) {
	s := create(b, 8192)
	turns := 0
	for b.Loop() {
		s.Lock()
		turns++
		s.Unlock()
	}
}

// Two other processes use the lock as workers do: about 100 ns with it, 1 us
// without. On two processors that is one process too many.
func BenchmarkLockContended(b *testing.B) {
	s := create(b, 8192)
	for range 2 {
		start(b, s, "use")
	}
	var worst time.Duration
	for b.Loop() {
		begin := time.Now()
		use(s)
		worst = max(worst, time.Since(begin))
	}
	b.ReportMetric(float64(worst.Microseconds()), "us/worst")
}
