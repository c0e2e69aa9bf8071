package lua

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/native/luajit"
	"moongate/engine/httpd"
	"moongate/lua/vm"
)

// setRows are the three forms of set_by_lua, which runs among the directives of
// the rewrite module, in the order written.
func setRows() []directive.Directive {
	return []directive.Directive{
		{Name: "set_by_lua", Syntax: "$variable code [argument ...]", In: inSet, Args: directive.TwoMore, Set: directive.Func(readSet(false)), Doc: "Gives a variable what Lua returns."},
		{Name: "set_by_lua_file", Syntax: "$variable path [argument ...]", In: inSet, Args: directive.TwoMore, Set: directive.Func(readSet(true)), Doc: "Gives a variable what a Lua file returns."},
		{Name: "set_by_lua_block", Syntax: "$variable", In: inSet, Args: directive.Take1, Body: directive.RawLua, Set: directive.Func(readSet(false)), Doc: "Gives a variable what Lua returns."},
	}
}

func readSet(file bool) func(*directive.Call, *conf) error {
	return func(c *directive.Call, _ *conf) error {
		name, ok := strings.CutPrefix(c.Args[0], "$")
		if !ok || name == "" {
			return directive.Errorf("invalid variable name \"%s\"", c.Args[0])
		}
		text := c.Node.Raw
		var args []*httpd.Value
		if len(c.Args) > 1 {
			text = c.Args[1]
			for _, a := range c.Args[2:] {
				v, err := httpd.CompileArg(c, a)
				if err != nil {
					return err
				}
				args = append(args, v)
			}
		}
		if text == "" {
			return noCode(c)
		}
		ch, err := newChunk(c, "set_by_lua", text, file)
		if err != nil {
			return err
		}
		b := httpd.BuilderOf(c)
		index, err := b.DefineVar(httpd.Variable{Name: name, Changeable: true, Get: unset})
		if err != nil {
			return directive.Errorf("%s", err)
		}
		return b.AppendScript(c, func(r *httpd.Request) httpd.Result { return setBy(r, ch, index, args) })
	}
}

// unset is the getter of a variable that nothing has set in this request.
func unset(*httpd.Request) (string, bool) { return "", true }

// setBy runs set_by_lua*.
func setBy(r *httpd.Request, ch *vm.Chunk, index httpd.VarIndex, args []*httpd.Value) httpd.Result {
	x := of(r, httpd.Conf[conf](r, Module))
	if x == nil {
		return 500
	}
	x.Args = x.Args[:0]
	for _, a := range args {
		x.Args = append(x.Args, a.Eval(r))
	}
	value := ""
	ok := x.Call(vm.Set, ch, func(b luajit.Tape) {
		for _, a := range x.Args {
			b.Str(a)
		}
	}, func(vs luajit.Values) {
		if s, ok := vs.At(1).Text(); ok {
			value = r.Copy([]byte(s))
		}
	})
	if !ok {
		return 500
	}
	r.SetVar(index, value)
	return httpd.Declined
}
