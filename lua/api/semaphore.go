package api

import (
	"sync"
	"time"

	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// semaphores is the module ngx.semaphore: the waiters of all requests of a VM, first come
// first served.
var semaphores = vm.Chapter{
	Name: "semaphore",
	Doc:  "Light threads of several requests wait for each other.",
	Funcs: []vm.Fn{
		{Name: "moongate.sema_new", Phases: vm.Anywhere, Run: semaNew, Doc: "makes a semaphore"},
		{Name: "moongate.sema_post", Phases: vm.Anywhere, Run: semaPost, Doc: "releases n"},
		{Name: "moongate.sema_wait", Phases: vm.NotInit, Yields: true, Run: semaWait, Doc: "waits for one"},
		{Name: "moongate.sema_count", Phases: vm.Anywhere, Run: semaCount, Doc: "how many there are"},
		{Name: "moongate.sema_free", Phases: vm.Anywhere, Run: semaFree, Doc: "the end of a semaphore"},
	},
	Lua: `
local new, post, wait, count, free = moongate.sema_new, moongate.sema_post, moongate.sema_wait, moongate.sema_count, moongate.sema_free
local type, tonumber, error, setmetatable, newproxy, getmetatable = type, tonumber, error, setmetatable, newproxy, getmetatable
package.preload["ngx.semaphore"] = function()
    local _M = { version = "0.1.32" }
    local mt = { __index = _M }

    function _M.new(n)
        n = tonumber(n) or 0
        if n < 0 then error("no negative number", 2) end
        local id = new(n)
        local guard = newproxy(true)
        getmetatable(guard).__gc = function() free(id) end
        return setmetatable({ id = id, guard = guard }, mt)
    end

    local function check(self)
        if type(self) ~= "table" or type(self.id) ~= "number" then error("not a semaphore instance", 3) end
    end

    function _M.wait(self, seconds)
        check(self)
        local t = tonumber(seconds)
        if not t then error("number argument expected", 2) end
        if t < 0 then error("no negative number", 2) end
        return wait(self.id, t)
    end

    function _M.post(self, n)
        check(self)
        local num = n and tonumber(n) or 1
        if num < 1 then error("positive number required", 2) end
        post(self.id, num)
        return true
    end

    function _M.count(self)
        check(self)
        return count(self.id)
    end

    return _M
end
`,
	Open: func(v *vm.VM) error {
		v.Keep(semaKey{}, &semaSet{all: map[int]*sema{}})
		return nil
	},
}

type semaKey struct{}

type semaSet struct {
	all  map[int]*sema
	next int
}

// sema is one semaphore. It is posted with the VM held, but its waiters are not.
type sema struct {
	mu    sync.Mutex
	n     int
	queue []*semaWaiter
}

type semaWaiter struct {
	s       *sema
	timeout time.Duration
	w       *vm.Wait
	got     bool
}

func semaOf(x *vm.Ctx, c *luajit.Call) *sema {
	return x.V.Kept(semaKey{}).(*semaSet).all[int(c.Num(1))]
}

func semaNew(x *vm.Ctx, c *luajit.Call) luajit.Result {
	set := x.V.Kept(semaKey{}).(*semaSet)
	set.next++
	set.all[set.next] = &sema{n: int(c.Num(1))}
	c.Out().Int(set.next)
	return luajit.Return
}

func semaFree(x *vm.Ctx, c *luajit.Call) luajit.Result {
	delete(x.V.Kept(semaKey{}).(*semaSet).all, int(c.Num(1)))
	return luajit.Return
}

func semaPost(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := semaOf(x, c)
	s.mu.Lock()
	s.n += int(c.Num(2))
	for s.n > 0 && len(s.queue) > 0 {
		q := s.queue[0]
		s.queue = s.queue[1:]
		s.n--
		q.got = true
		if q.w != nil {
			q.w.Wake()
		}
	}
	s.mu.Unlock()
	return luajit.Return
}

func semaWait(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := semaOf(x, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n > 0 {
		s.n--
		c.Out().Bool(true)
		return luajit.Return
	}
	d := seconds(c.Num(2))
	if d <= 0 {
		return c.Fail("timeout")
	}
	if x.Phase&vm.Yieldable == 0 {
		return c.Error("API disabled in the context of %s", x.Phase)
	}
	q := &semaWaiter{s: s, timeout: d}
	s.queue = append(s.queue, q)
	return x.Wait(c, q)
}

func (q *semaWaiter) Wait(w *vm.Wait) {
	q.s.mu.Lock()
	q.w = w
	got := q.got
	q.s.mu.Unlock()
	if !got {
		w.Sleep(q.timeout)
	}
	q.s.mu.Lock()
	defer q.s.mu.Unlock()
	if !q.got {
		for i, o := range q.s.queue {
			if o == q {
				q.s.queue = append(q.s.queue[:i], q.s.queue[i+1:]...)
				break
			}
		}
	} else if w.Cancelled() {
		q.s.n++
	}
	q.w = nil
}

func (q *semaWaiter) Finish(_ *vm.Ctx, b luajit.Tape) {
	if q.got {
		b.Bool(true)
		return
	}
	b.Nil()
	b.Str("timeout")
}

func semaCount(x *vm.Ctx, c *luajit.Call) luajit.Result {
	s := semaOf(x, c)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.Out().Int(s.n - len(s.queue))
	return luajit.Return
}
