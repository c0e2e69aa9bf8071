package declarative

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Format writes a file as YAML: fields in the order of their schema, children
// after them.
func Format(m *entity.Model, file map[string]any) ([]byte, error) {
	f := formatter{m}
	root, err := f.top(file)
	if err != nil {
		return nil, err
	}
	return yaml.Dump(root, yaml.WithLineWidth(-1))
}

type formatter struct{ model *entity.Model }

func (f *formatter) top(file map[string]any) (*yaml.Node, error) {
	order := []string{"_format_version", "_transform"}
	for _, k := range f.model.Kinds() {
		order = append(order, k.Name)
	}
	return f.object(file, order, func(name string, v any) (*yaml.Node, error) { return f.field(name, nil, v) })
}

// field writes what a name holds: entities where it is a kind's.
func (f *formatter) field(name string, s *schema.Field, v any) (*yaml.Node, error) {
	k := f.model.Kind(name)
	list, isList := v.([]any)
	if s != nil || k == nil || !isList {
		return f.value(s, v)
	}
	out := &yaml.Node{Kind: yaml.SequenceNode}
	for _, e := range list {
		doc, ok := e.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s holds something that is no object", name)
		}
		n, err := f.entity(k, doc)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, n)
	}
	return out, nil
}

func (f *formatter) entity(k *entity.Kind, doc map[string]any) (*yaml.Node, error) {
	s := k.Schema
	if sch, faults := f.model.SchemaFor(k, doc); faults == nil {
		s = sch
	}
	order := names(&s.Shape)
	if k.Key != "" { // what it is called comes first
		order = append([]string{k.Key}, order...)
	}
	return f.object(doc, order, func(name string, v any) (*yaml.Node, error) { return f.field(name, s.Field(name), v) })
}

func names(s *schema.Shape) (out []string) {
	for i := range s.Fields {
		out = append(out, s.Fields[i].Name)
	}
	return out
}

func (f *formatter) value(s *schema.Field, v any) (*yaml.Node, error) {
	switch v := v.(type) {
	case map[string]any:
		var order []string
		inner := func(string) *schema.Field { return nil }
		if s != nil && s.Kind == schema.Record {
			order, inner = names(&s.Shape), s.Shape.Field
		}
		return f.object(v, order, func(name string, e any) (*yaml.Node, error) { return f.value(inner(name), e) })
	case []any:
		out := &yaml.Node{Kind: yaml.SequenceNode}
		var elem *schema.Field
		if s != nil {
			elem = s.Elem
		}
		for _, e := range v {
			n, err := f.value(elem, e)
			if err != nil {
				return nil, err
			}
			out.Content = append(out.Content, n)
		}
		if len(v) == 0 {
			out.Style = yaml.FlowStyle
		}
		return out, nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: string(v)}, nil
	}
	n := new(yaml.Node)
	if err := n.Encode(v); err != nil {
		return nil, err
	}
	return n, nil
}

// object writes the names of order first and the others by the alphabet.
func (f *formatter) object(doc map[string]any, order []string, value func(string, any) (*yaml.Node, error)) (*yaml.Node, error) {
	out := &yaml.Node{Kind: yaml.MappingNode}
	if len(doc) == 0 {
		out.Style = yaml.FlowStyle
	}
	done := map[string]bool{}
	for _, name := range append(slices.Clone(order), slices.Sorted(maps.Keys(doc))...) {
		v, there := doc[name]
		if !there || done[name] {
			continue
		}
		done[name] = true
		key := new(yaml.Node)
		if err := key.Encode(name); err != nil {
			return nil, err
		}
		n, err := value(name, v)
		if err != nil {
			return nil, err
		}
		out.Content = append(out.Content, key, n)
	}
	return out, nil
}
