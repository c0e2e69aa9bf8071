package bodytransformer

import (
	"errors"
	"strconv"
	"strings"
)

// A value is nil, a bool, a number, a string, a list or an object.
type value any

// number is one as it was written.
type number string

type list []value

// object has its members in the order in which they came.
type object struct{ members []member }

type member struct {
	name  string
	value value
}

func (o *object) get(name string) (value, bool) {
	for i := range o.members {
		if o.members[i].name == name {
			return o.members[i].value, true
		}
	}
	return nil, false
}

func (o *object) add(name string, v value) { o.members = append(o.members, member{name, v}) }

// gathering is an object whose members of one name become a list. at is where a name is.
type gathering struct {
	o  *object
	at map[string]int
}

func (g *gathering) take(name string, v value) {
	i, again := g.at[name]
	if !again {
		if g.at == nil {
			g.at = map[string]int{}
		}
		g.at[name] = len(g.o.members)
		g.o.add(name, v)
		return
	}
	m := &g.o.members[i]
	if many, ok := m.value.(list); ok {
		m.value = append(many, v)
	} else {
		m.value = list{m.value, v}
	}
}

var errDeep = errors.New("it is nested too deeply")

// mostDeep is how deep values may lie in each other.
const mostDeep = 100

// truth is what a value counts as in a condition.
func truth(v value) bool {
	switch v := v.(type) {
	case nil:
		return false
	case bool:
		return v
	case number:
		f, err := strconv.ParseFloat(string(v), 64)
		return err != nil || f != 0
	case string:
		return v != ""
	case list:
		return len(v) > 0
	case *object:
		return len(v.members) > 0
	}
	return true
}

// text is a value as text: JSON where it is a list or an object.
func text(v value) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case number:
		return string(v)
	case bool:
		return strconv.FormatBool(v)
	}
	return string(appendJSON(nil, v))
}

func numeric(v value) (float64, bool) {
	switch v := v.(type) {
	case number:
		f, err := strconv.ParseFloat(string(v), 64)
		return f, err == nil
	case string:
		f, err := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f, err == nil && v != ""
	}
	return 0, false
}

func same(a, b value) bool {
	if x, ok := a.(number); ok {
		if y, ok := b.(number); ok {
			f, ok := numeric(x)
			g, ok2 := numeric(y)
			return ok && ok2 && f == g
		}
	}
	switch a.(type) {
	case nil, bool, string:
		return a == b
	}
	return false
}
