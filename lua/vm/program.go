package vm

import (
	"strings"

	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
)

// programKey is what the functions of a program are kept by.
type programKey struct{ p *httpd.Program }

// Program gives the functions of another feature's code, which is loaded at first use;
// the VM is held.
func (v *VM) Program(p *httpd.Program) ([]luajit.Ref, error) {
	if refs, ok := v.Kept(programKey{p}).([]luajit.Ref); ok {
		return refs, nil
	}
	chunk, err := v.compile(p.Source, "="+p.Name)
	if err != nil {
		return nil, err
	}
	defer v.St.Unref(chunk)
	main := v.St.Main()
	at := v.enter(&v.idle)
	defer v.leave(at)
	b := v.St.Tape()
	b.Ref(chunk)
	b.Table(0, len(p.Host))
	for i := range p.Host {
		b.Str(p.Host[i].Name)
		b.Func(v.St.Register(v.host(&p.Host[i])), 0)
		b.Set()
	}
	vs, err := main.Call(b, false)
	if err != nil {
		return nil, err
	}
	n := len(vs)
	refs := make([]luajit.Ref, n)
	for i := range refs {
		refs[i] = v.St.Ref(main, i-n)
	}
	main.Pop(n)
	v.Keep(programKey{p}, refs)
	return refs, nil
}

// host is a function of the program's owner as Lua calls it.
func (v *VM) host(f *httpd.HostFunc) luajit.Func {
	return func(c *luajit.Call) luajit.Result {
		var room [4]string
		args := room[:0]
		for i := 1; i <= c.N(); i++ {
			s, _ := c.Arg(i).Text()
			args = append(args, s)
		}
		text, ok, err := f.Run(v.cur.R, args)
		switch {
		case err != nil:
			return v.fault(c, err.Error())
		case ok:
			c.Out().Str(text)
		default:
			c.Out().Nil()
		}
		return luajit.Return
	}
}

// Ask calls a function for no request, with texts; what it raises is the error.
func (v *VM) Ask(ref luajit.Ref, args ...string) (string, error) {
	v.Lock()
	defer v.Unlock()
	main := v.St.Main()
	at := v.enter(&v.idle)
	defer v.leave(at)
	b := v.St.Tape()
	b.Ref(ref)
	for _, a := range args {
		b.Str(a)
	}
	vs, err := main.Call(b, false)
	if err != nil {
		return "", err
	}
	s, _ := vs.At(1).Text()
	s = strings.Clone(s)
	main.Pop(len(vs))
	return s, nil
}
