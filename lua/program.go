package lua

import (
	"moongate/core/errlog"
	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// language is Lua for other features: httpd.Language.
type language struct{}

// Open implements httpd.Language, with a VM of its own: init_by_lua* is not for it.
func (language) Open(b *httpd.Builder, p *httpd.Program) (httpd.Machine, error) {
	m := httpd.MainConf[mainConf](b, Module)
	v, err := vm.New(m.settings(b, &b.Cycle.Log))
	if err != nil {
		return nil, err
	}
	return newMachine(v, p, v.Drop)
}

// Serve implements httpd.Language: the worker's VM is opened if that is still to come.
func (language) Serve(w *httpd.Worker, p *httpd.Program) (httpd.Machine, error) {
	m := httpd.MainConf[mainConf](w.HTTP, Module)
	if m.lua == nil {
		if err := m.open(w.HTTP, false); err != nil {
			return nil, err
		}
	}
	pm, err := newMachine(m.lua, p, func() {})
	if err == nil {
		m.programs = append(m.programs, p)
	}
	return pm, err
}

// programMachine is httpd.Machine.
type programMachine struct {
	v     *vm.VM
	p     *httpd.Program
	close func()
}

func newMachine(v *vm.VM, p *httpd.Program, end func()) (httpd.Machine, error) {
	v.Lock()
	_, err := v.Program(p)
	v.Unlock()
	if err != nil {
		end()
		return nil, err
	}
	return &programMachine{v, p, end}, nil
}

// Close implements httpd.Machine, as do the methods below.
func (m *programMachine) Close() { m.close() }

func (m *programMachine) Ask(function int, args ...string) (string, error) {
	m.v.Lock()
	refs, err := m.v.Program(m.p)
	m.v.Unlock()
	if err != nil {
		return "", err
	}
	return m.v.Ask(refs[function], args...)
}

// functionOf gives a function in the VM that x has, which is held.
func functionOf(x *vm.Ctx, p *httpd.Program, function int) luajit.Ref {
	refs, err := x.V.Program(p)
	if err != nil {
		x.Logf(errlog.Error, "%s", err)
		return 0
	}
	return refs[function]
}

var programPhases = map[httpd.Phase]vm.Phase{httpd.Rewrite: vm.Rewrite, httpd.Access: vm.Access}

func (m *programMachine) Run(r *httpd.Request, p httpd.Phase, function, number int) httpd.Result {
	x := of(r, httpd.Conf[conf](r, Module))
	if x == nil {
		return 500
	}
	x.Take()
	ref := functionOf(x, m.p, function)
	if ref == 0 {
		x.Let()
		return 500
	}
	res := x.RunRef(programPhases[p], ref, func(b luajit.Tape) { b.Int(number) })
	if res == httpd.Declined { // what the rewrite phase says for OK
		return httpd.OK
	}
	return res
}

func (m *programMachine) call(r *httpd.Request, p vm.Phase, function, number int) (x *vm.Ctx, ok bool) {
	if x = of(r, httpd.Conf[conf](r, Module)); x == nil {
		return nil, false
	}
	return x, x.CallRef(p, func() luajit.Ref { return functionOf(x, m.p, function) }, func(b luajit.Tape) { b.Int(number) }, nil)
}

func (m *programMachine) Header(r *httpd.Request, function, number int) httpd.Result {
	if _, ok := m.call(r, vm.HeaderFilter, function, number); !ok {
		return httpd.Error
	}
	return httpd.OK
}

func (m *programMachine) Log(r *httpd.Request, function, number int) {
	m.call(r, vm.Log, function, number)
}

// seenLast marks a function that has ended a body by itself.
type seenLast struct{ function, number int }

func (m *programMachine) Body(r *httpd.Request, in []httpd.Buf, next httpd.Sink, function, number int) error {
	x := of(r, httpd.Conf[conf](r, Module))
	if x == nil {
		return errBodyFilter
	}
	if r.HeaderOnly {
		return next.Write(in)
	}
	key := seenLast{function, number}
	if x.Get(key) != nil {
		return nil
	}
	ended, err := filterBody(x, in, next, func() bool { _, ok := m.call(r, vm.BodyFilter, function, number); return ok })
	if ended {
		x.Set(key, true)
	}
	return err
}
