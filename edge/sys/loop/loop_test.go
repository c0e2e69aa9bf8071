package loop

import (
	"os"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"moongate/edge/sys/proc"

	"golang.org/x/sys/unix"
)

func start(t testing.TB) *Loop {
	t.Helper()
	l, err := New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func run(t testing.TB, l *Loop) {
	t.Helper()
	limit := time.AfterFunc(20*time.Second, func() { panic("the loop never ended") })
	defer limit.Stop()
	if err := l.Run(); err != nil {
		t.Fatal(err)
	}
}

func pipe(t testing.TB) (r, w int) {
	t.Helper()
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_NONBLOCK|unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(p[0]); unix.Close(p[1]) })
	return p[0], p[1]
}

func TestTimersFireInOrder(t *testing.T) {
	l := start(t)
	var got []int
	begin := time.Now()
	add := func(n int, d time.Duration) *Timer {
		tm := l.NewTimer(func() {
			if early := d - time.Since(begin); early > 0 && n != 1 {
				t.Errorf("%d fired %v early", n, early)
			}
			got = append(got, n)
			if n == 5 {
				l.Stop()
			}
		})
		tm.At(begin.Add(d))
		return tm
	}
	stopped := add(2, 2*time.Millisecond)
	add(4, 4*time.Millisecond)
	add(3, 3*time.Millisecond)
	earlier := add(1, 50*time.Millisecond)
	add(5, 5*time.Millisecond)
	earlier.At(begin)
	if !stopped.Stop() || stopped.Stop() {
		t.Error("a timer is stopped once")
	}
	run(t, l)
	if !slices.Equal(got, []int{1, 3, 4, 5}) {
		t.Error(got)
	}
}

func TestTimerSetsItselfAgain(t *testing.T) {
	l := start(t)
	n, read := 0, 0
	r, w := pipe(t)
	unix.Write(w, []byte("x"))
	if _, err := l.Add(r, func() { read++ }, nil); err != nil {
		t.Fatal(err)
	}
	var tm *Timer
	tm = l.NewTimer(func() {
		if n++; n == 100 {
			l.Stop()
		}
		tm.After(0)
	})
	tm.After(0)
	run(t, l)
	if read < 99 {
		t.Errorf("between 100 firings something was read %d times: a timer must not keep descriptors out", read)
	}
	if at, waits := tm.When(); !waits || at.Before(l.Now()) {
		t.Error(at, waits)
	}
}

// A timer that moves away leaves the timerfd too early; it must still fire, once.
func TestTimerMovesLater(t *testing.T) {
	l := start(t)
	begin := time.Now()
	late := l.NewTimer(func() {
		if d := time.Since(begin); d < 20*time.Millisecond {
			t.Errorf("fired after %v", d)
		}
		l.Stop()
	})
	late.At(begin.Add(2 * time.Millisecond))
	mover := l.NewTimer(func() { late.At(begin.Add(20 * time.Millisecond)) })
	mover.At(begin.Add(time.Millisecond))
	run(t, l)
}

func TestArrivedBeforeDue(t *testing.T) {
	l := start(t)
	r, w := pipe(t)
	var got []string
	var f *FD
	f, _ = l.Add(r, func() { got = append(got, "read"); f.Remove() }, nil)
	l.NewTimer(func() { got = append(got, "due"); l.Stop() }).At(time.Now())
	unix.Write(w, []byte("x"))
	run(t, l)
	if !slices.Equal(got, []string{"read", "due"}) {
		t.Error(got)
	}
}

