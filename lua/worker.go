package lua

import (
	"errors"
	"sync"
	"time"

	"moongate/core/cycle"
	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
	"moongate/lua/api"
	"moongate/lua/lib"
	"moongate/lua/vm"
)

var errInit = errors.New("init_by_lua* failed")

// settings are what a VM of this configuration is made with.
func (m *mainConf) settings(b *httpd.Builder, log *errlog.Log) vm.Settings {
	return vm.Settings{
		Path: m.path.V, CPath: m.cpath.V, Prefix: b.Cycle.Prefix, Chapters: api.Chapters, Preload: lib.Open,
		MaxRunning: m.maxRunning.V, MaxPending: m.maxPending.V, RegexCache: m.regexCache.V, RegexLimit: m.regexLimit.V,
		Cycle: b.Cycle.Cycle, HTTP: b, Log: log, Lines: m.lines,
	}
}

// prepare runs init_by_lua* where the configuration is checked: in a master, or in a
// process that does all itself. Shared memory is there already.
func prepare(b *httpd.Builder) error {
	m := httpd.MainConf[mainConf](b, Module)
	if m.lines != nil && b.Cycle.Purpose == cycle.Serve {
		b.Cycle.CaptureLog(m.lines.Capture)
	}
	if m.init == nil || b.Cycle.Purpose != cycle.Serve {
		return nil
	}
	if b.Cycle.Child() {
		b.Cycle.AddProcess(m.agent(b)) // this may be it
		return nil
	}
	s := m.settings(b, &b.Cycle.Log)
	s.WantAgent = sync.OnceFunc(func() { b.Cycle.AddProcess(m.agent(b)) })
	v, err := vm.New(s)
	if err != nil {
		return err
	}
	m.lua = v
	if !v.Init(m.init) {
		return errInit
	}
	return nil
}

// replay runs init_by_lua* once more, in a worker, which may still read what only the
// master's user may.
func replay(b *httpd.Builder) error {
	m := httpd.MainConf[mainConf](b, Module)
	if m.init == nil {
		return nil
	}
	return m.open(b, false)
}

// open makes the VM of a worker or of the agent. The master has run init_by_lua*: its
// writes to shared dicts are not made again.
func (m *mainConf) open(b *httpd.Builder, agent bool) error {
	s := m.settings(b, &b.Cycle.Log)
	s.Agent = agent
	v, err := vm.New(s)
	if err != nil {
		return err
	}
	m.lua = v
	if m.init != nil && !v.Replay(m.init) {
		return errInit
	}
	return nil
}

// start makes a worker's VM, unless init_by_lua* has run in it already, and runs
// init_worker_by_lua*.
func start(w *httpd.Worker) error {
	m := httpd.MainConf[mainConf](w.HTTP, Module)
	if m.lua == nil {
		if err := m.open(w.HTTP, false); err != nil {
			return err
		}
	}
	m.begin(w)
	return nil
}

// begin gives the VM to its process and runs init_worker_by_lua*.
func (m *mainConf) begin(w *httpd.Worker) {
	m.lua.Worker = w
	cf := httpd.LocConf[conf](w.HTTP.Ground(), Module)
	fake := func() *vm.Ctx { return m.lua.NewFake(vm.InitWorker, &cf.vm, fakeLog(w, "init_worker_by_lua*")) }
	if m.initWorker != nil {
		x := fake()
		x.Call(vm.InitWorker, m.initWorker, nil, nil)
		x.Free()
	}
	for _, p := range m.programs {
		x := fake()
		x.CallRef(vm.InitWorker, func() luajit.Ref { return functionOf(x, p, p.Begin) }, nil, nil)
		x.Free()
	}
}

// quit runs the timers that are pending, prematurely, and closes idle connections to peers.
func quit(w *httpd.Worker) {
	m := httpd.MainConf[mainConf](w.HTTP, Module)
	if m.lua != nil {
		m.lua.Expire()
	}
	for _, b := range m.balancers {
		if b.pool != nil {
			b.pool.Close()
		}
	}
}

// cut ends Lua that loops for ever.
func cut(w *httpd.Worker) {
	if v := httpd.MainConf[mainConf](w.HTTP, Module).lua; v != nil {
		v.Break()
	}
}

// lastWait is how long a process that ends waits for the VM.
const lastWait = 200 * time.Millisecond

// stop runs exit_worker_by_lua*. When the process is in a hurry, code that does not end
// within lastWait is broken, or left alone if that can't be.
func stop(w *httpd.Worker) {
	m := httpd.MainConf[mainConf](w.HTTP, Module)
	if m.lua == nil || !m.lua.Regain(lastWait) {
		return
	}
	m.lua.Unlock()
	if m.exitWorker == nil {
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		cf := httpd.LocConf[conf](w.HTTP.Ground(), Module)
		x := m.lua.NewFake(vm.ExitWorker, &cf.vm, fakeLog(w, "exit_worker_by_lua*"))
		x.Call(vm.ExitWorker, m.exitWorker, nil, nil)
		x.Free()
	}()
	select {
	case <-done:
		return
	case <-w.Proc.Hurry:
	}
	if within(lastWait, done) || !m.lua.Regain(lastWait) {
		return
	}
	m.lua.Unlock()
	within(lastWait, done) // the error has still to be logged
}

// within tells whether done is closed before d is over.
func within(d time.Duration, done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	case <-time.After(d):
		return false
	}
}

// fakeLog speaks for code that runs for no request.
func fakeLog(w *httpd.Worker, what string) *errlog.Log {
	l := new(errlog.Log)
	l.SetChain(w.Cycle.Log.Chain())
	l.From = vm.LogContext(what)
	return l
}
