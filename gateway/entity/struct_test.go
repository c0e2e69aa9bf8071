package entity

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"moongate/gateway/schema"
)

// The structs say in Go what the tables say: the same fields, of kinds that fit.
func TestStructsFollowSchemas(t *testing.T) {
	for _, k := range NewModel(Outside{}).Kinds() {
		compare(t, k.Name, &k.Schema.Shape, reflect.TypeOf(k.New()).Elem())
	}
}

func compare(t *testing.T, at string, s *schema.Shape, typ reflect.Type) {
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(typ) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && !f.Anonymous {
			fields[name] = f.Type
		}
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		at := at + "." + f.Name
		ft, ok := fields[f.Name]
		if !ok {
			t.Errorf("%s has no field in %s", at, typ)
			continue
		}
		delete(fields, f.Name)
		fits(t, at, f, ft)
	}
	for name := range fields {
		t.Errorf("%s.%s is not in the schema", at, name)
	}
}

func fits(t *testing.T, at string, f *schema.Field, typ reflect.Type) {
	if typ == reflect.TypeFor[json.RawMessage]() {
		return
	}
	if f.Kind == schema.Foreign {
		if typ != reflect.TypeFor[*Ref]() {
			t.Errorf("%s is %s, want *Ref", at, typ)
		}
		return
	}
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	kinds := map[schema.Kind][]reflect.Kind{
		schema.String: {reflect.String}, schema.Boolean: {reflect.Bool},
		schema.Integer: {reflect.Int, reflect.Float64}, schema.Number: {reflect.Float64},
		schema.Array: {reflect.Slice}, schema.Set: {reflect.Slice}, schema.Map: {reflect.Map}, schema.Record: {reflect.Struct},
	}
	ok := false
	for _, k := range kinds[f.Kind] {
		ok = ok || typ.Kind() == k
	}
	if !ok {
		t.Errorf("%s is %s in Go and %s in the schema", at, typ, f.Kind)
		return
	}
	switch f.Kind {
	case schema.Array, schema.Set, schema.Map:
		fits(t, at+"[]", f.Elem, typ.Elem())
	case schema.Record:
		compare(t, at, &f.Shape, typ)
	}
}

// What the tables fill in can be read by the structs.
func TestDefaultsDecode(t *testing.T) {
	for _, k := range NewModel(Outside{}).Kinds() {
		doc, _ := k.Schema.Fill(map[string]any{})
		raw, err := schema.Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(raw, k.New()); err != nil {
			t.Errorf("%s: %v\n%s", k.Name, err, raw)
		}
	}
}

// A table's own defaults must be valid, except for what nobody can default.
func TestDefaultsAreValid(t *testing.T) {
	for _, k := range NewModel(Outside{}).Kinds() {
		doc, faults := k.Schema.Complete(map[string]any{})
		for _, f := range faults {
			if !strings.Contains(f.Message, "required field missing") && !f.Entity {
				t.Errorf("%s%s: %s (%v)", k.Name, f.Pointer, f.Message, schema.Get(doc, strings.ReplaceAll(strings.TrimPrefix(f.Pointer, "/"), "/", ".")))
			}
		}
	}
}

func TestEveryFieldIsDocumented(t *testing.T) {
	var walk func(at string, s *schema.Shape)
	walk = func(at string, s *schema.Shape) {
		for i := range s.Fields {
			f := &s.Fields[i]
			if f.Doc == "" {
				t.Errorf("%s.%s has no doc", at, f.Name)
			}
			walk(at+"."+f.Name, &f.Shape)
			if f.Elem != nil {
				walk(at+"."+f.Name, &f.Elem.Shape)
			}
		}
	}
	for _, k := range NewModel(Outside{}).Kinds() {
		walk(k.Name, &k.Schema.Shape)
	}
}
