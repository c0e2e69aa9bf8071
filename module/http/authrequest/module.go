package authrequest

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_auth_request_module.
var Module = &httpd.Module{
	Name:    "auth_request",
	Doc:     "Lets a subrequest decide whether a request is allowed.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	uri  directive.Value[string]
	vars []variable
}

// variable is one auth_request_set.
type variable struct {
	index httpd.VarIndex
	value *httpd.Value
}

func init() {
	// The handler refers to the module: filled in here to break that ring.
	const levels = directive.HTTP | directive.Server | directive.Location
	Module.Directives = []directive.Directive{
		{Name: "auth_request", Syntax: "uri | off", In: levels, Args: directive.Take1,
			Set: directive.Parsed(func(c *conf) *directive.Value[string] { return &c.uri }, parseURI),
			Doc: "The location that a subrequest asks."},
		{Name: "auth_request_set", Syntax: "$variable value", In: levels, Args: directive.Take2,
			Set: directive.Func(readSet).Inherited(inheritSet), Doc: "Sets a variable to what is known when the subrequest has ended."},
	}
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Access, Run: handle, When: func(c any) bool { return c.(*conf).uri.V != "" }}}
}

func parseURI(c *directive.Call) (string, error) {
	if c.Args[0] == "off" {
		return "", nil
	}
	return c.Args[0], nil
}

// readSet is ngx_http_auth_request_set.
func readSet(c *directive.Call, cf *conf) error {
	name, ok := strings.CutPrefix(c.Args[0], "$")
	if !ok {
		return directive.Errorf("invalid variable name \"%s\"", c.Args[0])
	}
	index, err := httpd.BuilderOf(c).DefineWeakVar(httpd.Variable{Name: name, Changeable: true,
		Get: func(*httpd.Request) (string, bool) { return "", false }})
	if err != nil {
		return directive.Errorf("%s", err)
	}
	value, err := httpd.CompileArg(c, c.Args[1])
	if err != nil {
		return err
	}
	cf.vars = append(cf.vars, variable{index, value})
	return nil
}

func inheritSet(p, c *conf) {
	if c.vars == nil {
		c.vars = p.vars
	}
}
