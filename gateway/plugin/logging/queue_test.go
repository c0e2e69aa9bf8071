package logging

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/sys/file"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// receiver is a sink in memory.
type receiver struct {
	mu     sync.Mutex
	got    []string
	err    error         // of each write while it is set
	takes  int           // how many of a batch it takes before err
	delay  time.Duration // of each write
	tries  int
	closed bool
}

func (r *receiver) Write(batch [][]byte) (int, error) {
	time.Sleep(r.delay)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	n := len(batch)
	if r.err != nil {
		n = min(r.takes, n)
		r.takes = 0
	}
	for _, b := range batch[:n] {
		r.got = append(r.got, string(b))
	}
	return n, r.err
}

func (r *receiver) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

func (r *receiver) list() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

// rig is a queue in a worker, with an error log.
type rig struct {
	*Queue
	worker *cycle.Worker
	log    string
}

func newRig(t *testing.T, conf QueueConfig, s Sink) *rig {
	t.Helper()
	errlog.Echo(false)
	g := &rig{worker: cycle.NewWorker(new(cycle.Cycle), nil, 0, nil), log: filepath.Join(t.TempDir(), "log")}
	f := file.NewAppend(g.log)
	if err := f.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	log := errlog.NewChain(f, errlog.Notice).Log()
	g.Queue = NewQueue(Env{Env: &plugin.Env{Log: &log, Worker: &httpd.Worker{Proc: g.worker}}, Name: "test"}, conf, s)
	return g
}

// lines are those of the error log, without their beginnings.
func (g *rig) lines() (out []string) {
	b, _ := os.ReadFile(g.log)
	for line := range strings.Lines(string(b)) {
		_, text, _ := strings.Cut(line, "gateway: test: ")
		out = append(out, strings.TrimSpace(text))
	}
	return out
}

func (g *rig) put(n int) {
	for i := range n {
		g.Put(fmt.Append(nil, i))
	}
}

// A full queue drops and counts; it never waits. The batch under way takes room as well.
func TestFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &receiver{delay: time.Hour}
		conf := Standard
		conf.Entries, conf.Batch = 10, 4
		g := newRig(t, conf, s)
		g.put(1)
		synctest.Wait() // it is being written
		begin := time.Now()
		g.put(25)
		if n := g.Dropped(); n != 16 {
			t.Errorf("%d are dropped", n)
		}
		if time.Since(begin) != 0 {
			t.Error("a request was held up")
		}
		g.Close()
		time.Sleep(5 * time.Hour)
		got := s.list()
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(got) != 10 || !s.closed {
			t.Errorf("written: %v, closed: %v", got, s.closed)
		}
	})
}

// What waits is bounded in bytes too, also where the configuration does not say.
func TestBytes(t *testing.T) {
	for _, c := range []struct{ bytes, size, want int }{{100, 30, 3}, {100, 101, 0}, {0, 1 << 20, 64}} {
		synctest.Test(t, func(t *testing.T) {
			s := &receiver{delay: time.Hour}
			conf := Standard
			conf.Bytes = c.bytes
			g := newRig(t, conf, s)
			record := make([]byte, c.size)
			for range 100 {
				g.Put(record)
			}
			if n := 100 - g.Dropped(); n != c.want {
				t.Errorf("%d bytes, records of %d: %d wait, want %d", c.bytes, c.size, n, c.want)
			}
			g.mu.Lock()
			if most := max(c.bytes, 64<<20); g.bytes > most {
				t.Errorf("%d bytes wait", g.bytes)
			}
			g.mu.Unlock()
			time.Sleep(100 * time.Hour)
			g.mu.Lock()
			defer g.mu.Unlock()
			if g.held != 0 || g.bytes != 0 || len(s.list()) != c.want {
				t.Errorf("in the end %d records and %d bytes wait, %d are written", g.held, g.bytes, len(s.list()))
			}
		})
	}
}

