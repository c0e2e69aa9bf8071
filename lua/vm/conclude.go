package vm

import (
	"moongate/core/errlog"
	"moongate/engine/httpd"
)

// conclude is the answer of a chunk that has ended; the VM is free. What is left to
// write is written.
func (x *Ctx) conclude(how end) httpd.Result {
	r := x.R
	if r == nil || x.Phase&(ProxySSLCert|ProxySSLVerify) != 0 {
		switch {
		case how == aborted:
			return httpd.Error
		case x.exited:
			return httpd.Result(x.exitCode)
		}
		return httpd.OK
	}
	switch {
	case how == aborted:
		if x.NoAbort > 0 || r.HeaderSent || x.headerDone {
			x.writeOut()
			return httpd.Error
		}
		return failed
	case how == ended:
		return x.returned()
	case x.jump:
		r.Debugf("lua thread aborting request with URI rewrite jump: \"%s?%s\"", r.URI, r.Args)
		x.V.giveSlot(x)
		return x.returned()
	case x.execURI != "":
		return x.exec()
	}
	return x.leave()
}

// returned is what the phases do when their code has returned.
func (x *Ctx) returned() httpd.Result {
	r := x.R
	if x.Phase == Content {
		if !x.jump {
			return x.last()
		}
		return httpd.OK
	}
	if r.HeaderSent || r.Out.Status != 0 && (len(x.body) > 0 || x.buffering) {
		if !x.eof {
			if res := x.last(); res == httpd.Error || res > httpd.OK {
				return res
			}
		}
		x.writeOut()
		return 200
	}
	if x.Phase == Access {
		return httpd.OK
	}
	return httpd.Declined
}

// leave is ngx_http_lua_handle_exit with what the phases make of its answer.
func (x *Ctx) leave() httpd.Result {
	res := x.exit()
	if res > httpd.OK || res == httpd.Error {
		return res
	}
	if x.Phase == Content {
		return httpd.OK
	}
	r := x.R
	if r.HeaderSent || r.Out.Status != 0 && (len(x.body) > 0 || x.buffering) {
		if !x.eof {
			if res := x.last(); res == httpd.Error || res > httpd.OK {
				return res
			}
		}
		x.writeOut()
		return 200
	}
	if x.Phase == Access && res == httpd.OK {
		return httpd.OK
	}
	return httpd.Declined
}

// exit is ngx_http_lua_handle_exit.
func (x *Ctx) exit() httpd.Result {
	r, code := x.R, x.exitCode
	r.Debugf("lua thread aborting request with status %d", code)
	plain := code != int(httpd.Error) && code != 408 && code != 499 && code != 444
	sent := r.HeaderSent || x.headerDone
	if !sent && r.Out.Status == 0 && code >= 200 {
		r.Out.Status = code
	}
	if x.buffering && r.Out.Status != 0 && plain {
		if res := x.last(); res == httpd.Error || res >= 300 {
			return res
		}
		if code >= 200 {
			return 200
		}
		return httpd.Result(code)
	}
	if code == 0 && x.Phase == Content || code >= 200 && code < 300 && code != 204 {
		if res := x.last(); res == httpd.Error || res >= 300 {
			return res
		}
	} else {
		x.writeOut()
	}
	sent = r.HeaderSent || x.headerDone
	if sent && code > 0 && plain {
		if x.Phase == Content {
			return httpd.OK
		}
		return 200
	}
	return httpd.Result(code)
}

// exec is ngx_http_lua_handle_exec.
func (x *Ctx) exec() httpd.Result {
	r := x.R
	uri, args := x.execURI, x.execArgs
	r.Debugf("lua thread initiated internal redirect to %s", uri)
	if uri[0] == '@' {
		if args != "" {
			r.Logf(errlog.Warn, "query strings %s ignored when exec'ing named location %s", args, uri)
		}
		return r.NamedLocation(uri)
	}
	return r.InternalRedirect(uri, args)
}
