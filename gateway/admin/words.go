package admin

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"moongate/gateway/explain"
)

// js is a part of the OpenAPI document: a schema in most places.
type js = map[string]any

func typed(name string) js { return js{"type": name} }

func text() js { return typed("string") }

func whole() js { return typed("integer") }

func yesNo() js { return typed("boolean") }

func oneOf(words ...any) js { return js{"enum": words} }

func listOf(s js) js { return js{"type": "array", "items": s} }

func mapOf(s js) js { return js{"type": "object", "additionalProperties": s} }

func either(list ...any) js { return js{"anyOf": list} }

func orNull(s js) js { return either(s, typed("null")) }

func doc(text string, s js) js {
	s["description"] = text
	return s
}

// record is an object with these fields and no others: a name and its schema by turns. A
// name that begins with ? may be missing.
func record(fields ...any) js {
	properties, required := js{}, []any{}
	for i := 0; i < len(fields); i += 2 {
		name, optional := strings.CutPrefix(fields[i].(string), "?")
		properties[name] = fields[i+1]
		if !optional {
			required = append(required, name)
		}
	}
	return js{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
}

func refTo(name string) js { return js{"$ref": "#/components/schemas/" + name} }

// typeOf is the schema of what a Go value becomes in JSON. Of what clients send, asked is
// set: there everything may be missing.
func typeOf[T any](asked bool) js { return describeType(reflect.TypeFor[T](), asked) }

func describeType(t reflect.Type, asked bool) js {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return js{"type": "string", "format": "date-time"}
	case t == reflect.TypeFor[explain.Headers]():
		return mapOf(either(text(), listOf(text())))
	case t == reflect.TypeFor[json.RawMessage](), t.Kind() == reflect.Interface:
		return js{}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(describeType(t.Elem(), asked))
	case reflect.Struct:
		out := js{"type": "object", "properties": js{}, "additionalProperties": false}
		out["required"] = describeFields(out["properties"].(js), t, asked)
		return out
	case reflect.Slice:
		return listOf(describeType(t.Elem(), asked))
	case reflect.Map:
		return mapOf(describeType(t.Elem(), asked))
	case reflect.String:
		return text()
	case reflect.Bool:
		return yesNo()
	case reflect.Float32, reflect.Float64:
		return typed("number")
	}
	return whole()
}

// describeFields adds a struct's fields and gives those that are always there.
func describeFields(to js, t reflect.Type, asked bool) []any {
	required := []any{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		if f.Anonymous && name == "" {
			required = append(required, describeFields(to, f.Type, asked)...)
			continue
		}
		to[name] = describeType(f.Type, asked)
		if options == "" && !asked {
			required = append(required, name)
		}
	}
	return required
}
