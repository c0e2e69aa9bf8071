package transform

import (
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Pair is one entry of a configuration: a name, and a value where it has one.
type Pair struct{ Name, Value string }

// Split takes an entry apart at its first colons, as Kong does.
func Split(entry string) Pair {
	i := strings.IndexByte(entry, ':')
	if i <= 0 {
		return Pair{Name: entry}
	}
	return Pair{entry[:i], strings.TrimLeft(entry[i:], ":")}
}

// List is a field with entries that check accepts.
func List(name, doc string, check func(any) string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Array, Required: true, Default: []any{}, Doc: doc,
		Elem: &schema.Field{Kind: schema.String, Check: check}}
}

// Record is a field with others below it.
func Record(name, doc string, fields ...schema.Field) schema.Field {
	return schema.Field{Name: name, Kind: schema.Record, Required: true, Doc: doc, Shape: schema.Shape{Fields: fields}}
}

// CheckName accepts entries whose name may be a header's.
func CheckName(v any) string {
	s, _ := v.(string)
	return badName(Split(s).Name)
}

// CheckHeader accepts a header's name with a value.
func CheckHeader(v any) string {
	s, _ := v.(string)
	p := Split(s)
	if p.Value == "" {
		return "invalid value: " + s
	}
	if text := badName(p.Name); text != "" {
		return text
	}
	return checkTemplate(p.Value)
}

// CheckRename accepts two names of headers.
func CheckRename(v any) string {
	s, _ := v.(string)
	p := Split(s)
	if p.Value == "" {
		return "invalid value: " + s
	}
	if text := badName(p.Name); text != "" {
		return text
	}
	return badName(p.Value)
}

// CheckValue accepts a name with a value.
func CheckValue(v any) string {
	s, _ := v.(string)
	p := Split(s)
	if p.Value == "" {
		return "key '" + p.Name + "' has no value"
	}
	return checkTemplate(p.Value)
}

// CheckPlain is CheckValue without templates.
func CheckPlain(v any) string {
	s, _ := v.(string)
	if !strings.Contains(s, ":") || s[0] == ':' {
		return "invalid value: " + s
	}
	return ""
}

// CheckPlainHeader is CheckHeader without templates, and takes values that are empty.
func CheckPlainHeader(v any) string {
	if text := CheckPlain(v); text != "" {
		return text
	}
	s, _ := v.(string)
	p := Split(s)
	if text := badName(p.Name); text != "" {
		return text
	}
	return CheckLine(p.Value)
}

// CheckLine accepts what may be a header's value: nobody begins another line in it.
func CheckLine(v any) string {
	if s, _ := v.(string); strings.ContainsAny(s, "\r\n\x00") {
		return "a header has one line"
	}
	return ""
}

func badName(s string) string {
	if !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	return ""
}

func checkTemplate(s string) string {
	if _, err := NewTemplate(s); err != nil {
		return "value '" + s + "' is not in supported format, error:" + err.Error()
	}
	return ""
}
