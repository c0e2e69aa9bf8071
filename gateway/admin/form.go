package admin

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"moongate/gateway/schema"
)

func unescapeForm(s string) (string, error) { return url.QueryUnescape(s) }

// node is a value of a form as its names build it: config.minute=5, paths[]=/a,
// hosts[1]=a, tags=a&tags=b.
type node struct {
	words  []string // what was said of it itself
	fields map[string]*node
	listed map[int]*node // by [n]
	added  []*node       // by []
}

// add puts a value where its name says.
func (n *node) add(name, value string) error {
	if name == "" {
		return nil
	}
	parts := strings.Split(name, ".")
	if slices.Contains(parts, "") {
		parts = []string{name} // dots that part nothing belong to the name
	}
	if len(parts) > maxDepth {
		return unparsable("the name of a field is too deep")
	}
	for _, part := range parts {
		bare, indexes := brackets(part)
		n = n.field(bare)
		for _, i := range indexes {
			n = n.member(i)
		}
	}
	n.words = append(n.words, value)
	return nil
}

// brackets takes [3] and [] off the end of a name; [] is -1.
func brackets(s string) (string, []int) {
	var out []int
	for strings.HasSuffix(s, "]") && len(out) < maxDepth {
		open := strings.LastIndexByte(s, '[')
		if open <= 0 {
			break
		}
		i := -1
		if digits := s[open+1 : len(s)-1]; digits != "" {
			n, err := strconv.ParseUint(digits, 10, 31)
			if err != nil {
				break
			}
			i = int(n)
		}
		s, out = s[:open], append(out, i)
	}
	slices.Reverse(out)
	return s, out
}

func (n *node) field(name string) *node {
	if n.fields == nil {
		n.fields = map[string]*node{}
	}
	if n.fields[name] == nil {
		n.fields[name] = &node{}
	}
	return n.fields[name]
}

func (n *node) member(i int) *node {
	if i < 0 {
		c := &node{}
		n.added = append(n.added, c)
		return c
	}
	if n.listed == nil {
		n.listed = map[int]*node{}
	}
	if n.listed[i] == nil {
		n.listed[i] = &node{}
	}
	return n.listed[i]
}

// members is the node as a list, or nil if nothing says that it is one.
func (n *node) members() (out []*node) {
	for _, i := range slices.Sorted(maps.Keys(n.listed)) {
		out = append(out, n.listed[i])
	}
	out = append(out, n.added...)
	if out != nil || len(n.words) > 1 {
		for _, w := range n.words {
			out = append(out, &node{words: []string{w}})
		}
	}
	return out
}

// document is a form as a document of a schema.
func (n *node) document(s *schema.Shape) map[string]any {
	out := map[string]any{}
	for name, c := range n.fields {
		f := s.Field(name)
		for i := range s.Shorthands {
			if f == nil && s.Shorthands[i].Name == name {
				f = &s.Shorthands[i].Field
			}
		}
		out[name] = c.value(f)
	}
	return out
}

// value is what a node is for a field; without one words stay words. What does
// not fit is left as it is, for validation to say so.
func (n *node) value(f *schema.Field) any {
	if f == nil {
		f = &schema.Field{Kind: schema.Any}
	}
	list := n.members()
	switch {
	case n.fields != nil && f.Kind == schema.Record:
		return n.document(&f.Shape)
	case n.fields != nil:
		out := map[string]any{}
		for name, c := range n.fields {
			out[name] = c.value(f.Elem)
		}
		return out
	case f.Kind == schema.Array || f.Kind == schema.Set:
		if list == nil && n.words[0] != "" {
			list = []*node{n}
		}
		if list == nil {
			return nil
		}
		fallthrough
	case list != nil:
		out := make([]any, len(list))
		for i, c := range list {
			out[i] = c.value(f.Elem)
		}
		return out
	}
	return word(n.words[0], f.Kind)
}

func word(s string, k schema.Kind) any {
	switch k {
	case schema.Integer, schema.Number:
		if json.Valid([]byte(s)) && strings.IndexAny(s[:1], "-0123456789") == 0 {
			return json.Number(s)
		}
	case schema.Boolean:
		if s == "true" || s == "false" {
			return s == "true"
		}
	}
	if s == "" {
		return nil
	}
	return s
}
