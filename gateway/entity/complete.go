package entity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"moongate/gateway/schema"
)

// complete makes each touched document what it shall be, and validates it.
func (w *work) complete() {
	for _, sl := range w.order {
		if sl.doc == nil {
			continue
		}
		if unresolved := w.resolve(sl); unresolved != nil {
			w.fail(sl.op, unresolved)
			continue
		}
		if faults := w.finish(sl); faults != nil {
			w.fail(sl.op, schema.Violation(faults))
		}
	}
}

func (w *work) finish(sl *slot) schema.Faults {
	sch, faults := w.base.model.SchemaFor(sl.kind, sl.doc)
	if faults != nil {
		return faults
	}
	old := sl.was()
	w.auto(sl, sch, old)
	doc, faults := sch.Complete(sl.doc)
	if faults != nil {
		return faults
	}
	if sl.kind.tidy != nil {
		sl.kind.tidy(doc)
	}
	for i := range sch.Fields {
		f := &sch.Fields[i]
		if f.Immutable && old[f.Name] != nil && !schema.Equal(old[f.Name], doc[f.Name]) {
			faults = append(faults, fault("immutable field cannot be updated", "", f.Name)...)
		}
	}
	if faults != nil {
		return faults
	}
	if old != nil && sameBut(old, doc, "updated_at") {
		sl.made = sl.old
		sl.doc = old
		return nil
	}
	made, err := newDocument(sl.place.kind, doc)
	if err != nil {
		return fault(err.Error(), "", "")
	}
	sl.doc, sl.made = doc, made
	return nil
}

func sameBut(a, b map[string]any, field string) bool {
	a, b = maps.Clone(a), maps.Clone(b)
	delete(a, field)
	delete(b, field)
	return schema.Equal(a, b)
}

// auto fills in what the gateway knows: times, and keys that nobody gave.
func (w *work) auto(sl *slot, sch *schema.Schema, old map[string]any) {
	now := schema.Normal(w.now.Unix())
	if sl.kind.milliseconds {
		now = schema.Normal(float64(w.now.UnixMilli()) / 1000)
	}
	doc := sl.doc
	if doc["created_at"] == nil {
		doc["created_at"] = now
	}
	if doc["updated_at"] == nil || old != nil {
		doc["updated_at"] = now
	}
	secrets(&sch.Shape, doc, old)
}

// secrets makes up those that nobody gave, also in a plugin's config; a document that is
// replaced keeps them.
func secrets(s *schema.Shape, doc, old map[string]any) {
	for i := range s.Fields {
		f := &s.Fields[i]
		if f.Kind == schema.Record && f.Required {
			in, ok := doc[f.Name].(map[string]any)
			if doc[f.Name] != nil && !ok || !slices.ContainsFunc(f.Fields, isSecret) {
				continue
			}
			was, _ := old[f.Name].(map[string]any)
			in = maps.Clone(in)
			if in == nil {
				in = map[string]any{}
			}
			secrets(&f.Shape, in, was)
			doc[f.Name] = in
			continue
		}
		if isSecret(*f) && doc[f.Name] == nil {
			if doc[f.Name] = old[f.Name]; doc[f.Name] == nil {
				doc[f.Name] = NewSecret()
			}
		}
	}
}

func isSecret(f schema.Field) bool {
	return f.Auto && f.Required && f.Kind == schema.String && f.Name != "id"
}

// resolve replaces references by name ({"name": "x"}) by such with an id.
func (w *work) resolve(sl *slot) *schema.Error {
	fields := map[string]any{}
	var texts []string
	var faults schema.Faults
	for _, r := range sl.kind.Refs {
		m, ok := schema.Get(sl.doc, r.Field).(map[string]any)
		if r.List || !ok || len(m) != 1 || m["id"] != nil {
			continue
		}
		to := w.base.model.Kind(r.Kind)
		for name, v := range m {
			value, ok := v.(string)
			if !ok || !slices.Contains(to.UniqueFields(), name) {
				continue // validation refuses it
			}
			id := w.byUnique(to, name, value)
			if id == "" {
				text := fmt.Sprintf("the foreign key cannot be resolved with '%s' for an existing '%s' entity", lua(m), r.Kind)
				fields[r.Field] = map[string]any{name: text}
				texts = append(texts, r.Field+"."+name+": "+text)
				faults = append(faults, fault(text, "make it first: PUT /"+to.Path+"/"+value, r.Field+"."+name)...)
				continue
			}
			sl.doc = replaced(sl.doc, strings.Split(r.Field, "."), map[string]any{"id": id})
		}
	}
	if texts == nil {
		return nil
	}
	message := fmt.Sprintf("foreign key unresolved (%s)", texts[0])
	if len(texts) > 1 {
		message = fmt.Sprintf("%d foreign keys unresolved (%s)", len(texts), strings.Join(texts, "; "))
	}
	return &schema.Error{Status: 400, Code: schema.CodeUnresolved, Name: "foreign keys unresolved", Message: message, Fields: fields, Faults: faults}
}

// replaced copies doc with another value below names.
func replaced(doc map[string]any, names []string, v any) map[string]any {
	out := maps.Clone(doc)
	if len(names) == 1 {
		out[names[0]] = v
		return out
	}
	inner, _ := out[names[0]].(map[string]any)
	out[names[0]] = replaced(inner, names[1:], v)
	return out
}
