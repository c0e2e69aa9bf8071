package memc

import (
	"slices"
	"sync"

	"moongate/core/errlog"
	"moongate/edge/wire/http1"
	"moongate/edge/wire/memcached"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
)

// exchange is a command on its way to the server and back.
type exchange struct {
	u    upstreamhttp.Upstream
	conf *conf
	vars *vars
	cmd  memcached.Command
	name string // of cmd
	key  string // as sent; a view of the request's bytes
	item memcached.Item
	left int // of a reply that is passed on as it is
	end  func()
}

var exchanges sync.Pool

func newExchange() *exchange {
	if x, _ := exchanges.Get().(*exchange); x != nil {
		return x
	}
	x := new(exchange)
	x.end = x.release
	return x
}

func (x *exchange) release() {
	x.u.Release()
	x.conf, x.vars = nil, nil
	x.name, x.key, x.left = "", "", 0
	exchanges.Put(x)
}

// handle is ngx_http_memc_handler.
func handle(r *httpd.Request) httpd.Result {
	cf := httpd.Conf[conf](r, Module)
	x := newExchange()
	x.conf, x.vars = cf, &httpd.RequestMainConf[main](r, Module).vars
	u := &x.u
	u.Begin(r, &cf.up, x, x.end)
	if res := x.prepare(); res != httpd.OK {
		r.AtEnd(x.end)
		return res
	}
	u.Schema = "memcached://"
	return u.Run()
}

// prepare finds the command and the server, and checks what is asked.
func (x *exchange) prepare() httpd.Result {
	r, cf, u := x.u.R, x.conf, &x.u
	if res := x.command(); res != httpd.OK {
		return res
	}
	if len(cf.allowed) > 0 && !slices.Contains(cf.allowed, x.cmd) {
		r.Logf(errlog.Error, "ngx_memc: memcached command \"%s\" not allowed", x.name)
		return 403
	}
	r.SetContentType()
	u.Group = cf.group
	if cf.target != nil {
		name := cf.target.Eval(r)
		if name == "" {
			r.Logf(errlog.Error, "memc: handler: empty \"memc_pass\" target")
			return 500
		}
		if u.Group = r.Server.HTTP().Upstreams.Find(name, 0, true); u.Group == nil {
			r.Logf(errlog.Error, "memc: upstream \"%s\" not found", name)
			return 500
		}
	}
	if !x.numbersValid() {
		return 400
	}
	return r.ReadBody()
}

// command is $memc_cmd, or what the method of the request stands for.
func (x *exchange) command() httpd.Result {
	r := x.u.R
	name, _ := r.CachedVar(x.vars.cmd)
	if name == "" {
		switch r.Method {
		case http1.GET, http1.HEAD:
			name = "get"
		case http1.POST:
			name = "add"
		case http1.PUT:
			name = "set"
		case http1.DELETE:
			name = "delete"
		default:
			r.Logf(errlog.Error, "ngx_memc: $memc_cmd variable not found for HTTP %s requests", r.MethodName)
			return 400
		}
		r.SetVar(x.vars.cmd, name)
	}
	if x.cmd = memcached.Commands[name]; x.cmd == memcached.Unknown {
		r.Logf(errlog.Error, "ngx_memc: unknown $memc_cmd \"%s\"", name)
		return 400
	}
	x.name = name
	return httpd.OK
}

// numbersValid checks the variables that must be numbers for this command.
func (x *exchange) numbersValid() bool {
	r := x.u.R
	if x.cmd.Stores() || x.cmd == memcached.FlushAll || x.cmd == memcached.Delete {
		if v, _ := r.CachedVar(x.vars.exptime); !digits(v, 10) {
			r.Logf(errlog.Error, "variable \"$memc_exptime\" takes invalid value: %s", v)
			return false
		}
	}
	if x.cmd.Stores() {
		if v, _ := r.CachedVar(x.vars.flags); !digits(v, 10) {
			r.Logf(errlog.Error, "variable \"$memc_flags\" takes invalid value: %s", v)
			return false
		}
	}
	if x.cmd == memcached.Incr || x.cmd == memcached.Decr {
		switch v, _ := r.CachedVar(x.vars.value); {
		case v == "":
			r.Logf(errlog.Error, "the \"$memc_value\" variable is required for command \"%s\"", x.name)
			return false
		case !digits(v, 20):
			r.Logf(errlog.Error, "variable \"$memc_value\" is invalid for incr/decr: %s", v)
			return false
		}
	}
	return true
}

// digits tells whether s has at most so many bytes, and digits only.
func digits(s string, most int) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) <= most
}
