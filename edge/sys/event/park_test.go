package event

import (
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestParkTimesOut(t *testing.T) {
	l := startLoop(t)
	why := make(chan Why, 1)
	c, _ := pair(t, l, handlerFunc(func(c *Conn, w Why) { why <- w; c.Close() }))
	start := time.Now()
	UpdateTime()
	c.Park(40 * time.Millisecond)
	if w := <-why; w != TimedOut {
		t.Errorf("why %d", w)
	}
	during(t, time.Since(start), 40*time.Millisecond)
}

// A deadline may move in both directions while the heap holds an entry.
func TestParkTimeoutMoves(t *testing.T) {
	l := startLoop(t)
	type news struct {
		w  Why
		at time.Time
	}
	told := make(chan news, 1)
	c, peer := pair(t, l, handlerFunc(func(c *Conn, w Why) {
		var b [16]byte
		c.TryRead(b[:])
		told <- news{w, time.Now()}
	}))
	defer c.Close()
	for _, d := range []time.Duration{10 * time.Second, 50 * time.Millisecond, 10 * time.Second, 30 * time.Millisecond, 90 * time.Millisecond} {
		UpdateTime()
		start := time.Now()
		c.Park(d)
		want := TimedOut
		if d > time.Second {
			want = Readable
			peer.Write([]byte("x"))
		}
		n := <-told
		if n.w != want {
			t.Fatalf("%v: why %d, want %d", d, n.w, want)
		}
		if want == TimedOut {
			during(t, n.at.Sub(start), d)
		}
	}
}

func TestParkWithInput(t *testing.T) {
	l := startLoop(t)
	told := make(chan Why)
	c, peer := pair(t, l, handlerFunc(func(c *Conn, w Why) { told <- w }))
	peer.Write([]byte("xyz"))
	c.WaitRead()
	for range 3 {
		c.Park(time.Minute)
		if w := <-told; w != Readable {
			t.Errorf("why %d", w)
		}
		c.Read(make([]byte, 1))
	}
	c.Close()
}

func TestStopIdle(t *testing.T) {
	l := startLoop(t)
	var stopped atomic.Int32
	h := handlerFunc(func(c *Conn, w Why) {
		if w == Stopped {
			stopped.Add(1)
			c.Close()
		}
	})
	for range 10 {
		c, _ := pair(t, l, h)
		c.Park(time.Minute)
	}
	busy, _ := pair(t, l, h)
	busy.ParkBusy(time.Minute)
	young, _ := pair(t, l, h)
	young.ParkExpendable(time.Minute)
	if n := l.Idle(); n != 10 {
		t.Errorf("idle %d", n)
	}
	l.StopIdle()
	if n := stopped.Load(); n != 10 {
		t.Errorf("stopped %d", n)
	}
	late, _ := pair(t, l, h)
	late.Park(time.Minute)
	for range 1000 {
		if stopped.Load() == 11 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if n := stopped.Load(); n != 11 {
		t.Errorf("stopped %d after one more was parked", n)
	}
	busy.Close()
	young.Close()
}

func TestDrainIdle(t *testing.T) {
	l := startLoop(t)
	var mu sync.Mutex
	gone := map[*Conn]bool{}
	h := handlerFunc(func(c *Conn, w Why) { mu.Lock(); gone[c] = true; mu.Unlock(); c.Close() })
	var conns []*Conn
	for i := range 20 {
		c, _ := pair(t, l, h)
		c.Park(time.Hour + time.Duration(i)*time.Minute)
		conns = append(conns, c)
	}
	busy, _ := pair(t, l, h)
	busy.ParkBusy(time.Minute)
	young, _ := pair(t, l, h)
	young.ParkExpendable(time.Second * 30)
	if n := l.DrainIdle(6); n != 6 {
		t.Errorf("drained %d", n)
	}
	if !gone[young] || gone[busy] {
		t.Errorf("expendable: gone %v, busy: gone %v", gone[young], gone[busy])
	}
	busy.Close()
	for i, c := range conns {
		if gone[c] != (i < 5) {
			t.Errorf("connection %d: gone %v", i, gone[c])
		}
		c.Close()
	}
}

// An idle connection costs its record, its place in the table and its entry in
// the heap of timers; no goroutine and no buffer.
func TestIdleMemory(t *testing.T) {
	var lim unix.Rlimit
	unix.Getrlimit(unix.RLIMIT_NOFILE, &lim)
	if lim.Cur < lim.Max {
		lim.Cur = lim.Max
		unix.Setrlimit(unix.RLIMIT_NOFILE, &lim)
	}
	n := int(min(10000, (lim.Cur-200)/2))
	l := startLoop(t)
	measure := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	peers := make([][2]int, n)
	before, goroutines := measure(), runtime.NumGoroutine()
	for i := range peers {
		p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Skip("too few descriptors: ", err)
		}
		peers[i] = p
		c, err := l.Adopt(p[0], echo{})
		if err != nil {
			t.Fatal(err)
		}
		c.Park(time.Hour)
	}
	each := int(measure()-before) / n
	t.Logf("%d bytes for each of %d idle connections", each, n)
	if each > 250 {
		t.Errorf("%d bytes for an idle connection", each)
	}
	if g := runtime.NumGoroutine() - goroutines; g > 2 {
		t.Errorf("%d goroutines more", g)
	}
	l.table.each(func(c *Conn) bool {
		if c != l.wakeconn {
			c.Close()
		}
		return true
	})
	for _, p := range peers {
		unix.Close(p[1])
	}
}

// One request on a parked connection: no allocation from the kernel's event to
// the next parking.
func TestNoAllocation(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	l := startLoop(t)
	done := make(chan struct{})
	buf := make([]byte, 64)
	c, peer := pair(t, l, handlerFunc(func(c *Conn, w Why) {
		n, err := c.Read(buf)
		if err == nil {
			_, err = c.Write(buf[:n])
		}
		if err != nil {
			t.Error(err)
		}
		c.Park(time.Minute)
		done <- struct{}{}
	}))
	defer c.Close()
	c.Park(time.Minute)
	f := rawFD(t, peer)
	msg, got := []byte("hello"), make([]byte, 16)
	round := func() {
		unix.Write(f, msg)
		<-done
		unix.Read(f, got)
	}
	round()
	if n := testing.AllocsPerRun(500, round); n != 0 {
		t.Errorf("%v allocations for a request", n)
	}
}

// The same when the handler has to wait for another connection: the parker and
// the follower are pooled.
func TestNoAllocationInWaits(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	l := startLoop(t)
	done := make(chan struct{})
	buf := make([]byte, 64)
	up, upPeer := pair(t, l, nil)
	defer up.Close()
	upFD := rawFD(t, upPeer)
	waiting := make(chan struct{})
	c, peer := pair(t, l, handlerFunc(func(c *Conn, w Why) {
		c.Read(buf)
		up.SetReadTimeout(time.Minute)
		Block()
		waiting <- struct{}{}
		n, err := up.Read(buf)
		if err != nil {
			t.Error(err)
		}
		c.Write(buf[:n])
		c.Park(time.Minute)
		done <- struct{}{}
	}))
	defer c.Close()
	c.Park(time.Minute)
	f := rawFD(t, peer)
	msg, got := []byte("hello"), make([]byte, 16)
	round := func() {
		unix.Write(f, msg)
		<-waiting
		unix.Write(upFD, msg)
		<-done
		unix.Read(f, got)
	}
	for range 10 {
		round()
	}
	if n := testing.AllocsPerRun(500, round); n != 0 {
		t.Errorf("%v allocations for a request", n)
	}
}

func rawFD(t testing.TB, c net.Conn) (fd int) {
	t.Helper()
	raw, err := c.(*net.UnixConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(f uintptr) { fd = int(f) })
	return fd
}
