package vm

import (
	"strings"

	"moongate/edge/native/luajit"
)

// Fn is one function of the Lua API: a row of a Chapter's table.
type Fn struct {
	Name   string // with its table: "ngx.req.get_headers"
	Doc    string
	Phases Phase // where it may be called; elsewhere "API disabled in the context of %s"
	Yields bool  // it may end in Ctx.Wait
	// Request asks for a client's request: in timers and the like the function is
	// "API disabled in the current context".
	Request bool
	Run     func(x *Ctx, c *luajit.Call) luajit.Result
}

// Chapter is a part of the Lua API: functions of one subject, made ready in every
// new VM.
type Chapter struct {
	Name  string
	Doc   string
	Funcs []Fn
	// Lua is source run after the functions are in place, as the chunk "=NAME";
	// its local functions of ngx.* come as globals do.
	Lua string
	// Open does the rest: constants, metatables, state (VM.Keep). May be nil.
	Open func(v *VM) error
}

// install puts the functions of a chapter into the tables that their names say.
func (v *VM) install(ch *Chapter) error {
	main := v.St.Main()
	for i := range ch.Funcs {
		f := &ch.Funcs[i]
		id := v.St.Register(v.guard(f))
		b := v.St.Tape()
		b.Ref(v.put)
		b.Str(f.Name)
		b.Func(id, 0)
		vs, err := main.Call(b, false)
		if err != nil {
			return err
		}
		main.Pop(len(vs))
	}
	if ch.Lua != "" {
		v.own[ch.Name] = true
		if err := v.Eval(ch.Lua, "="+ch.Name); err != nil {
			return err
		}
	}
	if ch.Open != nil {
		return ch.Open(v)
	}
	return nil
}

// guard is f with the check of the phase in front.
func (v *VM) guard(f *Fn) luajit.Func {
	run, phases := f.Run, f.Phases
	if phases == 0 {
		phases = Anywhere
	}
	request := f.Request
	return func(c *luajit.Call) luajit.Result {
		x := v.cur
		if request && x.R == nil {
			if x.Phase == Init {
				return v.fault(c, "no request found")
			}
			return v.fault(c, "API disabled in the current context")
		}
		if x.Phase&phases == 0 {
			if x.Phase == Init {
				return v.fault(c, "no request found")
			}
			return v.fault(c, "API disabled in the context of "+x.Phase.String())
		}
		return run(x, c)
	}
}

// fault raises an error with the place of the user's code in front: functions of a
// chapter's own Lua are passed over.
func (v *VM) fault(c *luajit.Call, text string) luajit.Result {
	t := c.Thread()
	n := 1
	for l, ok := t.Level(n); ok && v.own[l.Source]; l, ok = t.Level(n) {
		n++
	}
	b := c.Out()
	b.Drop()
	b.Str(t.Where(n) + text)
	return luajit.Raise
}

// putSource makes the tables on the way to a dotted name.
const putSource = `
local rawget, rawset, gmatch = rawget, rawset, string.gmatch
return function(name, value)
    local t, last = _G, nil
    for part in gmatch(name, "[^.]+") do
        if last then
            local next = rawget(t, last)
            if next == nil then next = {}; rawset(t, last, next) end
            t = next
        end
        last = part
    end
    rawset(t, last, value)
end`

// Eval runs Lua source at the opening of a VM; nothing is returned.
func (v *VM) Eval(source, chunk string) error {
	main := v.St.Main()
	if err := main.Load(source, chunk); err != nil {
		return err
	}
	vs, err := main.Call(v.St.Tape(), true)
	if err != nil {
		return err
	}
	main.Pop(len(vs))
	return nil
}

// Function runs Lua source that returns one value, and keeps it.
func (v *VM) Function(source, chunk string) (luajit.Ref, error) {
	main := v.St.Main()
	if err := main.Load(source, chunk); err != nil {
		return 0, err
	}
	vs, err := main.Call(v.St.Tape(), true)
	if err != nil {
		return 0, err
	}
	r := v.St.Ref(main, -1)
	main.Pop(len(vs))
	return r, nil
}

// Put sets a value by its dotted name; push writes it.
func (v *VM) Put(name string, push func(b luajit.Tape)) error {
	main := v.St.Main()
	b := v.St.Tape()
	b.Ref(v.put)
	b.Str(name)
	push(b)
	vs, err := main.Call(b, false)
	if err != nil {
		return err
	}
	main.Pop(len(vs))
	return nil
}

// ToString is what the __tostring metamethod of an argument gives; false without one.
func (v *VM) ToString(c *luajit.Call, i int) (string, bool) {
	main := v.St.Main()
	b := v.St.Tape()
	b.Ref(v.tostring)
	b.Copy(c.Thread(), i)
	vs, err := main.Call(b, false)
	if err != nil {
		return "", false
	}
	s := strings.Clone(vs.At(1).Str())
	ok := vs.At(1).Type() == luajit.TString
	main.Pop(len(vs))
	return s, ok
}

// tostringSource is tostring for tables that say how.
const tostringSource = `
local getmetatable, tostring, rawget = getmetatable, tostring, rawget
return function(t)
    local m = getmetatable(t)
    if m and rawget(m, "__tostring") then return tostring(t) end
end`