func TestReadableAndWritable(t *testing.T) {
	l := start(t)
	r, w := pipe(t)
	var wf *FD
	wf, err := l.Add(w, nil, func() {
		unix.Write(w, []byte("moon"))
		wf.WantWrite(false)
	})
	if err != nil {
		t.Fatal(err)
	}
	wf.WantWrite(true)
	_, err = l.Add(r, func() {
		b := make([]byte, 8)
		if n, _ := unix.Read(r, b); string(b[:n]) != "moon" {
			t.Errorf("%q", b[:n])
		}
		l.Stop()
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	run(t, l)
}

// A stream is read at its pace, what comes alone at once, and nothing is forgotten.
func TestPace(t *testing.T) {
	l := start(t)
	r, w := pipe(t)
	const pace = 5 * time.Millisecond
	var at []time.Time
	got := 0
	f, err := l.Add(r, func() {
		var b [1]byte // less than there is
		n, _ := unix.Read(r, b[:])
		got += n
		at = append(at, l.Now())
		if got == 5 {
			l.Stop()
		}
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.Pace(pace)
	unix.Write(w, []byte("12345"))
	begin := time.Now()
	run(t, l)
	if first := at[0].Sub(begin); first >= pace {
		t.Errorf("the first was read after %v", first)
	}
	for i := range at[1:] {
		if d := at[i+1].Sub(at[i]); d < pace {
			t.Errorf("%v between two reads", d)
		}
	}
	unix.Write(w, []byte("6"))
	f.Remove()
	l.NewTimer(l.Stop).After(2 * pace)
	if run(t, l); got != 5 {
		t.Error("read after its removal")
	}
}

// Resting is no reason not to notice that the other side is gone, nor not to write.
func TestPaceAndOtherEvents(t *testing.T) {
	l := start(t)
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	wrote, ended := 0, false
	var f *FD
	f, err = l.Add(p[0], func() {
		var b [1]byte
		if n, _ := unix.Read(p[0], b[:]); n == 0 {
			ended = true
			l.Stop()
		}
	}, func() {
		if wrote++; wrote == 3 {
			f.WantWrite(false)
			unix.Close(p[1])
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Pace(time.Hour)
	f.WantWrite(true)
	unix.Write(p[1], []byte("12"))
	run(t, l)
	if wrote != 3 || !ended {
		t.Error(wrote, ended)
	}
}

// What one callback removes, no other sees in the same round, even when the number
// of the descriptor is in use again.
func TestRemovedInItsRound(t *testing.T) {
	l := start(t)
	r1, w1 := pipe(t)
	r2, w2 := pipe(t)
	unix.Write(w1, []byte("x"))
	unix.Write(w2, []byte("x"))
	var a, b *FD
	calls := 0
	once := func(other **FD, fd int) func() {
		return func() {
			calls++
			(*other).Remove()
			l.Add(fd, func() { t.Error("called for an event of its predecessor") }, nil)
			a.Remove()
			b.Remove()
			l.table[fd].Remove()
			l.Stop()
		}
	}
	a, _ = l.Add(r1, once(&b, r2), nil)
	b, _ = l.Add(r2, once(&a, r1), nil)
	run(t, l)
	if calls != 1 {
		t.Error(calls, "calls")
	}
}

func TestHammerPost(t *testing.T) {
	l := start(t)
	const posters, each = 8, 2000
	next := make([]int, posters)
	done := 0
	var wg sync.WaitGroup
	for p := range posters {
		wg.Go(func() {
			for i := range each {
				l.Post(func() {
					if next[p] != i {
						t.Errorf("poster %d: %d after %d", p, i, next[p])
					}
					next[p]++
					if done++; done == posters*each {
						l.Stop()
					}
				})
			}
		})
	}
	run(t, l)
	wg.Wait()
}

func TestOneThread(t *testing.T) {
	l := start(t)
	var tids []int
	note := func() { tids = append(tids, unix.Gettid()) }
	l.Post(note)
	l.NewTimer(note).At(time.Now())
	l.NewTimer(func() { note(); l.Stop() }).After(5 * time.Millisecond)
	go func() {
		for range 1000 {
			runtime.Gosched()
		}
	}()
	run(t, l)
	if len(tids) != 3 || tids[0] != tids[1] || tids[1] != tids[2] {
		t.Error(tids)
	}
}

func TestChild(t *testing.T) {
	for name, watch := range map[string]func(*Loop, int, func(proc.Status)) error{
		"pidfd": (*Loop).Child, "thread": (*Loop).await,
	} {
		t.Run(name, func(t *testing.T) {
			l := start(t)
			left := 2
			for _, c := range []struct {
				script string
				want   proc.Status
			}{
				{"exit 7", proc.Status{Exited: true, Code: 7}},
				{"kill -TERM $$", proc.Status{Signal: proc.SIGTERM}},
			} {
				pid, err := proc.Start(&proc.Child{Path: "/bin/sh", Argv: []string{"sh", "-c", c.script}, Env: os.Environ()})
				if err != nil {
					t.Fatal(err)
				}
				err = watch(l, pid, func(got proc.Status) {
					if got != c.want {
						t.Errorf("%s: %+v", c.script, got)
					}
					if left--; left == 0 {
						l.Stop()
					}
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			run(t, l)
		})
	}
	if err := start(t).Child(1<<22-1, nil); err == nil {
		t.Error("a child that never was is watched")
	}
}

func TestSignals(t *testing.T) {
	l := start(t)
	l.Signals(func(s proc.Signal) {
		if s != proc.SIGUSR2 {
			t.Error(s)
		}
		l.Stop()
	}, proc.SIGUSR2)
	proc.Kill(os.Getpid(), proc.SIGUSR2)
	run(t, l)
}

func TestNothingIsAllocated(t *testing.T) {
	l := start(t)
	r, w := pipe(t)
	var b [8]byte
	l.Add(r, func() { unix.Read(r, b[:]) }, nil)
	n := 0
	tm := l.NewTimer(func() { n++ })
	other := l.NewTimer(func() {})
	round := func() {
		unix.Write(w, one[:])
		tm.After(0)
		other.After(time.Hour)
		timeout := l.arm()
		got, err := l.wait(timeout)
		if err != nil {
			t.Fatal(err)
		}
		l.now = time.Now()
		for i := range got {
			l.dispatch(&l.events[i])
		}
		l.runPosted()
		l.fire()
	}
	round()
	if a := testing.AllocsPerRun(100, round); a != 0 {
		t.Errorf("%v allocations a round", a)
	}
	if n == 0 {
		t.Error("no timer fired")
	}
}

func BenchmarkTimer(b *testing.B) {
	l := start(b)
	n := 0
	var tm *Timer
	tm = l.NewTimer(func() {
		if n++; n == b.N {
			l.Stop()
		}
		tm.After(0)
	})
	tm.After(0)
	b.ReportAllocs()
	run(b, l)
}
