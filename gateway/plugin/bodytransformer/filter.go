package bodytransformer

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// filter makes another value of one. It tells how much it has had to do.
type filter struct {
	args  int
	run   func(v value, args []value) (value, int)
	fixed bool // arguments must be written in the template: what clients send might be long
}

var filters = map[string]filter{
	"default": {args: 1, run: func(v value, args []value) (value, int) {
		if v == nil || v == "" {
			return args[0], 0
		}
		return v, 0
	}},
	"json": {run: func(v value, _ []value) (value, int) {
		s := string(appendJSON(nil, v))
		return s, len(s)
	}},
	"string": {run: func(v value, _ []value) (value, int) {
		s := text(v)
		return s, len(s)
	}},
	"number": {run: func(v value, _ []value) (value, int) {
		switch v := v.(type) {
		case number:
			return v, 0
		case string:
			if n, err := parseJSON([]byte(strings.TrimSpace(v))); err == nil {
				if n, ok := n.(number); ok {
					return n, len(v)
				}
			}
		}
		return nil, 0
	}},
	"length": {run: func(v value, _ []value) (value, int) {
		switch v := v.(type) {
		case string:
			return count(utf8.RuneCountInString(v)), len(v)
		case list:
			return count(len(v)), 0
		case *object:
			return count(len(v.members)), 0
		}
		return count(0), 0
	}},
	"list": {run: func(v value, _ []value) (value, int) {
		switch v := v.(type) {
		case nil:
			return list{}, 0
		case list:
			return v, 0
		}
		return list{v}, 0
	}},
	"first": {run: func(v value, _ []value) (value, int) {
		if l, ok := v.(list); ok && len(l) > 0 {
			return l[0], 0
		}
		return nil, 0
	}},
	"last": {run: func(v value, _ []value) (value, int) {
		if l, ok := v.(list); ok && len(l) > 0 {
			return l[len(l)-1], 0
		}
		return nil, 0
	}},
	"join": {args: 1, fixed: true, run: func(v value, args []value) (value, int) {
		l, ok := v.(list)
		if !ok {
			s := text(v)
			return s, len(s)
		}
		var all []string
		for _, e := range l {
			all = append(all, text(e))
		}
		s := strings.Join(all, text(args[0]))
		return s, len(s) + 16*len(all)
	}},
	"upper": ofText(strings.ToUpper),
	"lower": ofText(strings.ToLower),
	"trim":  ofText(strings.TrimSpace),
}

func ofText(f func(string) string) filter {
	return filter{run: func(v value, _ []value) (value, int) {
		s := text(v)
		return f(s), len(s)
	}}
}

func count(n int) number { return number(strconv.Itoa(n)) }

// writers write a value by the rules of a format; inside is within a string of JSON.
var writers = map[string]func(inside bool) func(b []byte, v value) []byte{
	"json": func(inside bool) func(b []byte, v value) []byte {
		if inside {
			return func(b []byte, v value) []byte { return appendInside(b, text(v)) }
		}
		return appendJSON
	},
	"xml": func(bool) func(b []byte, v value) []byte {
		return func(b []byte, v value) []byte { return appendText(b, text(v)) }
	},
	"encoded": func(bool) func(b []byte, v value) []byte {
		return func(b []byte, v value) []byte { return append(b, url.QueryEscape(text(v))...) }
	},
	"plain": func(bool) func(b []byte, v value) []byte {
		return func(b []byte, v value) []byte { return append(b, text(v)...) }
	},
}
