package schema

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Validate says all that is wrong with a document. It changes nothing, and it
// expects no defaults: call Fill before.
func (s *Schema) Validate(doc map[string]any) Faults {
	v := validation{}
	v.shape(at{}, &s.Shape, doc)
	return v.faults
}

type validation struct{ faults Faults }

func (v *validation) fault(p at, hint, format string, args ...any) {
	v.faults = append(v.faults, Fault{Pointer: p.pointer, indexes: p.indexes, Message: fmt.Sprintf(format, args...), Hint: hint})
}

func (v *validation) shape(p at, s *Shape, doc map[string]any) {
	known := map[string]bool{}
	before := len(v.faults)
	for i := range s.Fields {
		f := &s.Fields[i]
		known[f.Name] = true
		v.field(p.join(f.Name), f, doc[f.Name])
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if !known[name] {
			v.fault(p.join(name), s.meant(name), "unknown field")
		}
	}
	for i := range s.Checks {
		s.Checks[i].run(v, p, s, doc, v.faults[before:])
	}
}

// meant is the hint for an unknown field.
func (s *Shape) meant(name string) string {
	var known []string
	for _, f := range s.Fields {
		known = append(known, f.Name)
	}
	for _, f := range s.Shorthands {
		known = append(known, f.Name)
	}
	return Meant(name, known)
}

// Meant is a hint for a word that is not known, or "".
func Meant(name string, known []string) string {
	if n := nearest(name, known); n != "" {
		return fmt.Sprintf("did you mean %q?", n)
	}
	return ""
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)

// IsUUID says whether a string has the form of one.
func IsUUID(s string) bool { return len(s) == 36 && uuid.MatchString(s) }

func (v *validation) field(p at, f *Field, value any) {
	if value == nil {
		if f.Required {
			v.fault(p, "", "required field missing")
		}
		return
	}
	if f.Null {
		v.fault(p, "leave it out", "value must be null")
		return
	}
	before := len(v.faults)
	switch f.Kind {
	case String:
		if s, ok := value.(string); !ok {
			v.fault(p, "this is "+a(value)+", put it in quotes", "expected a string")
		} else if isVault(s) {
			v.fault(p, "there are no vaults: write the value itself", "a reference to a vault means nothing here")
		}
	case Integer:
		if _, ok := whole(value); !ok {
			v.fault(p, numberHint(value, "write a whole number"), "expected an integer")
		}
	case Number:
		if _, ok := float(value); !ok {
			v.fault(p, numberHint(value, "write a number"), "expected a number")
		}
	case Boolean:
		if _, ok := value.(bool); !ok {
			v.fault(p, "write true or false, without quotes", "expected a boolean")
		}
	case Array, Set:
		v.list(p, f, value)
	case Map:
		v.pairs(p, f, value)
	case Record:
		if m, ok := value.(map[string]any); ok {
			v.shape(p, &f.Shape, m)
		} else {
			v.fault(p, "this is "+a(value)+", write {...}", "expected a record")
		}
	case Foreign:
		v.foreign(p, value)
	}
	if len(v.faults) == before {
		v.rules(p, f, value)
	}
}

func numberHint(value any, what string) string {
	if s, ok := value.(string); ok {
		if _, err := strconv.ParseFloat(s, 64); err == nil {
			return "write " + s + " without quotes"
		}
	}
	return what
}

func (v *validation) list(p at, f *Field, value any) {
	list, ok := value.([]any)
	if !ok {
		v.fault(p, "this is "+a(value)+", write [...]", "expected %s", article(f.Kind))
		return
	}
	elem := *f.Elem
	elem.Required = true
	for i, e := range list {
		v.field(p.index(i), &elem, e)
	}
}

func article(k Kind) string {
	if k == Array {
		return "an array"
	}
	return "a " + string(k)
}

func (v *validation) pairs(p at, f *Field, value any) {
	m, ok := value.(map[string]any)
	if !ok {
		v.fault(p, "this is "+a(value)+", write {...}", "expected a map")
		return
	}
	elem := *f.Elem
	elem.Required = true
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if f.Keys != nil {
			v.field(p.join(k), f.Keys, k)
		}
		v.field(p.join(k), &elem, m[k])
	}
}

func (v *validation) foreign(p at, value any) {
	m, ok := value.(map[string]any)
	if !ok {
		v.fault(p, `write {"id": "..."}`, "expected a record")
		return
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k != "id" {
			v.fault(p.join(k), `write {"id": "..."}`, "unknown field")
		}
	}
	switch id := m["id"].(type) {
	case nil:
		v.fault(p.join("id"), "", "missing primary key")
	case string:
		if !IsUUID(id) {
			v.fault(p.join("id"), "", "expected a valid UUID")
		}
	default:
		v.fault(p.join("id"), "", "expected a string")
	}
}

// rules are for a value of the right kind, in Kong's order; the first that fails
// is told.
func (v *validation) rules(p at, f *Field, value any) {
	same := func(o any) bool { return Equal(value, o) }
	if f.OneOf != nil && !slices.ContainsFunc(f.OneOf, same) {
		v.fault(p, oneOfHint(f, value), "expected one of: %s", words(f.OneOf))
		return
	}
	if slices.ContainsFunc(f.NotOneOf, same) {
		v.fault(p, "", "must not be one of: %s", words(f.NotOneOf))
		return
	}
	n, _ := float(value)
	if f.Above != nil && n <= *f.Above {
		v.fault(p, "", "value must be greater than %s", plain(*f.Above))
		return
	}
	if s, ok := value.(string); ok && f.UUID && !IsUUID(s) {
		v.fault(p, "", "expected a valid UUID")
		return
	}
	if r := f.Between; r != nil && (n < r.Min || n > r.Max) {
		v.fault(p, "", "value should be between %s and %s", plain(r.Min), plain(r.Max))
		return
	}
	if text := f.length(value); text != "" {
		v.fault(p, "", "%s", text)
		return
	}
	if s, ok := value.(string); ok {
		for _, m := range f.Match {
			if m.Re.MatchString(s) == m.Not {
				text := m.Name
				if text == "" {
					text = "invalid value: " + s
				}
				v.fault(p, "", "%s", text)
				return
			}
		}
	}
	if f.Check != nil {
		if text := f.Check(value); text != "" {
			v.fault(p, "", "%s", text)
		}
	}
}

// isVault knows what Kong puts a secret in place of. Taken as it is it would be a password
// that everybody can guess.
func isVault(s string) bool { return strings.HasPrefix(s, "{vault://") && strings.HasSuffix(s, "}") }

func (f *Field) length(value any) string {
	least, n := f.LenMin, 0
	switch value := value.(type) {
	case string:
		n = len(value)
		if least == 0 && !f.Empty {
			least = 1
		}
		if !utf8.ValidString(value) {
			return "invalid utf-8 character sequence"
		}
	case []any:
		n = len(value)
	case map[string]any:
		n = len(value)
	default:
		return ""
	}
	if n < least {
		return fmt.Sprintf("length must be at least %d", least)
	}
	if f.LenMax > 0 && n > f.LenMax {
		return fmt.Sprintf("length must be at most %d", f.LenMax)
	}
	return ""
}

func oneOfHint(f *Field, value any) string {
	s, ok := value.(string)
	if !ok {
		return ""
	}
	var known []string
	for _, o := range f.OneOf {
		if o, ok := o.(string); ok {
			known = append(known, o)
		}
	}
	return Meant(s, known)
}

func plain(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func words(list []any) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = fmt.Sprint(Normal(v))
	}
	return strings.Join(out, ", ")
}
