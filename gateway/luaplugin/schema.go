package luaplugin

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// description is a plugin as schema.lua tells of it.
type description struct {
	Name     string   `json:"name"`
	Doc      string   `json:"doc"`
	Priority int      `json:"priority"`
	Version  any      `json:"version"`
	Phases   []string `json:"phases"`
	Without  []string `json:"without"`
	Config   field    `json:"config"`
	Checks   []rule   `json:"checks"`
}

// field is a field: its words are Kong's.
type field struct {
	Name        string      `json:"name"`
	Type        schema.Kind `json:"type"`
	Description string      `json:"description"`
	Required    bool        `json:"required"`
	Default     any         `json:"default"`
	Null        bool        `json:"null"`
	OneOf       []any       `json:"one_of"`
	NotOneOf    []any       `json:"not_one_of"`
	Between     []float64   `json:"between"`
	Above       *float64    `json:"gt"`
	LenMin      *int        `json:"len_min"`
	LenMax      int         `json:"len_max"`
	LenEq       int         `json:"len_eq"`
	UUID        bool        `json:"uuid"`
	Unique      bool        `json:"unique"`
	Encrypted   bool        `json:"encrypted"`
	Elements    *field      `json:"elements"`
	Keys        *field      `json:"keys"`
	Values      *field      `json:"values"`
	Fields      []field     `json:"fields"`
	Checks      []rule      `json:"checks"`
	Shorthands  []field     `json:"shorthands"`
	Rule        int         `json:"rule"`   // of what Lua judges; 0 without
	Expand      int         `json:"expand"` // of what a shorthand stands for
}

// rule is a check between fields.
type rule struct {
	Kind      schema.CheckKind `json:"kind"`
	Fields    []string         `json:"fields"`
	IfField   string           `json:"if_field"`
	IfMatch   condition        `json:"if_match"`
	ThenField string           `json:"then_field"`
	ThenMatch condition        `json:"then_match"`
	Text      string           `json:"text"`
	Rule      int              `json:"rule"`
}

type condition struct {
	OneOf    []any `json:"one_of"`
	NotOneOf []any `json:"not_one_of"`
	Required bool  `json:"required"`
	Null     bool  `json:"null"`
}

// read makes plugins of their descriptions.
func (p *Plugins) read(text string) (kinds []*plugin.Plugin, err error) {
	var list []description
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("the schemas of the plugins in Lua: %w", err)
	}
	for i := range list {
		d := &list[i]
		k := &plugin.Plugin{Name: d.Name, Doc: d.Doc, Priority: d.Priority}
		if d.Version != nil {
			k.Version = fmt.Sprint(d.Version)
		}
		k.Config = p.shape(d.Config.Fields, d.Config.Checks, d.Config.Shorthands)
		k.Checks = p.checks(d.Checks)
		for _, name := range d.Without {
			k.Without |= map[string]plugin.Scopes{"consumer": plugin.OfConsumer, "route": plugin.OfRoute, "service": plugin.OfService}[name]
		}
		k.New = func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) { return p.instance(c, d.Phases), nil }
		kinds = append(kinds, k)
	}
	return kinds, nil
}

func (p *Plugins) shape(fields []field, checks []rule, shorthands []field) (s schema.Shape) {
	for i := range fields {
		s.Fields = append(s.Fields, p.field(&fields[i]))
	}
	s.Checks = p.checks(checks)
	for i := range shorthands {
		n := shorthands[i].Expand
		s.Shorthands = append(s.Shorthands, schema.Shorthand{Field: p.field(&shorthands[i]), Expand: func(v any) (map[string]any, string) {
			a, err := p.ask("expand", n, v)
			if err != nil {
				return nil, err.Error()
			}
			return a.Fields, a.Message
		}})
	}
	return s
}

