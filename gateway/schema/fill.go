package schema

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
)

// Fill returns a copy of doc as it is kept: shorthands expanded, defaults in
// place, all other fields there as null, sets without repetitions, whole
// numbers written as such. What is wrong with a value stays wrong, for
// Validate; only faults of shorthands, which are gone afterwards, are told here.
func (s *Schema) Fill(doc map[string]any) (map[string]any, Faults) {
	v := validation{}
	out := v.fill(at{}, &s.Shape, doc)
	return out, v.faults
}

// Complete is Fill and Validate.
func (s *Schema) Complete(doc map[string]any) (map[string]any, Faults) {
	out, faults := s.Fill(doc)
	return out, append(faults, s.Validate(out)...)
}

func (v *validation) fill(p at, s *Shape, doc map[string]any) map[string]any {
	out := v.expand(p, s, doc)
	for i := range s.Fields {
		f := &s.Fields[i]
		out[f.Name] = v.value(p.join(f.Name), f, out[f.Name])
	}
	return out
}

// expand copies doc with its shorthands replaced by what they stand for.
func (v *validation) expand(p at, s *Shape, doc map[string]any) map[string]any {
	out := maps.Clone(doc)
	if out == nil {
		out = map[string]any{}
	}
	for i := range s.Shorthands {
		short := &s.Shorthands[i]
		value, there := out[short.Name]
		if !there {
			continue
		}
		delete(out, short.Name)
		before := len(v.faults)
		v.field(p.join(short.Name), &short.Field, value)
		if value == nil || len(v.faults) > before {
			continue
		}
		fields, text := short.Expand(value)
		if text != "" {
			v.fault(p.join(short.Name), "", "%s", text)
		}
		for name, e := range fields {
			out[name] = merge(out[name], Normal(e))
		}
	}
	return out
}

// merge lays a shorthand's part of a record over what is there: redis_host and redis_port
// both are parts of redis.
func merge(was, now any) any {
	a, ok := was.(map[string]any)
	b, both := now.(map[string]any)
	if !ok || !both {
		return now
	}
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

func (v *validation) value(p at, f *Field, value any) any {
	if value == nil {
		switch {
		case f.Default != nil:
			value = Normal(f.Default)
		case f.Required && f.Kind == Record:
			value = map[string]any{}
		default:
			return nil
		}
	}
	switch value := value.(type) {
	case []any:
		if f.Kind == Array || f.Kind == Set {
			return v.members(p, f, value)
		}
	case map[string]any:
		switch f.Kind {
		case Record:
			return v.fill(p, &f.Shape, value)
		case Map:
			out := make(map[string]any, len(value))
			for k, e := range value {
				out[k] = v.value(p.join(k), f.Elem, e)
			}
			return out
		case Foreign:
			return reference(value)
		}
	case string:
		if f.UUID {
			return strings.ToLower(value)
		}
		return value
	case bool:
		return value
	default:
		if i, ok := whole(value); ok && f.Kind == Integer {
			return json.Number(strconv.FormatInt(i, 10))
		}
	}
	return Normal(value)
}

func (v *validation) members(p at, f *Field, list []any) any {
	out := make([]any, 0, len(list))
	seen := map[string]bool{}
	for i, e := range list {
		e = v.value(p.index(i), f.Elem, e)
		if s, ok := e.(string); ok && f.Kind == Set {
			if seen[s] {
				continue
			}
			seen[s] = true
		}
		out = append(out, e)
	}
	return out
}

// reference keeps of a foreign value what names the other entity: clients send
// more of it back.
func reference(ref map[string]any) any {
	if id, ok := ref["id"].(string); ok {
		return map[string]any{"id": strings.ToLower(id)}
	}
	return Normal(ref)
}
