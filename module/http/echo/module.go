package echo

import (
	"moongate/core/config/directive"
	"moongate/engine/httpd"
)

// Module is echo-nginx-module.
var Module = &httpd.Module{
	Name:    "echo",
	Doc:     "Makes responses out of the configuration.",
	NewConf: func() any { return new(conf) },
}

// conf is what a level says.
type conf struct {
	cmds          []command
	before, after []command
	status        directive.Value[int]
}

// command is one directive.
type command struct {
	run  func(r *httpd.Request, s *state, c *command) httpd.Result
	args []*httpd.Value
	line bool // ends with a line feed
	ends bool // echo_end
}

const (
	inPlace = directive.Location | directive.LocationIf
)

func init() {
	cmd := func(name string, args directive.Args, doc string, run func(*httpd.Request, *state, *command) httpd.Result) {
		Module.Directives = append(Module.Directives, directive.Directive{Name: name, In: inPlace, Args: args, Doc: doc,
			Set: directive.Func(func(c *directive.Call, cf *conf) error { return cf.add(c, run) })})
	}
	cmd("echo", directive.Any, "Writes its arguments.", echo)
	cmd("echo_duplicate", directive.TwoMore, "Writes a text several times.", duplicate)
	cmd("echo_flush", directive.NoArgs, "Sends what has been written.", flush)
	cmd("echo_sleep", directive.Take1, "Waits for so many seconds.", sleep)
	cmd("echo_blocking_sleep", directive.Take1, "Waits for so many seconds.", sleep)
	cmd("echo_reset_timer", directive.NoArgs, "Begins $echo_timer_elapsed anew.", resetTimer)
	cmd("echo_read_request_body", directive.NoArgs, "Reads the body.", readBody)
	cmd("echo_request_body", directive.NoArgs, "Writes the request's body.", writeBody)
	cmd("echo_location", directive.Take12, "Writes the response of a subrequest.", location)
	cmd("echo_location_async", directive.Take12, "Writes the response of a subrequest that runs beside others.", locationAsync)
	cmd("echo_subrequest", directive.TwoMore, "Writes the response of a subrequest.", subrequest)
	cmd("echo_subrequest_async", directive.TwoMore, "Writes the response of a subrequest that runs beside others.", subrequestAsync)
	cmd("echo_foreach_split", directive.TwoMore, "Repeats what follows for each part of a text.", foreach)
	cmd("echo_end", directive.NoArgs, "Ends echo_foreach_split.", end)
	cmd("echo_abort_parent", directive.NoArgs, "Ends the parent request.", abortParent)
	cmd("echo_exec", directive.Take12, "Redirects inside the server.", exec)
	Module.Directives = append(Module.Directives,
		directive.Directive{Name: "echo_status", In: inPlace, Args: directive.Take1, Default: "200", Doc: "Status of the response.",
			Set: directive.Int(func(c *conf) *directive.Value[int] { return &c.status })},
		directive.Directive{Name: "echo_before_body", In: inPlace, Args: directive.Any, Doc: "Puts a text in front of the body.",
			Set: directive.Func(func(c *directive.Call, cf *conf) error { return cf.around(c, &cf.before) }).Inherited(func(p, c *conf) {
				if c.before == nil {
					c.before = p.before
				}
			})},
		directive.Directive{Name: "echo_after_body", In: inPlace, Args: directive.Any, Doc: "Puts a text behind the body.",
			Set: directive.Func(func(c *directive.Call, cf *conf) error { return cf.around(c, &cf.after) }).Inherited(func(p, c *conf) {
				if c.after == nil {
					c.after = p.after
				}
			})})
	Module.Variables = variables()
	Module.Merge = func(_ *httpd.Builder, parent, child any) error {
		// An if{} that matched runs the commands of its location.
		if c := child.(*conf); parent != nil && c.cmds == nil {
			c.cmds = parent.(*conf).cmds
		}
		return nil
	}
	Module.HeaderFilters = []httpd.HeaderFilter{{Run: headerFilter, When: func(c any) bool {
		cf := c.(*conf)
		return cf.before != nil || cf.after != nil
	}}}
}

// add is the setter of a command.
func (cf *conf) add(c *directive.Call, run func(*httpd.Request, *state, *command) httpd.Result) error {
	m := command{run: run, ends: c.Name == "echo_end"}
	var err error
	if m.args, m.line, err = arguments(c); err != nil {
		return err
	}
	cf.cmds = append(cf.cmds, m)
	httpd.LocationOf(c).Handler = handle
	return nil
}

func (cf *conf) around(c *directive.Call, to *[]command) error {
	m := command{}
	var err error
	if m.args, m.line, err = arguments(c); err != nil {
		return err
	}
	*to = append(*to, m)
	return nil
}

// arguments compiles the arguments; -n in front means no line feed, -- ends options.
func arguments(c *directive.Call) (args []*httpd.Value, line bool, err error) {
	words := c.Args
	line = true
	if c.Name == "echo" || c.Name == "echo_before_body" || c.Name == "echo_after_body" {
		for len(words) > 0 && len(words[0]) > 1 && words[0][0] == '-' {
			w := words[0]
			if w != "-n" && w != "--" {
				break
			}
			words = words[1:]
			if w == "--" {
				break
			}
			line = false
		}
	}
	if c.Name == "echo_foreach_split" && words[0] == "--" {
		words = words[1:]
	}
	if c.Name == "echo_foreach_split" && len(words) < 2 {
		return nil, false, directive.Errorf("invalid number of arguments in \"%s\" directive", c.Name)
	}
	for _, w := range words {
		v, err := httpd.CompileArg(c, w)
		if err != nil {
			return nil, false, err
		}
		args = append(args, v)
	}
	return args, line, nil
}
