package shape

import (
	"bytes"
	"encoding/json"
	"strings"
)

// The rules once more, on a whole document that encoding/json has read: slow, and plain.

type member struct {
	name  string
	value any
}

type object []member

// parse reads a document with the order of its members; numbers stay as they are written.
func parse(d *json.Decoder) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		o := object{}
		for d.More() {
			name, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := parse(d)
			if err != nil {
				return nil, err
			}
			o = append(o, member{name.(string), v})
		}
		_, err = d.Token()
		return o, err
	case json.Delim('['):
		a := []any{}
		for d.More() {
			v, err := parse(d)
			if err != nil {
				return nil, err
			}
			a = append(a, v)
		}
		_, err = d.Token()
		return a, err
	}
	return t, nil
}

func print(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case object:
		b.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			print(b, m.name)
			b.WriteByte(':')
			print(b, m.value)
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			print(b, e)
		}
		b.WriteByte(']')
	default:
		t, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		b.Write(t)
	}
}

// plain is a document in one way of writing.
func plain(doc []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	v, err := parse(d)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	print(&b, v)
	return b.String(), nil
}

type gone struct{}

// reference is what a document should become.
func reference(p *Plan, doc []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(doc))
	d.UseNumber()
	v, err := parse(d)
	if err != nil {
		return "", err
	}
	var b bytes.Buffer
	r := shapeOf(p.root, p.keep, v)
	if r == (any)(gone{}) {
		r = v // the document itself can't go
	}
	print(&b, r)
	return b.String(), nil
}

func shapeOf(n *node, keep bool, v any) any {
	if n == nil {
		return v
	}
	switch v := v.(type) {
	case []any:
		out := []any{}
		for i, e := range v {
			if n.limit >= 0 && i >= n.limit {
				break
			}
			if e := shapeOf(n, keep, e); e != (any)(gone{}) {
				out = append(out, e)
			}
		}
		return out
	case object:
		if n.mask != nil {
			return "***"
		}
		var out object
		members(n, keep, v, "", &out, n.unique)
		if out == nil {
			out = object{}
		}
		return out
	case nil:
	default:
		if n.mask == nil {
			break
		}
		text := ""
		switch v := v.(type) {
		case string:
			text = v
		case json.Number:
			text = string(v)
		default:
			return "***"
		}
		runes := []rune(text)
		var b strings.Builder
		hide := len(runes) <= n.mask.first+n.mask.last
		for i, r := range runes {
			if hide || i >= n.mask.first && i < len(runes)-n.mask.last {
				b.Write(n.mask.with)
			} else {
				b.WriteRune(r)
			}
		}
		return b.String()
	}
	if !keep {
		return gone{}
	}
	return v
}

func members(n *node, keep bool, o object, prefix string, out *object, unique bool) {
	add := func(name string, v any) {
		if unique {
			for _, m := range *out {
				if m.name == prefix+name {
					return
				}
			}
		}
		*out = append(*out, member{prefix + name, v})
	}
	given := map[string]bool{}
	for _, m := range o {
		c := n.child([]byte(m.name))
		stays := keep || c != nil && c.whole
		if c != nil && c.drop || !stays && (c == nil || !c.some) {
			continue
		}
		name := m.name
		if c != nil && c.renamed {
			name = c.rename
		}
		if inner, is := m.value.(object); is && c != nil && c.flatten && c.mask == nil {
			members(c, stays, inner, prefix+c.prefix, out, true)
			continue
		}
		v := shapeOf(c, stays, m.value)
		if m.value == nil && stays {
			for _, g := range n.defaults {
				if g.name == name { // as it is, like one for a member that is missing
					v = json.RawMessage(g.value)
				}
			}
		}
		if v == (any)(gone{}) {
			continue
		}
		given[name] = true
		add(name, v)
	}
	for _, g := range n.defaults {
		if !given[g.name] {
			add(g.name, json.RawMessage(g.value))
		}
	}
}
