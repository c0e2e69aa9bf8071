package rewrite

import (
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// handleLocation is the handler of phase rewrite. A request that found no
// location has had the server's program already.
func handleLocation(r *httpd.Request) httpd.Result {
	if r.Loc == r.Server.Ground() {
		return httpd.Declined
	}
	return handle(r)
}

// stackSize is enough: no directive puts more than two values on the stack.
const stackSize = 4

// handle runs the program of the request's level (ngx_http_rewrite_handler).
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	code := cf.prog.code
	if code[0].op == opReturn {
		return answer(r, &code[0])
	}
	loud := cf.log.V || r.Debugging() || r.Traced()
	var stack [stackSize]string
	sp := 0
	// Captures are escaped until a rewrite has run: nginx's e->quote.
	quote := true
	for ip := 0; ip < len(code); ip++ {
		in := &code[ip]
		switch in.op {
		case opReturn:
			return answer(r, in)
		case opBreak:
			if r.URIChanged {
				r.URIChanged, r.Relocated = false, true
			}
			return httpd.Declined
		case opRewrite:
			matched, res := in.rewrite(r, loud)
			if !matched {
				continue
			}
			quote = false
			if res != httpd.Declined || in.rule.last {
				return res
			}
		case opPush:
			stack[sp], _ = in.value.eval(r, quote)
			sp++
		case opVariable:
			stack[sp], _ = r.Var(in.index)
			sp++
		case opSet:
			sp--
			r.SetVar(in.index, stack[sp])
			if loud {
				r.Tracef("$%s is set to %q", r.VarName(in.index), stack[sp])
			}
		case opEqual:
			sp--
			stack[sp-1] = truth((stack[sp-1] == stack[sp]) != in.neg)
		case opMatch:
			stack[sp-1] = truth(in.matches(r, stack[sp-1], loud) != in.neg)
		case opFile:
			stack[sp-1] = truth(in.test(r, stack[sp-1]) != in.neg)
		case opIf:
			sp--
			v := stack[sp]
			holds := v != "" && v != "0"
			if loud {
				r.Tracef("the condition of if holds: %t", holds)
			}
			if !holds {
				ip = in.next - 1
				continue
			}
			if in.loc != nil {
				r.EnterIf(in.loc)
			}
		case opCall:
			if r.Traced() {
				r.Tracef("a step in Lua: not run")
				continue
			}
			if res := in.call(r); res != httpd.Declined {
				return res
			}
		}
	}
	return httpd.Declined
}

func truth(ok bool) string {
	if ok {
		return "1"
	}
	return ""
}

// matches runs a pattern and logs what rewrite_log asks for.
func (in *instr) matches(r *httpd.Request, subject string, loud bool) bool {
	if !r.Match(in.re, subject) {
		if loud {
			tell(r, "\"%s\" does not match \"%s\"", in.pattern, subject)
		}
		r.DropCaptures()
		return false
	}
	if loud {
		tell(r, "\"%s\" matches \"%s\"", in.pattern, subject)
	}
	return true
}

// tell is what rewrite_log asks for, and whoever explains a request.
func tell(r *httpd.Request, format string, args ...any) {
	r.Tracef(format, args...)
	r.Logf(errlog.Notice, format, args...)
}

func warnUnset(r *httpd.Request, name string) {
	r.Logf(errlog.Warn, "using uninitialized \"%s\" variable", name)
}
