package bodytransformer

import (
	"encoding/json"
	"errors"
	"unicode/utf8"

	"moongate/edge/wire/http1"
)

// parseJSON reads a document. What encoding/json takes for JSON is JSON; this only makes
// values of it, which are views where they can be.
func parseJSON(b []byte) (value, error) {
	if !json.Valid(b) {
		return nil, errors.New("it is no JSON")
	}
	p := parser{b: b}
	return p.value(0)
}

// parser goes through a document that is known to be valid.
type parser struct {
	b  []byte
	at int
}

func (p *parser) space() byte {
	for {
		switch c := p.b[p.at]; c {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return c
		}
	}
}

func (p *parser) value(deep int) (value, error) {
	if deep > mostDeep {
		return nil, errDeep
	}
	switch p.space() {
	case '{':
		return p.object(deep)
	case '[':
		return p.list(deep)
	case '"':
		return p.string(), nil
	case 't':
		p.at += len("true")
		return true, nil
	case 'f':
		p.at += len("false")
		return false, nil
	case 'n':
		p.at += len("null")
		return nil, nil
	}
	from := p.at
	for p.at < len(p.b) {
		if c := p.b[p.at]; c >= '0' && c <= '9' || c == '-' || c == '+' || c == '.' || c|0x20 == 'e' {
			p.at++
			continue
		}
		break
	}
	return number(http1.View(p.b[from:p.at])), nil
}

func (p *parser) object(deep int) (value, error) {
	o := new(object)
	p.at++
	for {
		switch p.space() {
		case '}':
			p.at++
			return o, nil
		case ',':
			p.at++
			p.space()
		}
		name := p.string()
		p.space()
		p.at++ // the colon
		v, err := p.value(deep + 1)
		if err != nil {
			return nil, err
		}
		o.add(name, v)
	}
}

func (p *parser) list(deep int) (value, error) {
	l := list{}
	p.at++
	for {
		switch p.space() {
		case ']':
			p.at++
			return l, nil
		case ',':
			p.at++
		}
		v, err := p.value(deep + 1)
		if err != nil {
			return nil, err
		}
		l = append(l, v)
	}
}

func (p *parser) string() string {
	from := p.at
	plain := true
	for p.at++; p.b[p.at] != '"'; p.at++ {
		if p.b[p.at] == '\\' {
			plain = false
			p.at++
		}
	}
	p.at++
	if in := p.b[from+1 : p.at-1]; plain && utf8.Valid(in) {
		return http1.View(in)
	}
	var s string
	json.Unmarshal(p.b[from:p.at], &s) // it is valid
	return s
}

// appendJSON writes a value.
func appendJSON(b []byte, v value) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case bool:
		if v {
			return append(b, "true"...)
		}
		return append(b, "false"...)
	case number:
		return append(b, v...)
	case string:
		return append(appendInside(append(b, '"'), v), '"')
	case list:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, e)
		}
		return append(b, ']')
	case *object:
		b = append(b, '{')
		for i := range v.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSON(b, v.members[i].name), ':')
			b = appendJSON(b, v.members[i].value)
		}
		return append(b, '}')
	}
	return append(b, "null"...) // the headers as a whole, and the like
}

// appendInside writes a text as it stands in a string of JSON.
func appendInside(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c == '\r':
			b = append(b, '\\', 'r')
		case c == '\t':
			b = append(b, '\\', 't')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r) // U+FFFD where it is none
			i += n
			continue
		default:
			b = append(b, c)
		}
		i++
	}
	return b
}
