package userid

import (
	"moongate/core/config/directive"
	"moongate/edge/sys/event"
	"moongate/engine/httpd"
	"os"
)

// Module is nginx's ngx_http_userid_filter_module.
var Module = &httpd.Module{
	Name:    "userid",
	Doc:     "Marks clients with a cookie.",
	NewMain: func() any { return new(mainConf) },
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{
		{Name: "userid", Syntax: "on | v1 | log | off", In: inAll, Args: directive.Take1, Default: "off",
			Set: directive.Enum(func(c *conf) *directive.Value[mode] { return &c.mode }, map[string]mode{"off": modeOff, "log": modeLog, "v1": modeV1, "on": modeOn}), Doc: "Sets cookies, or only logs those that come."},
		{Name: "userid_service", Syntax: "number", In: inAll, Args: directive.Take1,
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.service }), Doc: "A number for the first part of the cookie in place of the server's address."},
		{Name: "userid_name", Syntax: "name", In: inAll, Args: directive.Take1, Default: "uid",
			Set: directive.Str(func(c *conf) *directive.Value[string] { return &c.name }), Doc: "The cookie's name."},
		{Name: "userid_domain", Syntax: "name | none", In: inAll, Args: directive.Take1, Default: "none",
			Set: directive.Parsed(func(c *conf) *directive.Value[string] { return &c.domain }, parseDomain), Doc: "The cookie's domain."},
		{Name: "userid_path", Syntax: "path", In: inAll, Args: directive.Take1, Default: "/",
			Set: directive.Parsed(func(c *conf) *directive.Value[string] { return &c.path }, func(c *directive.Call) (string, error) { return "; path=" + c.Args[0], nil }), Doc: "The cookie's path."},
		{Name: "userid_expires", Syntax: "time | max | off", In: inAll, Args: directive.Take1, Default: "off",
			Set: directive.Parsed(func(c *conf) *directive.Value[int64] { return &c.expires }, parseExpires), Doc: "How long the browser keeps the cookie."},
		{Name: "userid_flags", Syntax: "off | flag ...", In: inAll, Args: directive.Take123, Default: "off",
			Set: directive.Bits(func(c *conf) *directive.Value[uint] { return &c.flags }, flagNames), Doc: "The cookie's flags."},
		{Name: "userid_p3p", Syntax: "string | none", In: inAll, Args: directive.Take1, Default: "none",
			Set: directive.Parsed(func(c *conf) *directive.Value[string] { return &c.p3p }, parseP3P), Doc: "A P3P header that goes with the cookie."},
		{Name: "userid_mark", Syntax: "letter | digit | = | off", In: inAll, Args: directive.Take1, Default: "off",
			Set: directive.Parsed(func(c *conf) *directive.Value[byte] { return &c.mark }, parseMark), Doc: "A mark in the cookie: cookies without it are sent anew."},
	},
	InitMain: func(b *httpd.Builder, main any) error {
		main.(*mainConf).reset = b.Var("uid_reset")
		return nil
	},
	Start: func(*httpd.Worker) error {
		startValue = uint32(event.Now().Nanosecond()/1000/20)<<16 | uint32(os.Getpid())
		return nil
	},
}

const inAll = directive.HTTP | directive.Server | directive.Location

func init() {
	// Filter and variables refer to the module.
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filter, When: func(c any) bool { return c.(*conf).mode.V >= modeV1 }}}
	Module.Variables = []httpd.Variable{
		{Name: "uid_got", Doc: "The cookie that came.", Get: varGot},
		{Name: "uid_set", Doc: "The cookie that is sent.", Get: varSet},
		{Name: "uid_reset", Doc: "Not empty and not 0: the cookie is made anew.", Changeable: true, Get: func(*httpd.Request) (string, bool) { return "", true }},
	}
}
