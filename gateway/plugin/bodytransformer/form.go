package bodytransformer

import (
	"errors"
	"net/url"
	"strings"
)

// parseForm reads application/x-www-form-urlencoded. A name that comes again makes a list.
func parseForm(s string) (value, error) {
	g := gathering{o: new(object)}
	for s != "" {
		var pair string
		pair, s, _ = strings.Cut(s, "&")
		if pair == "" {
			continue
		}
		name, v, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(v)
		if err != nil || err2 != nil {
			return nil, errors.New("it is no form")
		}
		g.take(name, v)
	}
	return g.o, nil
}

// appendForm writes an object: a list as many times the same name, what lies deeper as JSON.
func appendForm(b []byte, v value) ([]byte, error) {
	o, ok := v.(*object)
	if !ok {
		return nil, errors.New("only an object becomes a form")
	}
	pair := func(name string, v value) {
		if len(b) > 0 {
			b = append(b, '&')
		}
		b = append(b, url.QueryEscape(name)...)
		b = append(b, '=')
		b = append(b, url.QueryEscape(text(v))...)
	}
	for i := range o.members {
		m := &o.members[i]
		if many, ok := m.value.(list); ok {
			for _, e := range many {
				pair(m.name, e)
			}
			continue
		}
		pair(m.name, m.value)
	}
	return b, nil
}
