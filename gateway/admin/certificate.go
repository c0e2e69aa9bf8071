package admin

import (
	"maps"
	"slices"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Kong's certificates have a field snis that is no field: the names of the SNIs
// that refer to them. Here it is taken apart and put together.

// names is the SNIs of a certificate, sorted.
func names(s *entity.State, certificate string) []any {
	var list []string
	for d := range s.Children("snis", "certificate", certificate) {
		name, _ := d.Fields()["name"].(string)
		list = append(list, name)
	}
	slices.Sort(list)
	out := make([]any, len(list))
	for i, n := range list {
		out[i] = n
	}
	return out
}

// withNames takes snis out of an op on a certificate and gives the ops that make
// the SNIs so.
func withNames(s *entity.State, op *entity.Op, old *entity.Document) ([]entity.Op, error) {
	given, there := op.Doc["snis"]
	if !there && op.Verb != entity.Put {
		return nil, nil
	}
	op.Doc = maps.Clone(op.Doc)
	delete(op.Doc, "snis")
	want, err := nameList(given)
	if err != nil {
		return nil, err
	}
	id := entity.NewID()
	switch own, _ := op.Doc["id"].(string); {
	case old != nil:
		id = old.ID
	case op.Verb == entity.Put && schema.IsUUID(op.ID):
		id = op.ID
	case schema.IsUUID(own):
		id = own
	}
	if op.Verb == entity.Create {
		op.Doc["id"] = id
	} else {
		if !schema.IsUUID(op.ID) && op.ID != "" && !want[op.ID] { // PUT /certificates/name
			want[op.ID] = true
		}
		op.ID = id
	}
	return nameOps(s, id, want)
}

func nameOps(s *entity.State, id string, want map[string]bool) (ops []entity.Op, err error) {
	for _, name := range slices.Sorted(maps.Keys(want)) {
		d := s.Find("snis", name)
		if d == nil {
			ref := map[string]any{"id": id}
			ops = append(ops, entity.Op{Verb: entity.Create, Kind: "snis", Doc: map[string]any{"name": name, "certificate": ref}})
		} else if other := refID(d.Fields(), "certificate"); other != id {
			return nil, wrongNames(name + " already associated with existing certificate '" + other + "'")
		}
	}
	for d := range s.Children("snis", "certificate", id) {
		if name, _ := d.Fields()["name"].(string); !want[name] {
			ops = append(ops, entity.Op{Verb: entity.Delete, Kind: "snis", ID: d.ID})
		}
	}
	return ops, nil
}

func nameList(v any) (map[string]bool, error) {
	want := map[string]bool{}
	if one, ok := v.(string); ok { // as a form says it
		v = []any{one}
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		return nil, wrongNames("expected an array")
	}
	for _, e := range list {
		name, ok := e.(string)
		if !ok {
			return nil, wrongNames("expected a string")
		}
		if want[name] {
			return nil, wrongNames(name + " is duplicated")
		}
		want[name] = true
	}
	return want, nil
}

func wrongNames(text string) error {
	return schema.Violation(schema.Faults{{Message: text}}.Below("snis"))
}
