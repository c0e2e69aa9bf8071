package api

import (
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// filterArgs is ngx.arg.
var filterArgs = vm.Chapter{
	Name: "arg",
	Doc:  "Arguments of set_by_lua* and body_filter_by_lua*.",
	Funcs: []vm.Fn{
		{Name: "moongate.arg_get", Phases: vm.Set | vm.BodyFilter, Run: argGet, Doc: "ngx.arg[n]"},
		{Name: "moongate.arg_set", Phases: vm.BodyFilter, Run: argSet, Doc: "ngx.arg[n] = value"},
	},
	Lua: `ngx.arg = setmetatable({}, { __index = moongate.arg_get, __newindex = moongate.arg_set })`,
}

func argGet(x *vm.Ctx, c *luajit.Call) luajit.Result {
	b := c.Out()
	n, ok := c.ToNumber(2)
	if !ok {
		b.Nil()
		return luajit.Return
	}
	i := int(n)
	if x.Phase == vm.Set {
		if i < 1 || i > len(x.Args) {
			b.Nil()
		} else {
			b.Str(x.Args[i-1])
		}
		return luajit.Return
	}
	switch i {
	case 1:
		b.Bytes(x.Filter.Data)
	case 2:
		b.Bool(x.Filter.EOF)
	default:
		return c.Error("bad index: %d", i)
	}
	return luajit.Return
}

func argSet(x *vm.Ctx, c *luajit.Call) luajit.Result {
	n, _ := c.ToNumber(2)
	f := x.Filter
	switch int(n) {
	case 1:
		f.Set = true
		switch c.Type(3) {
		case luajit.TNil:
			f.Data = nil
		case luajit.TString, luajit.TNumber, luajit.TTable:
			var data []byte
			if c.Type(3) == luajit.TTable {
				vs, _ := c.Flatten(3, 64)
				var why string
				if data, _, why = appendArray(nil, vs, 0, len(vs), true); why != "" {
					return c.ArgError(1, why)
				}
			} else {
				data, _ = c.Arg(3).AppendText(nil)
			}
			f.Data = data
		default:
			return c.Error("bad chunk data type: %s", c.Type(3))
		}
	case 2:
		f.EOF = c.Bool(3)
	default:
		return c.Error("bad index: %d", int(n))
	}
	return luajit.Return
}
