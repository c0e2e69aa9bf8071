package schema

import (
	"fmt"
	"slices"
	"strings"
)

// Check is a rule between the fields of one record. Kind is Kong's word for it;
// fields may be named with dots.
type Check struct {
	Kind   CheckKind
	Fields []string
	If     Cond
	Then   Cond
	Text   string // in place of Kong's usual text
	// Func is for Kind Custom. It runs when no field of the record is at fault.
	Func func(doc map[string]any) Faults
}

type CheckKind string

const (
	AtLeastOneOf      CheckKind = "at_least_one_of"
	OnlyOneOf         CheckKind = "only_one_of"
	MutuallyExclusive CheckKind = "mutually_exclusive"
	MutuallyRequired  CheckKind = "mutually_required"
	Distinct          CheckKind = "distinct"
	Conditional       CheckKind = "conditional"
	Custom            CheckKind = "custom_entity_check"
)

// Cond is what a conditional check asks of a field.
type Cond struct {
	Field    string
	OneOf    []any
	NotOneOf []any
	Required bool
	Null     bool
}

func (c *Cond) holds(v any) string {
	same := func(o any) bool { return Equal(v, o) }
	switch {
	case v == nil && c.Required:
		return "required field missing"
	case v == nil: // what is not set breaks no other rule
		return ""
	case c.Null && v != nil:
		return "value must be null"
	case c.OneOf != nil && !slices.ContainsFunc(c.OneOf, same):
		if len(c.OneOf) == 1 {
			return "value must be " + words(c.OneOf)
		}
		return "expected one of: " + words(c.OneOf)
	case slices.ContainsFunc(c.NotOneOf, same):
		return "must not be one of: " + words(c.NotOneOf)
	}
	return ""
}

func (c *Check) run(v *validation, p at, s *Shape, doc map[string]any, sofar Faults) {
	entity := func(format string, args ...any) {
		text := c.Text
		if text == "" {
			text = fmt.Sprintf(format, args...)
		}
		v.faults = append(v.faults, Fault{Pointer: p.pointer, indexes: p.indexes, Message: text, Entity: true})
	}
	set := 0
	for _, name := range c.Fields {
		if !empty(Get(doc, name)) {
			set++
		}
	}
	switch c.Kind {
	case AtLeastOneOf:
		if set == 0 {
			entity("at least one of these fields must be non-empty: %s", quoted(c.Fields))
		}
	case OnlyOneOf:
		if set != 1 {
			entity("exactly one of these fields must be non-empty: %s", quoted(c.Fields))
		}
	case MutuallyExclusive:
		if set > 1 {
			entity("only one or none of these fields must be set: %s", quoted(c.Fields))
		}
	case MutuallyRequired:
		if set != 0 && set != len(c.Fields) {
			entity("all or none of these fields must be set: %s", quoted(c.Fields))
		}
	case Distinct:
		for i, one := range c.Fields {
			for _, other := range c.Fields[:i] {
				if a, b := Get(doc, one), Get(doc, other); !empty(a) && Equal(a, b) {
					entity("values of these fields must be distinct: %s", quoted(c.Fields))
					return
				}
			}
		}
	case Conditional:
		at := Get(doc, c.If.Field)
		if at == nil || c.If.holds(at) != "" {
			return
		}
		if text := c.Then.holds(Get(doc, c.Then.Field)); text != "" {
			v.fault(p.dots(c.Then.Field), "", "%s", text)
			entity("failed conditional validation given value of field '%s'", c.If.Field)
		}
	case Custom:
		if len(sofar) == 0 {
			v.faults = append(v.faults, c.Func(doc).below(p)...)
		}
	}
}

func quoted(names []string) string { return "'" + strings.Join(names, "', '") + "'" }
