package memc

import (
	"strings"
	"time"

	"moongate/core/config/directive"
	"moongate/edge/wire/memcached"
	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/engine/resolver"
	"moongate/engine/upstream"
)

// conf is the settings of one level (ngx_http_memc_loc_conf_t).
type conf struct {
	group   *upstream.Group // memc_pass, of this location or the one around an if{}
	target  *httpd.Value    // with variables
	allowed []memcached.Command
	up      upstreamhttp.Conf // made of the fields below by merge

	next           directive.Value[upstreamhttp.Condition]
	lastModified   directive.Value[bool]
	ignoreAbort    directive.Value[bool]
	size           directive.Value[int64]
	connectTimeout directive.Value[time.Duration]
	sendTimeout    directive.Value[time.Duration]
	readTimeout    directive.Value[time.Duration]
}

// main is what there is once: the variables, if any location uses them.
type main struct {
	used bool
	vars
}

type vars struct{ cmd, key, value, flags, exptime httpd.VarIndex }

// nextWords are the arguments of memc_next_upstream.
var nextWords = map[string]upstreamhttp.Condition{
	"error": upstreamhttp.OnError, "timeout": upstreamhttp.OnTimeout, "invalid_response": upstreamhttp.OnInvalidHeader,
	"not_found": upstreamhttp.On404, "off": upstreamhttp.NextOff,
}

// readPass is ngx_http_memc_pass.
func readPass(c *directive.Call, cf *conf) error {
	if cf.group != nil || cf.target != nil {
		return directive.Duplicate
	}
	b := httpd.BuilderOf(c)
	httpd.MainConf[main](b, Module).used = true
	l := httpd.LocationOf(c)
	l.Handler = handle
	if strings.HasSuffix(l.Name, "/") {
		l.AutoRedirect = true
	}
	if httpd.HasVars(c.Args[0]) {
		var err error
		cf.target, err = httpd.CompileArg(c, c.Args[0])
		return err
	}
	u, err := resolver.ParseURL(c.Args[0], resolver.URLOptions{NoResolve: true})
	if err != nil {
		return directive.Errorf("%s in upstream \"%s\"", err, c.Args[0])
	}
	cf.group, err = b.Upstreams.Refer(u, c.Pos())
	return err
}

// readAllowed is ngx_http_memc_cmds_allowed.
func readAllowed(c *directive.Call, cf *conf) error {
	cf.allowed = nil
	for _, name := range c.Args {
		cmd := memcached.Commands[name]
		if cmd == memcached.Unknown {
			return directive.Errorf("Unknown memcached command \"%s\" used in \"memc_cmds_allowed\"", name)
		}
		cf.allowed = append(cf.allowed, cmd)
	}
	return nil
}

// merge is ngx_http_memc_merge_loc_conf, as far as rows can't do it.
func merge(_ *httpd.Builder, parent, child any) error {
	c := child.(*conf)
	if p, _ := parent.(*conf); p != nil {
		if c.group == nil && c.target == nil {
			c.group, c.target = p.group, p.target
		}
		if c.allowed == nil {
			c.allowed = p.allowed
		}
	}
	if c.next.V&upstreamhttp.NextOff != 0 {
		c.next.V = upstreamhttp.NextOff
	}
	c.up = upstreamhttp.Conf{
		Module: "memc", Group: c.group, ConnectTimeout: c.connectTimeout.V, SendTimeout: c.sendTimeout.V,
		ReadTimeout: c.readTimeout.V, Next: c.next.V, BufferSize: c.size.V, PassBody: true,
		IgnoreClientAbort: c.ignoreAbort.V, InterceptErrors: true, Intercept404: true,
	}
	return nil
}

// defineVars makes the variables that no `set` has made, once somebody needs them.
// Those that were not set in a request are missing, not empty.
func defineVars(b *httpd.Builder) error {
	m := httpd.MainConf[main](b, Module)
	if !m.used {
		return nil
	}
	missing := func(*httpd.Request) (string, bool) { return "", false }
	for name, at := range map[string]*httpd.VarIndex{
		"memc_cmd": &m.cmd, "memc_key": &m.key, "memc_value": &m.value, "memc_flags": &m.flags, "memc_exptime": &m.exptime,
	} {
		var err error
		if *at, err = b.DefineVar(httpd.Variable{Name: name, Get: missing, Changeable: true}); err != nil {
			return err
		}
	}
	return nil
}
