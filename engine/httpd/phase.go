package httpd

import "moongate/core/errlog"

// chain is what a location runs: the handlers of each phase and the header
// filters that its configuration wants, flattened when it is built.
type chain struct {
	phase   [numPhases][]step
	filters []Handler
}

// step is a handler with its place in the whole order, so that a rewrite that
// moves the request into an if{} goes on behind itself in the other chain.
type step struct {
	order int
	run   Handler
}

func (b *Builder) buildChain(l *Location) {
	c := &chain{}
	order := 0
	for _, m := range b.modules {
		conf := l.conf[m.index]
		for _, h := range m.Handlers {
			order++
			if h.When == nil || h.When(conf) {
				c.phase[h.Phase] = append(c.phase[h.Phase], step{order, h.Run})
			}
		}
		for _, f := range m.HeaderFilters {
			if f.When == nil || f.When(conf) {
				c.filters = append(c.filters, f.Run)
			}
		}
	}
	l.chain = c
}

// restart is answered by InternalRedirect and NamedRedirect: the request has
// been set up anew and goes on from where r.entry says.
const restart Result = -100

// entry is the phase that a request (re)starts from.
type entry uint8

const (
	fromPostRead entry = iota
	fromServerRewrite
	fromRewrite // named locations
	fromContent // clones
)

// run takes a request through the phases until a handler has given its final
// answer. Redirects inside the server come back here and nowhere else.
func (r *Request) run() Result {
	for {
		res := r.runOnce()
		if res != restart {
			return res
		}
	}
}

func (r *Request) runOnce() Result {
	if r.entry < fromRewrite {
		r.Main.stage.set("") // as ngx_http_handler
	}
	switch r.entry {
	case fromContent:
		return r.runContent()
	case fromPostRead:
		if res := r.runGeneric(PostRead); res != OK {
			return res
		}
		fallthrough
	case fromServerRewrite:
		if res := r.runRewrite(ServerRewrite); res != OK {
			return res
		}
		// What server_rewrite did to the URI is simply what find_config sees.
		r.URIChanged = false
		if res := r.enterLocation(); res != OK {
			return res
		}
	}
	for {
		if res := r.runRewrite(Rewrite); res != OK {
			return res
		}
		if !r.URIChanged {
			break
		}
		// post_rewrite: another round through find_config.
		if r.uriChanges--; r.uriChanges == 0 {
			r.Logf(errlog.Error, "rewrite or internal redirection cycle while processing \"%s\"", r.URI)
			return 500
		}
		r.URIChanged = false
		r.setLocation(r.Server.ground)
		if res := r.enterLocation(); res != OK {
			return res
		}
	}
	if res := r.runGeneric(PreAccess); res != OK {
		return res
	}
	if r.Parent == nil {
		if res := r.runAccess(); res != OK {
			return res
		}
	}
	if res := r.runGeneric(PreContent); res != OK {
		return res
	}
	return r.runContent()
}

// runGeneric is ngx_http_core_generic_phase: OK ends the phase, Declined asks
// the next handler, anything else is the request's answer.
func (r *Request) runGeneric(p Phase) Result {
	for _, s := range r.Loc.chain.phase[p] {
		switch res := s.run(r); res {
		case Declined:
		case OK:
			return OK
		default:
			return res
		}
	}
	return OK
}

// runRewrite is ngx_http_core_rewrite_phase. The location may change under it
// (an if{} that matched), so it looks for the next step by order.
func (r *Request) runRewrite(p Phase) Result {
	loc, last := r.Loc, 0
	steps := loc.chain.phase[p]
	for i := 0; i < len(steps); i++ {
		if steps[i].order <= last {
			continue
		}
		last = steps[i].order
		res := steps[i].run(r)
		switch res {
		case Declined:
		case OK:
			return finished
		default:
			return res
		}
		if r.Loc != loc {
			loc = r.Loc
			steps = loc.chain.phase[p]
			i = -1
		}
	}
	return OK
}

// finished is OK as the final answer of a phase that would otherwise go on.
const finished Result = -101

// runAccess is ngx_http_core_access_phase with post_access.
func (r *Request) runAccess() Result {
	steps := r.Loc.chain.phase[Access]
	if len(steps) == 0 {
		return OK
	}
	any := r.Loc.core.Satisfy.V == satisfyAny
	code := Result(0)
	for _, s := range steps {
		res := s.run(r)
		switch {
		case res == Declined:
		case res == OK:
			if any {
				r.Out.Del("WWW-Authenticate")
				r.Out.Del("Proxy-Authenticate")
				return OK
			}
		case any && (res == 403 || res == 401 || res == 407):
			if code != 401 && code != 407 {
				code = res
			}
		case res == 401 || res == 407:
			return r.delayUnauthorized(res)
		default:
			return res
		}
	}
	if code == 0 {
		return OK
	}
	if code == 403 {
		r.Logf(errlog.Error, "access forbidden by rule")
	}
	if code == 401 || code == 407 {
		return r.delayUnauthorized(code)
	}
	return code
}

// runContent is ngx_http_core_content_phase.
func (r *Request) runContent() Result {
	if h := r.handler; h != nil {
		r.ContentHandled = true
		return h(r)
	}
	for _, s := range r.Loc.chain.phase[Content] {
		if res := s.run(r); res != Declined {
			return res
		}
	}
	if n := len(r.URI); n > 0 && r.URI[n-1] == '/' {
		r.Logf(errlog.Error, "directory index of \"%s\" is forbidden", r.MapPath())
		return 403
	}
	r.Logf(errlog.Error, "no handler found")
	return 404
}
