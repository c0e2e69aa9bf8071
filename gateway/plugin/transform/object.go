package transform

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// Object is a JSON object. Members keep their order, and values that nobody changes
// their writing.
type Object struct{ members []member }

type member struct {
	name  string
	value json.RawMessage
}

// ParseObject reads an object; no bytes are an empty one.
func ParseObject(b []byte) (*Object, error) {
	o := new(Object)
	if len(b) == 0 {
		return o, nil
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("the body is no JSON object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return nil, err
		}
		o.Set(name, raw)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errors.New("there is more behind the JSON object")
	}
	return o, nil
}

func (o *Object) find(name string) int {
	return slices.IndexFunc(o.members, func(m member) bool { return m.name == name })
}

// Has tells whether a member is there and not false, which to Lua is the same.
func (o *Object) Has(name string) bool {
	i := o.find(name)
	return i >= 0 && string(o.members[i].value) != "false"
}

// Set gives a member a value.
func (o *Object) Set(name string, value json.RawMessage) {
	if i := o.find(name); i >= 0 {
		o.members[i].value = value
		return
	}
	o.members = append(o.members, member{name, value})
}

// Remove takes a member away.
func (o *Object) Remove(name string) (was bool) {
	i := o.find(name)
	if i >= 0 {
		o.members = slices.Delete(o.members, i, i+1)
	}
	return i >= 0
}

// Rename gives a member another name; one that has that name already goes.
func (o *Object) Rename(name, to string) bool {
	i := o.find(name)
	if i < 0 || name == to {
		return false
	}
	value := o.members[i].value
	o.members = slices.Delete(o.members, i, i+1)
	o.Set(to, value)
	return true
}

// Append makes a list of a member and puts a value behind what is there. What is neither
// a text nor a list is replaced, as in Kong.
func (o *Object) Append(name string, value json.RawMessage) {
	var list []json.RawMessage
	if i := o.find(name); i >= 0 {
		switch was := o.members[i].value; was[0] {
		case '"':
			list = append(list, was)
		case '[':
			if json.Unmarshal(was, &list) != nil {
				list = nil
			}
		}
	}
	b, err := encode(append(list, value))
	if err == nil {
		o.Set(name, b)
	}
}

// Bytes writes the object.
func (o *Object) Bytes() []byte {
	b := []byte{'{'}
	for i, m := range o.members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, Text(m.name)...)
		b = append(b, ':')
		b = append(b, m.value...)
	}
	return append(b, '}')
}

// Text is a JSON string.
func Text(s string) json.RawMessage {
	b, err := encode(s)
	if err != nil {
		return json.RawMessage(`""`)
	}
	return b
}

func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}
