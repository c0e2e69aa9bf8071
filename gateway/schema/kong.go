package schema

// Kong renders the schema as Kong's /schemas/NAME does: a list of fields, each
// an object with one key, so that their order is kept.
func (s *Schema) Kong() map[string]any { return s.Shape.kong() }

func (s *Shape) kong() map[string]any {
	fields := make([]any, len(s.Fields))
	for i := range s.Fields {
		fields[i] = map[string]any{s.Fields[i].Name: s.Fields[i].kong()}
	}
	out := map[string]any{"fields": fields}
	if len(s.Shorthands) > 0 {
		short := make([]any, len(s.Shorthands))
		for i := range s.Shorthands {
			f := s.Shorthands[i].Field
			short[i] = map[string]any{f.Name: f.kong()}
		}
		out["shorthand_fields"] = short
	}
	var checks []any
	for i := range s.Checks {
		if c := s.Checks[i].kong(); c != nil {
			checks = append(checks, c)
		}
	}
	if checks != nil {
		out["entity_checks"] = checks
	}
	return out
}

func (f *Field) kong() map[string]any {
	out := map[string]any{"type": string(f.Kind)}
	set := func(name string, there bool, v any) {
		if there {
			out[name] = v
		}
	}
	set("description", f.Doc != "", f.Doc)
	set("required", f.Required, true)
	set("default", f.Default != nil, Normal(f.Default))
	set("eq", f.Null, nil)
	set("one_of", f.OneOf != nil, Normal(f.OneOf))
	set("not_one_of", f.NotOneOf != nil, Normal(f.NotOneOf))
	if f.Between != nil {
		out["between"] = []any{number(f.Between.Min), number(f.Between.Max)}
	}
	if f.Above != nil {
		out["gt"] = number(*f.Above)
	}
	set("len_min", f.LenMin > 0 || f.Empty, f.LenMin)
	set("len_max", f.LenMax > 0, f.LenMax)
	set("uuid", f.UUID, true)
	set("unique", f.Unique, true)
	set("auto", f.Auto, true)
	set("encrypted", f.Secret, true)
	set("immutable", f.Immutable, true)
	set("reference", f.Reference != "", f.Reference)
	set("on_delete", f.OnDelete != Restrict, string(f.OnDelete))
	set("moongate", f.Ours, true)
	f.kongPatterns(out)
	switch f.Kind {
	case Array, Set:
		out["elements"] = f.Elem.kong()
	case Map:
		if out["values"] = f.Elem.kong(); f.Keys != nil {
			out["keys"] = f.Keys.kong()
		}
	case Record:
		for k, v := range f.Shape.kong() {
			out[k] = v
		}
	}
	return out
}

func (f *Field) kongPatterns(out map[string]any) {
	var all, none []any
	for _, m := range f.Match {
		p := m.Kongs
		if p == "" {
			p = m.Re.String()
		}
		rule := map[string]any{"pattern": p}
		if m.Name != "" {
			rule["err"] = m.Name
		}
		if m.Not {
			none = append(none, rule)
		} else {
			all = append(all, rule)
		}
	}
	if all != nil {
		out["match_all"] = all
	}
	if none != nil {
		out["match_none"] = none
	}
}

func (c *Check) kong() any {
	switch c.Kind {
	case Custom:
		return nil // a function says nothing to a client
	case Conditional:
		arg := map[string]any{
			"if_field": c.If.Field, "if_match": c.If.kong(),
			"then_field": c.Then.Field, "then_match": c.Then.kong(),
		}
		if c.Text != "" {
			arg["then_err"] = c.Text
		}
		return map[string]any{string(c.Kind): arg}
	}
	return map[string]any{string(c.Kind): Normal(c.Fields)}
}

func (c *Cond) kong() map[string]any {
	out := map[string]any{}
	if c.OneOf != nil {
		out["one_of"] = Normal(c.OneOf)
	}
	if c.NotOneOf != nil {
		out["not_one_of"] = Normal(c.NotOneOf)
	}
	if c.Required {
		out["required"] = true
	}
	if c.Null {
		out["eq"] = nil
	}
	return out
}
