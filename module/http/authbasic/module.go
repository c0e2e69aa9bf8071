package authbasic

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_auth_basic_module.
var Module = &httpd.Module{
	Name:    "auth_basic",
	Doc:     "Asks for a user and a password.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	realm directive.Value[*httpd.Value]
	file  directive.Value[*httpd.Value]
}

func init() {
	// The handler refers to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location | directive.LimitExcept
	Module.Directives = []directive.Directive{
		{Name: "auth_basic", Syntax: "string | off", In: levels, Args: directive.Take1,
			Set: httpd.ValueSetter(func(c *conf) *directive.Value[*httpd.Value] { return &c.realm }),
			Doc: "Asks for a password, with this as the name of the realm."},
		{Name: "auth_basic_user_file", Syntax: "file", In: levels, Args: directive.Take1,
			Set: directive.Parsed(func(c *conf) *directive.Value[*httpd.Value] { return &c.file }, compileFile).Text((*httpd.Value).Text),
			Doc: "The file with users and the hashes of their passwords."},
	}
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Access, Run: handle, When: wanted}}
}

// compileFile places a name beside the configuration file, unless it begins with
// a variable.
func compileFile(c *directive.Call) (*httpd.Value, error) {
	name := c.Args[0]
	if name == "" || name[0] != '$' {
		name = httpd.BuilderOf(c).Cycle.ConfPath(name)
	}
	return httpd.CompileArg(c, name)
}

func wanted(c any) bool {
	cf := c.(*conf)
	return cf.realm.V != nil && cf.file.V != nil && !(cf.realm.V.Literal() && cf.realm.V.Text() == "off")
}
