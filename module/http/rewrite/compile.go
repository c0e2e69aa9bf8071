package rewrite

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// readRewrite is ngx_http_rewrite.
func readRewrite(c *directive.Call, cf *conf) error {
	pattern, repl := c.Args[0], c.Args[1]
	if repl == "" {
		return directive.Errorf("empty replacement")
	}
	re, err := httpd.BuilderOf(c).Regex(pattern, false)
	if err != nil {
		return directive.Errorf("%s", err)
	}
	ru := rule{addArgs: true}
	if strings.HasSuffix(repl, "?") {
		repl, ru.addArgs = repl[:len(repl)-1], false
	}
	if isURL(repl) {
		ru.status, ru.redirect, ru.last = 302, true, true
	}
	if len(c.Args) == 3 {
		ru.last = true
		switch c.Args[2] {
		case "last":
		case "break":
			ru.breaks = true
		case "redirect":
			ru.status, ru.redirect = 302, true
		case "permanent":
			ru.status, ru.redirect = 301, true
		default:
			return directive.Errorf("invalid parameter \"%s\"", c.Args[2])
		}
	}
	t, err := compile(c, repl, !ru.redirect)
	if err != nil {
		return err
	}
	ru.hasArgs = t.args
	cf.add(instr{op: opRewrite, pattern: pattern, re: re, repl: t, rule: ru})
	return nil
}

// isURL tells what nginx takes for a place outside of the server.
func isURL(s string) bool {
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "$scheme")
}

// readReturn is ngx_http_rewrite_return.
func readReturn(c *directive.Call, cf *conf) error {
	in := instr{op: opReturn}
	text := ""
	if status, ok := directive.ParseInt(c.Args[0]); ok {
		if status > 999 {
			return directive.Errorf("invalid return code \"%s\"", c.Args[0])
		}
		in.status = status
		if len(c.Args) == 2 {
			text = c.Args[1]
		}
	} else if len(c.Args) == 1 && isURL(c.Args[0]) {
		in.status, text = 302, c.Args[0]
	} else {
		return directive.Errorf("invalid return code \"%s\"", c.Args[0])
	}
	var err error
	if in.text, err = httpd.CompileArg(c, text); err != nil {
		return err
	}
	cf.add(in)
	return nil
}

func readBreak(_ *directive.Call, cf *conf) error {
	cf.add(instr{op: opBreak})
	return nil
}

// readSet is ngx_http_rewrite_set.
func readSet(c *directive.Call, cf *conf) error {
	name := c.Args[0]
	if !strings.HasPrefix(name, "$") {
		return directive.Errorf("invalid variable name \"%s\"", name)
	}
	name = name[1:]
	index, err := httpd.BuilderOf(c).DefineWeakVar(httpd.Variable{Name: name, Get: unset(name), Changeable: true})
	if err != nil {
		return directive.Errorf("%s", err)
	}
	if err := cf.push(c, c.Args[1]); err != nil {
		return err
	}
	cf.add(instr{op: opSet, index: index})
	return nil
}

// unset is the value of a variable that is used before it is set
// (ngx_http_rewrite_var).
func unset(name string) func(r *httpd.Request) (string, bool) {
	name = strings.ToLower(name)
	return func(r *httpd.Request) (string, bool) {
		if httpd.Conf[conf](r, Module).warn.V {
			warnUnset(r, name)
		}
		return "", true
	}
}

// push compiles a value that goes on the stack.
func (c *conf) push(call *directive.Call, text string) error {
	t, err := compile(call, text, false)
	if err == nil {
		c.add(instr{op: opPush, value: t})
	}
	return err
}
