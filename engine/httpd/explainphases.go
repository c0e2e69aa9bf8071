package httpd

import (
	"fmt"
	"strings"
)

// serve follows the phases as Request.run does.
func (x *Explanation) serve() {
	r := x.R
	r.setLocation(r.Server.ground)
	if !x.told(PostRead, x.phase(PostRead)) {
		return
	}
	for r.entry = fromServerRewrite; ; {
		res := x.rounds()
		if res == restart {
			to := r.URI
			if r.entry == fromRewrite {
				to = r.Loc.Name
			}
			x.Line("redirect", "inside the server, to "+to)
			continue
		}
		x.answer(res)
		x.logs()
		return
	}
}

func (x *Explanation) told(p Phase, res Result) bool {
	if res == OK {
		return true
	}
	x.answer(res)
	x.logs()
	return false
}

// rounds is Request.runOnce.
func (x *Explanation) rounds() Result {
	r := x.R
	if r.entry != fromRewrite {
		if res := x.phase(ServerRewrite); res != OK {
			return res
		}
		r.URIChanged = false
		if res := x.enter(); res != OK {
			return res
		}
	}
	for {
		if res := x.phase(Rewrite); res != OK {
			return res
		}
		if !r.URIChanged {
			break
		}
		if r.uriChanges--; r.uriChanges == 0 {
			x.Line("rewrite", "a cycle")
			return 500
		}
		r.URIChanged = false
		x.Line("rewrite", "the location is looked for anew, of "+r.URI)
		r.setLocation(r.Server.ground)
		if res := x.enter(); res != OK {
			return res
		}
	}
	for _, p := range []Phase{PreAccess, Access, PreContent} {
		if res := x.phase(p); res != OK {
			return res
		}
	}
	return x.content()
}

// enter is Request.enterLocation.
func (x *Explanation) enter() Result {
	r := x.R
	chosen, _ := x.locations(r.Server.ground)
	res := r.enterLocation()
	switch {
	case res == 301:
		x.at("location", x.title(r.Loc)+": only the slash at the end is missing", r.Loc.Pos)
	case res == 404:
		x.Line("location", "internal: not for clients")
	case chosen == nil:
		x.Line("location", "none: the server's own level")
	case r.Loc.Kind == LocLimitExcept:
		x.at("location", "limit_except counts for "+r.MethodName, r.Loc.Pos)
	}
	return res
}

// phase tells the handlers of a phase, and the result as far as it is known: OK goes on.
func (x *Explanation) phase(p Phase) Result {
	x.step = p.String()
	loc, last := (*Location)(nil), 0
	for again := true; again; {
		again = false
		loc = x.R.Loc
		order := 0
		for _, m := range x.R.Server.http.modules {
			for i := range m.Handlers {
				h := &m.Handlers[i]
				order++
				if order <= last || h.Phase != p || h.When != nil && !h.When(loc.conf[m.index]) {
					continue
				}
				last = order
				res := x.handler(m, p, h.Of)
				switch {
				case res == Declined:
				case res == OK && p != Rewrite && p != ServerRewrite:
					if p != Access || x.R.Loc.core.Satisfy.V == satisfyAny {
						return OK
					}
				case res == OK:
					return finished
				default:
					return res
				}
				if again = x.R.Loc != loc; again {
					break
				}
			}
			if again {
				break
			}
		}
	}
	return OK
}

// handler tells one of them.
func (x *Explanation) handler(m *Module, p Phase, of string) (res Result) {
	rewrites := p == Rewrite || p == ServerRewrite
	if !rewrites || m.Explain == nil {
		all := x.notes.inForce(x.R.Loc, m, of)
		for _, w := range all {
			x.at(x.step, w.text(), w.node.Pos)
		}
		if len(all) == 0 && m.Explain == nil {
			return Declined // it is there whatever is written
		}
	}
	if m.Explain == nil {
		return Declined
	}
	return x.guarded(m, p)
}

// guarded asks a module. What needs a connection that is not there is not known.
func (x *Explanation) guarded(m *Module, p Phase) (res Result) {
	defer func() {
		if recover() != nil {
			x.Line(x.step, m.Name+": what comes now needs a real connection")
			res = Declined
		}
	}()
	return m.Explain(x, p)
}

// content tells who makes the response.
func (x *Explanation) content() Result {
	r := x.R
	x.step = Content.String()
	if w, ok := x.notes.handlerOf(r.Loc); ok {
		x.at("content", w.text(), w.node.Pos)
		if w.module.Explain != nil {
			x.guarded(w.module, Content)
		}
		x.filters()
		return OK
	}
	for _, w := range x.notes.inForce(r.Loc, coreModule, "root alias") {
		x.at("content", w.text(), w.node.Pos)
		break
	}
	x.phase(Content)
	there, dir := x.File(r.MapPath())
	x.filters()
	switch {
	case strings.HasSuffix(r.URI, "/"):
		return OK
	case !there:
		return 404
	case dir:
		r.Out.Location = r.URI + "/"
		return 301
	}
	return OK
}

// filters tells what changes the response.
func (x *Explanation) filters() {
	for _, m := range x.R.Server.http.modules {
		for i := range m.HeaderFilters {
			f := &m.HeaderFilters[i]
			if f.When != nil && !f.When(x.R.Loc.conf[m.index]) {
				continue
			}
			for _, w := range x.notes.inForce(x.R.Loc, m, f.Of) {
				x.at("filter", w.text(), w.node.Pos)
			}
		}
	}
}

// logs tells what is written when the request has ended.
func (x *Explanation) logs() { x.phase(Log) }

// answer tells a status that is known.
func (x *Explanation) answer(res Result) {
	if res == finished || res == OK && x.R.Out.Status != 0 {
		res = Result(x.R.Out.Status)
	}
	if res < 200 {
		return
	}
	text := fmt.Sprint(int(res))
	if to := x.R.Out.Location; to != "" && res < 400 {
		text += " to " + to
	}
	x.Line("answer", text)
	for _, w := range x.notes.inForce(x.R.Loc, coreModule, "error_page") {
		for _, code := range w.node.Args[:len(w.node.Args)-1] {
			if code == fmt.Sprint(int(res)) {
				x.at("answer", w.text(), w.node.Pos)
			}
		}
	}
}
