package rewrite

import (
	"reflect"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_rewrite_module.
var Module = &httpd.Module{
	Name:    "rewrite",
	Doc:     "Changes URIs, answers with fixed texts, and decides by conditions.",
	NewConf: func() any { return new(conf) },
}

func init() {
	// Handlers and setters refer to the module: filled in here to break that ring.
	Module.Handlers = []httpd.PhaseHandler{
		{Phase: httpd.ServerRewrite, Run: handle, When: hasProgram},
		{Phase: httpd.Rewrite, Run: handleLocation, When: hasProgram},
	}
	Module.Explain = func(x *httpd.Explanation, p httpd.Phase) httpd.Result {
		if p == httpd.Rewrite {
			return handleLocation(x.R)
		}
		return handle(x.R)
	}
	Module.Directives = rows()
	Module.Script = func(c *directive.Call, s httpd.ScriptStep) error {
		c.Scope.Conf(Module, reflect.TypeFor[conf]()).(*conf).add(instr{op: opCall, call: s})
		return nil
	}
}

const (
	inBlocks = directive.Server | directive.ServerIf | directive.Location | directive.LocationIf
	inAll    = inBlocks | directive.HTTP
)

func rows() []directive.Directive {
	return []directive.Directive{
		{Name: "rewrite", Syntax: "regex replacement [last | break | redirect | permanent]", In: inBlocks, Args: directive.Take23, Set: directive.Func(readRewrite), Doc: "Changes a URI that matches."},
		{Name: "return", Syntax: "code [text] | code URL | URL", In: inBlocks, Args: directive.Take12, Set: directive.Func(readReturn), Doc: "Ends the program with an answer."},
		{Name: "break", In: inBlocks, Args: directive.NoArgs, Set: directive.Func(readBreak), Doc: "Ends the program."},
		{Name: "if", Syntax: "(condition) {}", In: directive.Server | directive.Location, Args: directive.OneMore, Body: directive.Block, Set: directive.Func(readIf), Doc: "Runs the directives inside when the condition holds."},
		{Name: "set", Syntax: "$variable value", In: inBlocks, Args: directive.Take2, Set: directive.Func(readSet), Doc: "Gives a variable a value."},
		{Name: "rewrite_log", In: inAll, Args: directive.FlagArg, Default: "off",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.log }), Doc: "Logs what patterns match at level notice."},
		{Name: "uninitialized_variable_warn", In: inAll, Args: directive.FlagArg, Default: "on",
			Set: directive.Flag(func(c *conf) *directive.Value[bool] { return &c.warn }), Doc: "Warns when a variable is used that was not set."},
	}
}