// Of a receiver that is away there is one line a second about records that are lost, and
// in the end all are told of.
func TestDropLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conf := Standard
		conf.Entries, conf.RetryTime = 10, 3600
		g := newRig(t, conf, &receiver{err: errors.New("away")})
		for range 50 { // 3.5 seconds
			g.put(100)
			time.Sleep(70 * time.Millisecond)
		}
		time.Sleep(2 * time.Second)
		var told []string
		for _, line := range g.lines() {
			if strings.Contains(line, "dropped") {
				told = append(told, line)
			}
		}
		want := []string{
			"1 log records are dropped (1 so far): the queue is full",
			"1489 log records are dropped (1490 so far): the queue is full",
			"1400 log records are dropped (2890 so far): the queue is full",
			"1400 log records are dropped (4290 so far): the queue is full",
			"700 log records are dropped (4990 so far): the queue is full",
		}
		if !slices.Equal(told, want) {
			t.Errorf("%q", told)
		}
		g.worker.Quit()
		time.Sleep(time.Minute)
	})
}

// What a receiver has taken of a batch is not sent again; what it can never take does not
// hold up the rest.
func TestPartOfBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &receiver{err: errors.New("away"), takes: 2}
		g := newRig(t, Standard, s)
		g.put(5)
		time.Sleep(200 * time.Millisecond)
		s.mu.Lock()
		s.err, s.takes = fmt.Errorf("%w: too long", ErrNever), 1
		s.mu.Unlock()
		time.Sleep(time.Second)
		if got := fmt.Sprint(s.list()); got != "[0 1 2]" || g.Dropped() != 2 {
			t.Errorf("%s are written, %d dropped", got, g.Dropped())
		}
		s.mu.Lock()
		s.err = nil
		s.mu.Unlock()
		g.put(1)
		time.Sleep(time.Second)
		if got := fmt.Sprint(s.list()); got != "[0 1 2 0]" {
			t.Errorf("%s are written", got)
		}
	})
}

// A worker that ends waits for what it has accepted, however slowly it is taken and however
// long the configuration would have let it wait.
func TestFlushAtEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &receiver{delay: 2 * time.Second}
		conf := Standard
		conf.Batch, conf.Delay = 100, 3600
		g := newRig(t, conf, s)
		g.put(950)
		<-g.worker.Quit()
		if n := len(s.list()); n != 950 || g.Dropped() != 0 {
			t.Errorf("%d are written, %d dropped", n, g.Dropped())
		}
	})
}

// It gives up a receiver that fails after a last chance, whatever the configuration says,
// and says how many are lost.
func TestEndWithDeadReceiver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conf := Standard
		conf.Batch, conf.RetryTime, conf.InitialRetry, conf.MaxRetry = 10, 1e6, 1e3, 1e5
		g := newRig(t, conf, &receiver{err: errors.New("away"), delay: time.Second})
		g.put(1000)
		time.Sleep(time.Minute)
		begin := time.Now()
		<-g.worker.Quit()
		if d := time.Since(begin); d > lastChance+2*time.Second {
			t.Errorf("it took %v", d)
		}
		if last := g.lines()[len(g.lines())-1]; !strings.Contains(last, "(1000 so far)") {
			t.Errorf("%q", g.lines())
		}
	})
}

// One that comes back within the last chance gets all.
func TestEndWithReceiverThatComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &receiver{err: errors.New("away")}
		g := newRig(t, Standard, s)
		g.put(1000)
		idle := g.worker.Quit()
		time.Sleep(lastChance / 2)
		s.mu.Lock()
		s.err = nil
		s.mu.Unlock()
		<-idle
		if n := len(s.list()); n != 1000 || g.Dropped() != 0 {
			t.Errorf("%d are written, %d dropped", n, g.Dropped())
		}
	})
}

// hanging is a sink whose end takes long.
type hanging struct {
	receiver
	ended int
}

func (h *hanging) End() {
	time.Sleep(time.Hour)
	h.mu.Lock()
	h.ended++
	h.mu.Unlock()
}

// A queue that is closed holds up neither who closes it nor requests that still come, and
// their records are written.
func TestCloseWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &hanging{}
		conf := Standard
		conf.Delay = 0
		g := newRig(t, conf, s)
		g.put(1)
		time.Sleep(time.Second)
		begin := time.Now()
		g.Close()
		time.Sleep(time.Minute) // End is under way
		g.put(1)
		if d := time.Since(begin); d != time.Minute {
			t.Errorf("held up for %v", d-time.Minute)
		}
		time.Sleep(3 * time.Hour)
		g.mu.Lock()
		defer g.mu.Unlock()
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.got) != 2 || s.ended != 2 || g.running {
			t.Errorf("%d records are written, it was ended %d times, the queue runs: %v", len(s.got), s.ended, g.running)
		}
	})
}
