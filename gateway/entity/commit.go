package entity

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"moongate/gateway/schema"
)

// commit puts the documents together and checks what holds between them.
func (w *work) commit() {
	w.next = w.base.editable()
	for _, sl := range w.order {
		if sl.old != nil && !sl.unchanged() {
			w.next.drop(sl.kind, sl.old)
		}
	}
	for _, sl := range w.order {
		if sl.doc == nil || sl.unchanged() {
			continue
		}
		if clash := w.clash(sl); clash != nil {
			w.fail(sl.op, clash)
			continue
		}
		w.next.put(sl.kind, sl.made, sl.doc)
		w.change(sl.old, sl.made)
	}
	for _, sl := range w.order {
		if sl.doc != nil {
			w.checkReferences(sl)
		}
	}
	for _, sl := range w.order {
		if sl.doc == nil && sl.old != nil {
			w.change(sl.old, nil)
			w.cascade(sl.op, sl.old)
		}
	}
}

func (w *work) change(old, made *Document) {
	c := Change{}
	if old != nil {
		c.Kind, c.ID, c.Old = old.Kind, old.ID, old.Raw
	}
	if made != nil {
		c.Kind, c.ID, c.New = made.Kind, made.ID, made.Raw
	}
	w.changes = append(w.changes, c)
}

// clash says which unique value another document has.
func (w *work) clash(sl *slot) *schema.Error {
	k := sl.kind
	taken := func(key string) bool {
		id, ok := w.next.unique.get(key)
		return ok && id != sl.id
	}
	for _, f := range k.UniqueFields() {
		if v, ok := sl.doc[f].(string); ok && taken(uniqueKey(k.Name, f, v)) {
			return uniqueViolation(map[string]any{f: v})
		}
	}
	for _, fields := range k.Uniques {
		if taken(pairKey(k.Name, fields, sl.doc)) {
			values := map[string]any{}
			for _, f := range fields {
				values[f] = sl.doc[f]
			}
			return uniqueViolation(values)
		}
	}
	return nil
}

func (w *work) checkReferences(sl *slot) {
	for _, r := range sl.kind.Refs {
		for _, id := range r.ids(sl.doc) {
			if w.next.Get(r.Kind, id) != nil {
				continue
			}
			key := map[string]any{"id": id}
			w.fail(sl.op, &schema.Error{
				Status: 400, Code: schema.CodeForeignKey, Name: "foreign key violation",
				Message: fmt.Sprintf("the foreign key '%s' does not reference an existing '%s' entity.", lua(key), r.Kind),
				Fields:  map[string]any{r.Field: key},
				Faults:  fault("there is no such entity in "+r.Kind, "", r.Field),
			})
		}
	}
}

// cascade takes along what refers to a deleted document, or refuses.
func (w *work) cascade(op int, gone *Document) {
	for _, child := range w.base.model.Children(gone.Kind) {
		for _, d := range slices.Collect(w.next.Children(child.Name, child.Field, gone.ID)) {
			if child.OnDelete == schema.Cascade {
				w.next.drop(child.Kind, d)
				w.change(d, nil)
				w.cascade(op, d)
				continue
			}
			message := fmt.Sprintf("an existing '%s' entity references this '%s' entity", child.Name, gone.Kind)
			w.fail(op, &schema.Error{
				Status: 400, Code: schema.CodeForeignKey, Name: "foreign key violation", Message: message,
				Fields: map[string]any{"@referenced_by": child.Name},
				Faults: fault(message, "delete "+child.Name+" "+d.ID+" before", ""),
			})
			break // one of them says enough
		}
	}
}

func uniqueViolation(values map[string]any) *schema.Error {
	var faults schema.Faults
	for _, name := range slices.Sorted(maps.Keys(values)) {
		faults = append(faults, fault("is taken", "", name)...)
	}
	return &schema.Error{
		Status: 409, Code: schema.CodeUnique, Name: "unique constraint violation",
		Message: "UNIQUE violation detected on '" + lua(values) + "'", Fields: values, Faults: faults,
	}
}

// NotFound is the answer where a path leads nowhere.
func NotFound(k *Kind, idOrKey string) *schema.Error {
	by := map[string]any{"id": idOrKey}
	text := "could not find the entity with primary key '%s'"
	if !schema.IsUUID(idOrKey) && k.Key != "" {
		by = map[string]any{k.Key: idOrKey}
		text = "could not find the entity with '%s'"
	}
	return &schema.Error{
		Status: 404, Code: schema.CodeNotFound, Name: "not found",
		Message: fmt.Sprintf(text, lua(by)), Fields: by,
	}
}

// lua writes a value as Kong's messages do: {id="x",name=null}.
func lua(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		if v == nil {
			return "null"
		}
		return fmt.Sprintf("%q", fmt.Sprint(v))
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, k+"="+lua(m[k]))
	}
	return "{" + strings.Join(parts, ",") + "}"
}
