package tryfiles

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is nginx's ngx_http_try_files_module.
var Module = &httpd.Module{
	Name:    "try_files",
	Doc:     "Uses the first of some files that exists.",
	NewConf: func() any { return new(conf) },
	Directives: []directive.Directive{{
		Name: "try_files", Syntax: "file ... uri | file ... =code", In: directive.Server | directive.Location, Args: directive.TwoMore,
		Set: directive.Func(read), Doc: "Files and folders to look for, and what to do when there are none.",
	}},
}

func init() {
	// The handler refers to the module.
	Module.Explain = explain
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.PreContent, Run: handle, When: func(c any) bool { return c.(*conf).tries != nil }}}
}

// conf is not inherited: if{} blocks and inner locations have their own or none.
type conf struct {
	tries []try
	code  int // of "=code" at the end
}

type try struct {
	name *httpd.Value
	dir  bool // ends in a slash: a folder is looked for
}

// read is ngx_http_try_files.
func read(c *directive.Call, cf *conf) error {
	if cf.tries != nil {
		return directive.Duplicate
	}
	last := len(c.Args) - 1
	for i, a := range c.Args {
		t := try{dir: strings.HasSuffix(a, "/") && i < last}
		if t.dir {
			a = a[:len(a)-1]
		}
		var err error
		if t.name, err = httpd.CompileArg(c, a); err != nil {
			return err
		}
		cf.tries = append(cf.tries, t)
	}
	if a := c.Args[last]; strings.HasPrefix(a, "=") {
		code, ok := directive.ParseInt(a[1:])
		if !ok || code > 999 {
			return directive.Errorf("invalid code \"%s\"", a)
		}
		cf.code = code
	}
	return nil
}
