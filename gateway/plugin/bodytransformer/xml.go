package bodytransformer

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// Members that stand for what is no element.
const (
	attributes = "_attr"
	content    = "_text"
)

// parseXML reads a document: an element is its text, or an object where it has elements or
// attributes. Names are without prefixes. There are no entities but XML's own five, and
// nothing is ever fetched.
func parseXML(b []byte) (value, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	root := new(object)
	open := []*element{{gathering: gathering{o: root}}}
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("it is no XML: %w", err)
		}
		top := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > mostDeep {
				return nil, errDeep
			}
			if len(open) == 1 && len(root.members) > 0 {
				return nil, errors.New("it is no XML: there are two roots")
			}
			open = append(open, newElement(&t))
		case xml.EndElement:
			open = open[:len(open)-1]
			open[len(open)-1].take(top.name, top.value())
		case xml.CharData:
			top.text = append(top.text, t...)
		case xml.Directive:
			return nil, errors.New("it has a DOCTYPE")
		}
	}
	if len(root.members) == 0 {
		return nil, errors.New("it is no XML: there is no element")
	}
	return root, nil
}

// element is one whose end has not come yet.
type element struct {
	name string
	gathering
	text []byte
}

func newElement(t *xml.StartElement) *element {
	e := &element{name: t.Name.Local, gathering: gathering{o: new(object)}}
	var all *object
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" {
			continue
		}
		if all == nil {
			all = new(object)
			e.o.add(attributes, all)
		}
		all.add(a.Name.Local, a.Value)
	}
	return e
}

func (e *element) value() value {
	s := string(bytes.TrimSpace(e.text))
	if len(e.o.members) == 0 {
		return s
	}
	if s != "" {
		e.o.add(content, s)
	}
	return e.o
}

// appendXML writes a value as the elements that its members are: lists as many of one name.
// What would be no document, for it has several roots or none, gets one.
func appendXML(b []byte, v value) ([]byte, error) {
	o, ok := v.(*object)
	if !ok {
		return nil, errors.New("only an object becomes XML")
	}
	if len(o.members) == 1 {
		if _, many := o.members[0].value.(list); !many {
			return appendElement(b, o.members[0].name, o.members[0].value)
		}
	}
	return appendElement(b, "root", o)
}

func appendElement(b []byte, name string, v value) (_ []byte, err error) {
	if many, ok := v.(list); ok {
		for _, e := range many {
			if b, err = appendElement(b, name, e); err != nil {
				return nil, err
			}
		}
		return b, nil
	}
	if !isName(name) {
		return nil, fmt.Errorf("%q can't be the name of an element", name)
	}
	b = append(append(b, '<'), name...)
	o, _ := v.(*object)
	if o == nil {
		b = appendText(append(b, '>'), text(v))
		return append(append(append(b, "</"...), name...), '>'), nil
	}
	if all, _ := o.get(attributes); all != nil {
		if all, ok := all.(*object); ok {
			for _, a := range all.members {
				if !isName(a.name) {
					return nil, fmt.Errorf("%q can't be the name of an attribute", a.name)
				}
				b = append(append(append(b, ' '), a.name...), `="`...)
				b = append(appendText(b, text(a.value)), '"')
			}
		}
	}
	b = append(b, '>')
	for _, m := range o.members {
		switch m.name {
		case attributes:
		case content:
			b = appendText(b, text(m.value))
		default:
			if b, err = appendElement(b, m.name, m.value); err != nil {
				return nil, err
			}
		}
	}
	return append(append(append(b, "</"...), name...), '>'), nil
}

// isName tells whether a text may be a name, in all editions of XML: of the letters beyond
// ASCII those of Western Europe and the common Chinese ones are taken.
func isName(s string) bool {
	for i, r := range s {
		letter := r == '_' || r|0x20 >= 'a' && r|0x20 <= 'z' || r >= 0xc0 && r <= 0xff && r != 0xd7 && r != 0xf7 || r >= 0x4e00 && r <= 0x9fa5
		if !letter && !(i > 0 && (r == '-' || r == '.' || r >= '0' && r <= '9')) {
			return false
		}
	}
	return s != ""
}

// appendText escapes a text, so that it may stand in an element or in an attribute's quotes.
func appendText(b []byte, s string) []byte {
	for _, r := range s { // what is no UTF-8 becomes U+FFFD
		switch r {
		case '<':
			b = append(b, "&lt;"...)
		case '>':
			b = append(b, "&gt;"...)
		case '&':
			b = append(b, "&amp;"...)
		case '"':
			b = append(b, "&#34;"...)
		case '\'':
			b = append(b, "&#39;"...)
		case '\r':
			b = append(b, "&#13;"...)
		case '\t', '\n':
			b = append(b, byte(r))
		default:
			if r < ' ' || r == 0xfffe || r == 0xffff {
				r = utf8.RuneError // no document may have it
			}
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
