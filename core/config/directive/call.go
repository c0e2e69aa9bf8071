package directive

import (
	"fmt"
	"reflect"

	"moongate/core/config/syntax"
)

// Scope is one level of the configuration being built: a main, an http, a
// server, a location block.
type Scope interface {
	// Conf is the object of type *t that owner's rows set at this level.
	Conf(owner any, t reflect.Type) any
}

// Call is one directive being set.
type Call struct {
	Node   *syntax.Node
	Name   string
	Args   []string // without the name
	In     Context
	Scope  Scope
	Env    any // the builder; a block may put its own here before Walk
	Walker Walker

	inside bool // the body has been read: faults are now at its closing brace
}

// Walker is what a Call needs of the one who walks the tree (core/config).
type Walker interface {
	Walk(body []*syntax.Node, in Context, s Scope, env any) error
	// Include gives the directives of the files an include node names.
	Include(n *syntax.Node, each func([]*syntax.Node) error) error
	Log(level string, at syntax.Pos, text string)
}

// Walk handles the directives of a block body.
func (c *Call) Walk(body []*syntax.Node, in Context, s Scope) error {
	if err := c.Walker.Walk(body, in, s, c.Env); err != nil {
		return err
	}
	c.inside = true
	return nil
}

// Pairs hands each line of a Pairs body to each, in the order of the text and
// with includes followed. What each returns is placed at that line: Errorf
// and Reason both print as the bare text there, as nginx's block handlers do.
func (c *Call) Pairs(each func(p *syntax.Node) error) error {
	return c.pairs(true, each)
}

// PairsNoInclude is Pairs for the bodies in which "include" is a word like
// any other: split_clients and charset_map.
func (c *Call) PairsNoInclude(each func(p *syntax.Node) error) error {
	return c.pairs(false, each)
}

func (c *Call) pairs(include bool, each func(p *syntax.Node) error) error {
	var walk func(body []*syntax.Node) error
	walk = func(body []*syntax.Node) error {
		for _, p := range body {
			if p.Name == "" && p.Err != nil {
				return p.Err
			}
			if p.HasBody {
				return &syntax.Error{Text: `unexpected "{"`, Pos: p.Pos}
			}
			var err error
			if include && p.Name == "include" && len(p.Args) == 1 && c.Walker != nil {
				err = c.Walker.Include(p, walk)
			} else {
				err = each(p)
			}
			if err != nil {
				return placePair(err, p)
			}
		}
		return nil
	}
	if err := walk(c.Node.Body); err != nil {
		return err
	}
	c.inside = true
	return nil
}

// Pos is where a fault found now is: the end of the directive, or the closing
// brace of its body once that has been read, as nginx's line counter has it.
func (c *Call) Pos() syntax.Pos {
	switch {
	case c.Node == nil:
		return syntax.Pos{}
	case c.inside || c.Node.IsRaw:
		return c.Node.End()
	}
	return c.Node.Pos
}

// Warn logs "[warn] TEXT in FILE:LINE".
func (c *Call) Warn(format string, args ...any) { c.log("warn", format, args) }

// Notice logs "[notice] TEXT in FILE:LINE".
func (c *Call) Notice(format string, args ...any) { c.log("notice", format, args) }

// Deprecated is the warning of nginx's ngx_conf_deprecated.
func (c *Call) Deprecated(instead string) {
	c.Warn(`the "%s" directive is deprecated, use the "%s" directive instead`, c.Name, instead)
}

func (c *Call) log(level, format string, args []any) {
	if c.Walker != nil {
		c.Walker.Log(level, c.Pos(), fmt.Sprintf(format, args...))
	}
}
