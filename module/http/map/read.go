package httpmap

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/httpd"
)

// reader is a map while its block is read.
type reader struct {
	b        *httpd.Builder
	t        *table
	values   map[string]*httpd.Value
	volatile bool
}

// read is ngx_http_map_block.
func read(c *directive.Call, _ *conf) error {
	b := httpd.BuilderOf(c)
	t := &table{}
	var err error
	if t.source, err = httpd.CompileArg(c, c.Args[0]); err != nil {
		return err
	}
	name := c.Args[1]
	if !strings.HasPrefix(name, "$") {
		return directive.Errorf("invalid variable name \"%s\"", name)
	}
	v := httpd.Variable{Name: name[1:], Get: t.get, Changeable: true}
	if _, err := b.DefineVar(v); err != nil {
		return directive.Errorf("%s", err)
	}
	rd := &reader{b: b, t: t, values: map[string]*httpd.Value{}}
	if err := c.Pairs(rd.pair); err != nil {
		return err
	}
	if rd.volatile {
		v.Volatile = true
		_, err = b.DefineVar(v)
	}
	return err
}

// pair is ngx_http_map: one line of the block.
func (rd *reader) pair(p *syntax.Node) error {
	t := rd.t
	if len(p.Args) == 0 {
		switch p.Name {
		case "hostnames":
			t.hostnames = true
			return nil
		case "volatile":
			rd.volatile = true
			return nil
		}
	}
	if len(p.Args) != 1 {
		return directive.Errorf("invalid number of the map parameters")
	}
	v, err := rd.value(p.Args[0])
	if err != nil {
		return err
	}
	key := p.Name
	switch {
	case key == "default":
		if t.fallback != nil {
			return directive.Errorf("duplicate default map parameter")
		}
		t.fallback = v
		return nil
	case strings.HasPrefix(key, "~"):
		key = key[1:]
		caseless := strings.HasPrefix(key, "*")
		re, err := rd.b.Regex(strings.TrimPrefix(key, "*"), caseless)
		if err != nil {
			return directive.Errorf("%s", err)
		}
		t.patterns = append(t.patterns, pattern{re, v})
		return nil
	case strings.HasPrefix(key, "\\"):
		key = key[1:]
	}
	add := t.names.AddExact
	if t.hostnames {
		add = t.names.Add
	}
	if err := add(key, v); err != nil {
		return directive.Errorf("%s", err)
	}
	return nil
}

// value compiles a value; equal ones are one.
func (rd *reader) value(text string) (*httpd.Value, error) {
	if v := rd.values[text]; v != nil {
		return v, nil
	}
	v, err := rd.b.NewValue(text)
	if err != nil {
		return nil, directive.Errorf("%s", err)
	}
	rd.values[text] = v
	return v, nil
}
