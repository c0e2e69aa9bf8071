package api

import (
	"moongate/edge/native/luajit"
	"moongate/lua/vm"
)

// variables is ngx.var.
var variables = vm.Chapter{
	Name: "variable",
	Doc:  "nginx's variables.",
	Funcs: []vm.Fn{
		{Name: "moongate.var_get", Request: true, Run: varGet, Doc: "ngx.var.name, ngx.var[1]"},
		{Name: "moongate.var_set", Request: true, Run: varSet, Doc: "ngx.var.name = value"},
	},
	Lua: `ngx.var = setmetatable({}, { __index = moongate.var_get, __newindex = moongate.var_set })`,
}

// lower is a name in lower case; names that are already so are not copied.
func lower(name string, room []byte) string {
	for i := 0; i < len(name); i++ {
		if ch := name[i]; ch >= 'A' && ch <= 'Z' {
			room = append(room[:0], name...)
			for j := i; j < len(room); j++ {
				if room[j] >= 'A' && room[j] <= 'Z' {
					room[j] += 'a' - 'A'
				}
			}
			return string(room)
		}
	}
	return name
}

func varGet(x *vm.Ctx, c *luajit.Call) luajit.Result {
	key := c.Arg(2)
	b := c.Out()
	r := x.R
	switch key.Type() {
	case luajit.TNumber:
		if n := int(key.Num()); n > 0 && r.Captured(n) {
			b.Str(r.Capture(n))
		} else {
			b.Nil()
		}
		return luajit.Return
	case luajit.TString:
	default:
		return c.Error("bad variable name")
	}
	var room [64]byte
	v, ok, _ := r.LookupVar(lower(key.Str(), room[:0]))
	if ok {
		b.Str(v)
	} else {
		b.Nil()
	}
	return luajit.Return
}

func varSet(x *vm.Ctx, c *luajit.Call) luajit.Result {
	key, v := c.Arg(2), c.Arg(3)
	if key.Type() != luajit.TString {
		return c.Error("bad variable name")
	}
	r := x.R
	var room [64]byte
	name := lower(key.Str(), room[:0])
	value := ""
	switch {
	case v.IsNil():
	case v.Type() == luajit.TBoolean:
		value = "false"
		if v.Bool() {
			value = "true"
		}
	default:
		buf, ok := v.AppendText(nil)
		if !ok {
			s, meta := x.V.ToString(c, 3)
			if !meta {
				s = v.Type().String()
			}
			buf = []byte(s)
		}
		value = r.Copy(buf)
	}
	if err := r.AssignVar(name, value, v.IsNil()); err != nil {
		return c.Error("%s", err)
	}
	return luajit.Return
}
