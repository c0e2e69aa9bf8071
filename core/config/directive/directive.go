package directive

import (
	"reflect"

	"moongate/core/config/syntax"
)

// Directive is all there is to know about one directive in one set of
// contexts. A name that means different things in different contexts has
// several rows; (name, context) is unique.
type Directive struct {
	Name    string
	Syntax  string // the arguments, as nginx's documentation writes them
	Since   string // nginx version, empty for ever
	Default string // parsed by Setter.ApplyDefault, so it must be a legal value
	Doc     string
	Idle    string // why it has no effect here: whoever writes it is told so
	In      Context
	Args    Args
	Body    Body
	Set     Setter
}

// Body says what stands in braces behind the arguments.
type Body uint8

const (
	NoBody Body = iota // ends with ";"
	Block              // directives: the setter opens a context with Call.Walk
	Pairs              // words that are no directives: map, types, geo; read with Call.Pairs
	RawLua             // Lua source, found in Call.Node.Raw
)

// Setter turns the text of a directive into a field, and back. conf is the
// *C that Scope.Conf gave for ConfType.
type Setter interface {
	Set(c *Call, conf any) error
	ConfType() reflect.Type
	// Inherit gives an unwritten field of child the value of parent.
	Inherit(parent, child any)
	// ApplyDefault gives an unwritten field the value of a row's Default.
	ApplyDefault(text string, conf any) error
	// Format is the field as one would write it, without the name.
	Format(conf any) string
	Kind() string
	Choices() []string
}

// Placer is a Setter that knows whether and where its field was written.
type Placer interface {
	Place(conf any) (at syntax.Pos, written bool)
}

// Value is a field that a directive sets. After inheritance and defaults
// only V matters. Written stays false for a default.
type Value[T any] struct {
	V       T
	Written bool
	At      syntax.Pos
}

// Put stores a value that a directive wrote.
func (v *Value[T]) Put(c *Call, x T) {
	v.V, v.Written, v.At = x, true, c.Pos()
}

// Or gives an unwritten field a default; for those computed from others.
func (v *Value[T]) Or(x T) {
	if !v.Written {
		v.V = x
	}
}

// InheritFrom takes the parent's value when nothing was written here.
func (v *Value[T]) InheritFrom(parent *Value[T]) {
	if !v.Written {
		*v = *parent
	}
}
