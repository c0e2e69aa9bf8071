package schema

import "regexp"

// Kind is what a value must be. The words are Kong's.
type Kind string

const (
	String  Kind = "string"
	Integer Kind = "integer"
	Number  Kind = "number"
	Boolean Kind = "boolean"
	Array   Kind = "array"
	Set     Kind = "set" // an array without repetitions
	Map     Kind = "map" // any keys, values of one kind
	Record  Kind = "record"
	Foreign Kind = "foreign" // {"id": ...} of another entity
	Any     Kind = "any"
)

// Field describes one value. The zero value of each member says nothing.
type Field struct {
	Name string
	Kind Kind
	Doc  string

	Required bool
	Default  any   // any Go value that Normal understands
	Null     bool  // must be absent (Kong's eq = null)
	OneOf    []any // the only values
	NotOneOf []any
	Between  *Range
	Above    *float64 // must be greater (Kong's gt)
	LenMin   int      // strings are at least 1 long unless Empty is set
	LenMax   int
	Empty    bool // an empty string is a value
	UUID     bool
	Match    []Pattern
	// Check judges a value that is not null and of the right kind. It returns
	// what is wrong, or "".
	Check func(v any) string

	Elem *Field // of arrays and sets, and the values of a map
	Keys *Field // of a map
	Shape

	Reference string // the kind of entity that a foreign field names
	OnDelete  Rule

	Unique    bool
	Immutable bool // may be set once
	Auto      bool // filled in by the gateway
	Secret    bool // not for logs, nor for viewers
	Ours      bool // Kong does not have it
}

// Shape is what records have inside.
type Shape struct {
	Fields     []Field
	Checks     []Check
	Shorthands []Shorthand
}

// Field finds a field by name.
func (s *Shape) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}

// Schema is the shape of a whole document.
type Schema struct {
	Name string
	Doc  string
	Shape
}

// Range has both ends in it.
type Range struct{ Min, Max float64 }

// Between is for tables.
func Between(lo, hi float64) *Range { return &Range{lo, hi} }

// Above is for tables too, and so is Words.
func Above(n float64) *float64 { return &n }

// Words are the values of a field with OneOf.
func Words(list ...string) []any {
	out := make([]any, len(list))
	for i, w := range list {
		out[i] = w
	}
	return out
}

// Rule is what becomes of a document when the one that it refers to goes.
type Rule string

const (
	Restrict Rule = ""        // the deletion is refused
	Cascade  Rule = "cascade" // it goes too
)

// Pattern is something that a string must match, or must not.
type Pattern struct {
	Re    *regexp.Regexp
	Not   bool
	Name  string // what is said when it fails: "must not have empty segments"
	Kongs string // the pattern in Lua's notation, for /schemas
}

// Shorthand is a field that stands for others and is not kept, as a service's
// url stands for protocol, host, port and path.
type Shorthand struct {
	Field
	// Expand returns the fields that the value stands for, or what is wrong.
	Expand func(v any) (map[string]any, string)
}

// Overlay is s with the fields of sub in place of its own of the same name, and
// sub's checks besides: how a plugin's schema refines the plugins entity.
func (s *Schema) Overlay(sub *Schema) *Schema {
	out := &Schema{Name: s.Name, Doc: s.Doc}
	out.Checks = append(append(out.Checks, s.Checks...), sub.Checks...)
	out.Shorthands = append(append(out.Shorthands, s.Shorthands...), sub.Shorthands...)
	for _, f := range s.Fields {
		if o := sub.Field(f.Name); o != nil {
			f = *o
		}
		out.Fields = append(out.Fields, f)
	}
	for _, f := range sub.Fields {
		if s.Field(f.Name) == nil {
			out.Fields = append(out.Fields, f)
		}
	}
	return out
}