func (p *Plugins) field(d *field) schema.Field {
	f := schema.Field{Name: d.Name, Kind: d.Type, Doc: d.Description, Required: d.Required, Default: value(d.Type, d.Default), Null: d.Null,
		OneOf: d.OneOf, NotOneOf: d.NotOneOf, Above: d.Above, LenMax: d.LenMax, UUID: d.UUID, Unique: d.Unique, Secret: d.Encrypted}
	if len(d.Between) == 2 {
		f.Between = schema.Between(d.Between[0], d.Between[1])
	}
	if d.LenMin != nil {
		f.LenMin, f.Empty = *d.LenMin, *d.LenMin == 0
	}
	if d.LenEq > 0 {
		f.LenMin, f.LenMax = d.LenEq, d.LenEq
	}
	if n := d.Rule; n > 0 {
		f.Check = func(v any) string {
			text, err := p.judge("field", n, v)
			if err != nil {
				return err.Error()
			}
			return text
		}
	}
	sub := func(d *field) *schema.Field {
		if d == nil {
			return nil
		}
		f := p.field(d)
		return &f
	}
	switch d.Type {
	case schema.Array, schema.Set:
		f.Elem = sub(d.Elements)
	case schema.Map:
		f.Elem, f.Keys = sub(d.Values), sub(d.Keys)
	case schema.Record:
		f.Shape = p.shape(d.Fields, d.Checks, d.Shorthands)
	}
	return f
}

// value is a default as its kind wants it: Lua has one table for arrays and maps.
func value(k schema.Kind, v any) any {
	if m, ok := v.(map[string]any); ok && len(m) == 0 && (k == schema.Array || k == schema.Set) {
		return []any{}
	}
	if l, ok := v.([]any); ok && len(l) == 0 && (k == schema.Map || k == schema.Record) {
		return map[string]any{}
	}
	return v
}

func (p *Plugins) checks(list []rule) (out []schema.Check) {
	cond := func(field string, c *condition) schema.Cond {
		return schema.Cond{Field: field, OneOf: c.OneOf, NotOneOf: c.NotOneOf, Required: c.Required, Null: c.Null}
	}
	for i := range list {
		d := &list[i]
		c := schema.Check{Kind: d.Kind, Fields: d.Fields, Text: d.Text}
		switch d.Kind {
		case schema.Conditional:
			c.If, c.Then = cond(d.IfField, &d.IfMatch), cond(d.ThenField, &d.ThenMatch)
		case schema.Custom:
			c.Fields = nil
			c.Func = func(doc map[string]any) schema.Faults { return p.whole(d, doc) }
		}
		out = append(out, c)
	}
	return out
}

// whole has Lua judge several fields of a record together.
func (p *Plugins) whole(d *rule, doc map[string]any) schema.Faults {
	entity := map[string]any{}
	for _, path := range d.Fields {
		put(entity, strings.Split(path, "."), schema.Get(doc, path))
	}
	a, err := p.ask("entity", d.Rule, entity)
	if err != nil {
		return schema.Faults{{Message: err.Error(), Entity: true}}
	}
	var faults schema.Faults
	for _, name := range sorted(a.Fields) {
		faults = append(faults, schema.Faults{{Message: fmt.Sprint(a.Fields[name])}}.Below(name)...)
	}
	if a.Message != "" {
		faults = append(faults, schema.Fault{Message: a.Message, Entity: true})
	}
	return faults
}

func sorted(m map[string]any) (names []string) {
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func put(m map[string]any, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		next, ok := m[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			m[name] = next
		}
		m = next
	}
	m[path[len(path)-1]] = v
}

// answer is what Lua finds of a value.
type answer struct {
	Message string         `json:"message"`
	Fields  map[string]any `json:"fields"`
}

func (p *Plugins) judge(kind string, number int, v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	text, err := p.machine.Ask(check, kind, strconv.Itoa(number), string(b))
	if err != nil {
		return "", fmt.Errorf("the check failed: %w", err)
	}
	return text, nil
}

func (p *Plugins) ask(kind string, number int, v any) (a answer, err error) {
	text, err := p.judge(kind, number, v)
	if err != nil || text == "" {
		return a, err
	}
	return a, json.Unmarshal([]byte(text), &a)
}
