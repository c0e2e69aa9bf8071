package declarative

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"moongate/gateway/schema"
)

// A small file can't become a large one: this many values may there be with all
// aliases followed, and so deep (an alias may lie inside of itself).
const (
	most    = 5_000_000
	deepest = 200
)

// Parse reads YAML or JSON. Numbers keep their text; a key that is there twice
// is an error.
func Parse(text []byte) (map[string]any, error) {
	if t := bytes.TrimSpace(text); len(t) > 0 && t[0] == '{' {
		if doc, err := schema.DecodeObject(t); err == nil {
			return doc, nil
		} // or else it is YAML that begins like JSON
	}
	var root yaml.Node
	if err := yaml.Load(text, &root); err != nil {
		return nil, fmt.Errorf("not YAML: %w", err)
	}
	r := reader{left: most}
	v, err := r.value(&root)
	if err != nil {
		return nil, err
	}
	doc, ok := v.(map[string]any)
	if !ok {
		return nil, errors.New("the file is no object at its top")
	}
	return doc, nil
}

type reader struct{ left, depth int }

func (r *reader) value(n *yaml.Node) (any, error) {
	if r.left--; r.left < 0 {
		return nil, errors.New("the file is too large with its aliases followed")
	}
	if r.depth++; r.depth > deepest {
		return nil, fmt.Errorf("line %d: too deep", n.Line)
	}
	defer func() { r.depth-- }()
	switch n.Kind {
	case yaml.DocumentNode:
		if len(n.Content) != 1 {
			return nil, nil
		}
		return r.value(n.Content[0])
	case yaml.AliasNode:
		return r.value(n.Alias)
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, c := range n.Content {
			v, err := r.value(c)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		return out, nil
	case yaml.MappingNode:
		return r.object(n)
	case yaml.ScalarNode:
		return scalar(n)
	}
	return nil, nil
}

func (r *reader) object(n *yaml.Node) (any, error) {
	out := make(map[string]any, len(n.Content)/2)
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.ShortTag() == "!!merge" {
			merges = append(merges, v)
			continue
		}
		if k.Kind != yaml.ScalarNode {
			return nil, fmt.Errorf("line %d: a key must be a word", k.Line)
		}
		if _, twice := out[k.Value]; twice {
			return nil, fmt.Errorf("line %d: the key %q is there twice", k.Line, k.Value)
		}
		value, err := r.value(v)
		if err != nil {
			return nil, err
		}
		out[k.Value] = value
	}
	for _, m := range merges {
		if err := r.merge(out, m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// merge follows a << key: what is there already wins.
func (r *reader) merge(out map[string]any, n *yaml.Node) error {
	v, err := r.value(n)
	if err != nil {
		return err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return fmt.Errorf("line %d: << needs an object", n.Line)
		}
		for k, v := range m {
			if _, there := out[k]; !there {
				out[k] = v
			}
		}
	}
	return nil
}

func scalar(n *yaml.Node) (any, error) {
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return strings.EqualFold(n.Value, "true"), nil
	case "!!int", "!!float":
		return number(n)
	case "!!binary":
		return nil, fmt.Errorf("line %d: binary data is not for this file", n.Line)
	}
	return n.Value, nil
}

// number keeps the text where JSON allows it, and rewrites 0x10, .5 or 1_000.
func number(n *yaml.Node) (any, error) {
	text := strings.TrimPrefix(n.Value, "+")
	if json.Valid([]byte(text)) {
		return json.Number(text), nil
	}
	if i, err := strconv.ParseInt(text, 0, 64); err == nil {
		return json.Number(strconv.FormatInt(i, 10)), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return nil, fmt.Errorf("line %d: %s is no number that JSON has", n.Line, n.Value)
	}
	return json.Number(strconv.FormatFloat(f, 'g', -1, 64)), nil
}
