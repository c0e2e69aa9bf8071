package headersmore

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is headers-more-nginx-module.
var Module = &httpd.Module{
	Name:    "headers_more",
	Doc:     "Sets and clears headers of requests and responses.",
	NewConf: func() any { return new(conf) },
	Merge:   merge,
}

// conf is what a level says, that of the levels above first.
type conf struct {
	out, in []command
}

const levels = directive.HTTP | directive.Server | directive.Location | directive.LocationIf

func init() {
	// Filters refer to the module: filled in here to break that ring.
	row := func(name, syntax, doc string, list func(*conf) *[]command) {
		Module.Directives = append(Module.Directives, directive.Directive{Name: name, Syntax: syntax, Doc: doc, In: levels, Args: directive.OneMore,
			Set: directive.Func(func(c *directive.Call, cf *conf) error { return read(c, list(cf)) })})
	}
	out := func(c *conf) *[]command { return &c.out }
	in := func(c *conf) *[]command { return &c.in }
	row("more_set_headers", "[-t types] [-s statuses] [-a] header ...", "Sets headers of the response.", out)
	row("more_clear_headers", "[-t types] [-s statuses] name ...", "Removes headers of the response.", out)
	row("more_set_input_headers", "[-r] [-t types] header ...", "Sets headers of the request.", in)
	row("more_clear_input_headers", "[-t types] name ...", "Removes headers of the request.", in)
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: filter, When: func(c any) bool { return c.(*conf).out != nil }}}
	Module.Handlers = []httpd.PhaseHandler{{Phase: httpd.Rewrite, Run: handle, When: func(c any) bool { return c.(*conf).in != nil }}}
}

func merge(_ *httpd.Builder, parent, child any) error {
	if parent == nil {
		return nil
	}
	p, c := parent.(*conf), child.(*conf)
	c.out, c.in = join(p.out, c.out), join(p.in, c.in)
	return nil
}

func join(parent, child []command) []command {
	if child == nil {
		return parent
	}
	return append(parent[:len(parent):len(parent)], child...)
}
