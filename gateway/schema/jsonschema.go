package schema

// JSON renders the schema as JSON Schema 2020-12, for the OpenAPI document and
// for forms. What JSON Schema has no word for has an x- key. Defaults are filled
// in by the gateway, so nothing that has one is required of a client.
func (s *Schema) JSON() map[string]any {
	out := s.Shape.json()
	out["title"] = s.Name
	if s.Doc != "" {
		out["description"] = s.Doc
	}
	return out
}

func (s *Shape) json() map[string]any {
	properties := map[string]any{}
	order := []any{}
	required := []any{}
	for i := range s.Fields {
		f := &s.Fields[i]
		properties[f.Name] = f.json()
		order = append(order, f.Name)
		if f.Required && f.Default == nil && f.Kind != Record {
			required = append(required, f.Name)
		}
	}
	for i := range s.Shorthands {
		f := &s.Shorthands[i].Field
		p := f.json()
		p["writeOnly"] = true
		properties[f.Name] = p
	}
	out := map[string]any{
		"type": "object", "properties": properties,
		"additionalProperties": false, "x-order": order,
	}
	// A shorthand may stand for what is required.
	if len(required) > 0 && len(s.Shorthands) == 0 {
		out["required"] = required
	}
	return out
}

func (f *Field) json() map[string]any {
	out := f.jsonKind()
	set := func(name string, there bool, v any) {
		if there {
			out[name] = v
		}
	}
	set("description", f.Doc != "", f.Doc)
	set("default", f.Default != nil, Normal(f.Default))
	set("readOnly", f.Auto && f.Kind != String, true)
	set("x-unique", f.Unique, true)
	set("x-immutable", f.Immutable, true)
	set("x-secret", f.Secret, true)
	set("x-moongate", f.Ours, true)
	if f.OneOf != nil {
		list, _ := Normal(f.OneOf).([]any)
		if !f.Required {
			list = append(list, nil)
		}
		out["enum"] = list
	}
	set("not", f.NotOneOf != nil, map[string]any{"enum": Normal(f.NotOneOf)})
	if f.Between != nil {
		out["minimum"], out["maximum"] = number(f.Between.Min), number(f.Between.Max)
	}
	if f.Above != nil {
		out["exclusiveMinimum"] = number(*f.Above)
	}
	// null is the same as absent, as long as the value is not required.
	if t, ok := out["type"].(string); ok && !f.Required {
		out["type"] = []any{t, "null"}
	}
	if f.Null {
		return map[string]any{"type": "null"}
	}
	return out
}

func (f *Field) jsonKind() map[string]any {
	size := func(out map[string]any, least, most string) map[string]any {
		if f.LenMin > 0 {
			out[least] = f.LenMin
		}
		if f.LenMax > 0 {
			out[most] = f.LenMax
		}
		return out
	}
	switch f.Kind {
	case Array, Set:
		elem := *f.Elem
		elem.Required = true
		out := size(map[string]any{"type": "array", "items": elem.json()}, "minItems", "maxItems")
		if f.Kind == Set {
			out["uniqueItems"] = true
		}
		return out
	case Map:
		elem := *f.Elem
		elem.Required = true
		out := size(map[string]any{"type": "object", "additionalProperties": elem.json()}, "minProperties", "maxProperties")
		if f.Keys != nil {
			keys := *f.Keys
			keys.Required = true
			out["propertyNames"] = keys.json()
		}
		return out
	case Record:
		return f.Shape.json()
	case Foreign:
		id := map[string]any{"type": "string", "format": "uuid"}
		return map[string]any{
			"type": "object", "properties": map[string]any{"id": id},
			"required": []any{"id"}, "x-reference": f.Reference,
		}
	case String:
		return f.jsonString(size)
	case Any:
		return map[string]any{}
	}
	return map[string]any{"type": string(f.Kind)}
}

func (f *Field) jsonString(size func(map[string]any, string, string) map[string]any) map[string]any {
	out := size(map[string]any{"type": "string"}, "minLength", "maxLength")
	if f.LenMin == 0 && !f.Empty {
		out["minLength"] = 1
	}
	if f.UUID {
		out["format"] = "uuid"
	}
	var all []any
	for _, m := range f.Match {
		p := map[string]any{"pattern": m.Re.String()}
		if m.Not {
			p = map[string]any{"not": p}
		}
		all = append(all, p)
	}
	if all != nil {
		out["allOf"] = all
	}
	return out
}
