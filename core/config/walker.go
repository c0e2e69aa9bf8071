package config

import (
	"fmt"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

// Walker reads configuration text with a table.
type Walker struct {
	Table  *Table
	Reader syntax.Reader
	// Prefix is nginx's conf_prefix: the folder of the main file, with the
	// slash at its end. Relative includes are below it.
	Prefix string
	// Logger takes warnings and notices, which end in the place they are
	// about. It may be nil.
	Logger func(level, text string)
	// Watch, if set, is called in place of a row's setter, which it must call: for
	// those who want to know what was written where.
	Watch Watch

	depth int // of included files
}

// Watch sees a directive that is about to be set.
type Watch func(s directive.Scope, row *Row, n *syntax.Node, set func() error) error

// maxIncludes stands for nginx's running out of descriptors.
const maxIncludes = 1000

var _ directive.Walker = (*Walker)(nil)

// File reads the main configuration file.
func (w *Walker) File(name string, in directive.Context, s directive.Scope, env any) error {
	data, err := w.Reader.ReadFile(name)
	if err != nil {
		return syntax.ReadFault(name, err, syntax.Pos{})
	}
	return w.Walk(syntax.Parse(name, data), in, s, env)
}

// Param reads the text of the -g option.
func (w *Walker) Param(text string, in directive.Context, s directive.Scope, env any) error {
	return w.Walk(syntax.ParseParam(text), in, s, env)
}

// Walk handles directives one by one, up to the first fault, which is always
// a *syntax.Error.
func (w *Walker) Walk(body []*syntax.Node, in directive.Context, s directive.Scope, env any) error {
	for _, n := range body {
		if err := w.handle(n, in, s, env); err != nil {
			return err
		}
	}
	return nil
}

// handle has the checks of ngx_conf_handler, in its order.
func (w *Walker) handle(n *syntax.Node, in directive.Context, s directive.Scope, env any) error {
	if n.Err != nil && n.Name == "" {
		return n.Err
	}
	row := w.Table.find(n.Name, in)
	if row == nil {
		return w.Table.refuse(n, in)
	}
	switch {
	case row.Body == directive.NoBody && n.HasBody:
		return fault(n, `directive "%s" is not terminated by ";"`, n.Name)
	case row.Body != directive.NoBody && !n.HasBody:
		return fault(n, `directive "%s" has no opening "{"`, n.Name)
	case !row.Args.Accepts(len(n.Args)):
		e := fault(n, `invalid number of arguments in "%s" directive`, n.Name)
		e.Help = w.Table.argumentHelp(n, row)
		return e
	case n.Err != nil: // a Lua body without an end
		return n.Err
	case n.Name == Include.Name:
		return w.Include(n, func(body []*syntax.Node) error { return w.Walk(body, in, s, env) })
	}
	call := &directive.Call{Node: n, Name: n.Name, Args: n.Args, In: in, Scope: s, Env: env, Walker: w}
	var conf any
	if s != nil {
		conf = s.Conf(row.Owner, row.Set.ConfType())
	}
	set := func() error { return row.Set.Set(call, conf) }
	if w.Watch != nil {
		watched := set
		set = func() error { return w.Watch(s, row, n, watched) }
	}
	if err := set(); err != nil {
		return call.Place(err)
	}
	if row.Idle != "" && (len(n.Args) != 1 || n.Args[0] != "off") {
		call.Notice(`"%s" has no effect: %s`, n.Name, row.Idle)
	}
	return nil
}

// find is the row for a name in a context.
func (t *Table) find(name string, in directive.Context) *Row {
	for _, r := range t.byName[name] {
		if r.In&in != 0 {
			return r
		}
	}
	return nil
}

// Include hands the directives of each file that n names to each. nginx's
// ngx_conf_include: a mask may match nothing, a plain name must exist.
func (w *Walker) Include(n *syntax.Node, each func([]*syntax.Node) error) error {
	full := syntax.FullName(w.Prefix, n.Args[0])
	names := []string{full}
	if syntax.HasMagic(full) {
		var err error
		if names, err = w.Reader.Glob(full); err != nil {
			return fault(n, `glob() "%s" failed (%s)`, full, syntax.Errno(err))
		}
	}
	w.depth++
	defer func() { w.depth-- }()
	for _, name := range names {
		if w.depth > maxIncludes {
			return fault(n, `open() "%s" failed (24: Too many open files)`, name)
		}
		data, err := w.Reader.ReadFile(name)
		if err != nil {
			return syntax.ReadFault(name, err, n.Pos)
		}
		if err := each(syntax.Parse(name, data)); err != nil {
			return err
		}
	}
	return nil
}

// Log writes a warning or notice with its place behind.
func (w *Walker) Log(level string, at syntax.Pos, text string) {
	if w.Logger != nil {
		w.Logger(level, text+at.In())
	}
}

func fault(n *syntax.Node, format string, args ...any) *syntax.Error {
	return &syntax.Error{Text: fmt.Sprintf(format, args...), Pos: n.Pos}
}
