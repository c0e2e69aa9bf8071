package luajit

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestManyGoroutines(t *testing.T) {
	st := newState(t)
	global(t, st, "pause", func(c *Call) Result { c.Out().Num(c.Num(1)); return Yield })
	fn := function(t, st, `local n = 0 for i = 1, 100 do n = n + pause(i) end return n`)
	var vm sync.Mutex
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			vm.Lock()
			th, _ := st.NewThread()
			b := st.Tape()
			b.Ref(fn)
			s, vs := th.Resume(b)
			for s == Yielded {
				n := vs.At(1).Num()
				vm.Unlock()
				runtime.Gosched()
				vm.Lock()
				b = st.Tape()
				b.Num(n)
				s, vs = th.Resume(b)
			}
			if s != Finished || vs.At(1).Num() != 5050 {
				t.Errorf("%v %v", s, vs.first())
			}
			st.Put(th, false)
			vm.Unlock()
		})
	}
	wg.Wait()
}

func TestInterrupt(t *testing.T) {
	st := newState(t)
	started := make(chan struct{})
	var once sync.Once
	global(t, st, "tick", func(c *Call) Result { once.Do(func() { close(started) }); return Return })
	done := make(chan string)
	for _, code := range []string{
		`jit.off() tick() while true do pcall(function() while true do end end) end`,
		`while true do pcall(tick) end`,
	} {
		once, started = sync.Once{}, make(chan struct{})
		b := st.Tape()
		b.Ref(function(t, st, code))
		th := thread(t, st)
		go func() {
			s, vs := th.Resume(b)
			done <- fmt.Sprint(s, vs.first())
		}()
		<-started
		st.Interrupt()
		if got := <-done; !strings.Contains(got, "interrupted: the worker is shutting down") {
			t.Error(got)
		}
		st.Resumable()
	}
	if got := run(t, st, `jit.on() tick() return 1`); got != "1" {
		t.Error(got)
	}
}
