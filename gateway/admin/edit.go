package admin

import (
	"maps"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

type moment = time.Time

// edit is one request that changes an entity: the common part of single
// requests and of batches.
type edit struct {
	target *target
	method string
	in     *input
}

// outcome is how it is answered.
type outcome struct {
	status int
	doc    *entity.Document
}

// run does it to a state.
func (e edit) run(s *entity.State, now time.Time) (*entity.Result, outcome, error) {
	t := e.target
	f, ok := t.in(s)
	if !ok {
		return nil, outcome{}, notFound()
	}
	if e.method == "DELETE" {
		return e.drop(s, f, now)
	}
	if t.kind.Key == "" && t.kind.Name != "certificates" && f.doc == nil && e.method == "PUT" && !t.up && !schema.IsUUID(t.id) {
		return nil, outcome{}, &schema.Error{
			Status: 400, Code: schema.CodeInvalidPrimaryKey, Name: "invalid primary key",
			Message: "invalid primary key: '{id=\"" + t.id + "\"}'", Fields: map[string]any{"id": "expected a valid UUID"},
		}
	}
	doc := e.document(s, f)
	op := entity.Op{Kind: t.kind.Name, ID: t.id, Doc: doc}
	status := 200
	if f.doc != nil {
		op.ID = f.doc.ID
	}
	if f.parent != nil && !t.up && (e.method != "PATCH" || doc[t.field] == nil) {
		doc[t.field] = map[string]any{"id": f.parent.ID}
	}
	var also []entity.Op
	switch e.method {
	case "POST":
		op.Verb, status = entity.Create, 201
	case "PUT":
		op.Verb = entity.Put
		if t.id != "" && !schema.IsUUID(t.id) && t.kind.Key != "" {
			doc[t.kind.Key] = t.id // the path says what it is called
		}
		if t.up && f.doc == nil { // what the parent shall refer to from now on
			op.ID = entity.NewID()
			also = append(also, entity.Op{
				Verb: entity.Patch, Kind: t.parent.Name, ID: f.parent.ID,
				Doc: map[string]any{t.field: map[string]any{"id": op.ID}},
			})
		}
	case "PATCH":
		op.Verb = entity.Patch
		if f.doc == nil && t.parent != nil {
			return nil, outcome{}, notFound()
		}
		if f.doc == nil {
			return nil, outcome{}, entity.NotFound(t.kind, t.id)
		}
	}
	ops := append([]entity.Op{op}, also...)
	if t.kind.Name == "certificates" {
		names, err := withNames(s, &ops[0], f.doc)
		if err != nil {
			return nil, outcome{}, err
		}
		ops = append(ops, names...)
	}
	r, err := s.Apply(ops, now)
	if err != nil {
		return nil, outcome{}, err
	}
	return r, outcome{status, r.Documents[0]}, nil
}

// drop deletes. What is not there is gone already; Kong says so only of what
// lies below something else.
func (e edit) drop(s *entity.State, f found, now time.Time) (*entity.Result, outcome, error) {
	if f.doc == nil {
		if e.target.parent != nil {
			return nil, outcome{}, notFound()
		}
		return &entity.Result{State: s}, outcome{status: 204}, nil
	}
	r, err := s.Apply([]entity.Op{{Verb: entity.Delete, Kind: e.target.kind.Name, ID: f.doc.ID}}, now)
	return r, outcome{status: 204}, err
}

// document is the body; a form's words become what the schema says.
func (e edit) document(s *entity.State, f found) map[string]any {
	if e.in.form == nil {
		return maps.Clone(e.in.doc)
	}
	return e.in.fields(s.Model(), e.target.kind, f.doc)
}

// fields is the body as a document of a kind. old tells a plugin's name where
// the body does not.
func (in *input) fields(m *entity.Model, k *entity.Kind, old *entity.Document) map[string]any {
	if in.form == nil {
		return maps.Clone(in.doc)
	}
	hint := map[string]any{}
	if old != nil {
		hint = old.Fields()
	}
	if n := in.form.fields["name"]; n != nil {
		hint["name"] = n.value(&schema.Field{Kind: schema.String})
	}
	sch, faults := m.SchemaFor(k, hint)
	if faults != nil {
		sch = k.Schema // Apply tells the faults
	}
	return in.form.document(&sch.Shape)
}
