package entity

import (
	"fmt"
	"strings"
	"time"

	"moongate/gateway/schema"
)

// Verb is what an Op does.
type Verb int

const (
	Create Verb = iota // POST: there must be none with this id
	Put                // PUT: the whole document, new or not
	Patch              // PATCH: only these fields
	Delete
)

// Op is one wish. Several are granted together or not at all, so that their
// order matters only where one names what another has made.
type Op struct {
	Verb Verb
	Kind string
	ID   string // id or key, as in a path; empty for Create
	Doc  map[string]any
}

// Result is what Apply has made.
type Result struct {
	State   *State
	Changes []Change
	// Documents has what became of each op's document: nil for Delete.
	Documents []*Document
}

// Failure is why an op can't be.
type Failure struct {
	Op int // its place in the list
	*schema.Error
}

// Failures is the error of Apply.
type Failures []Failure

func (f Failures) Error() string {
	texts := make([]string, len(f))
	for i := range f {
		texts[i] = f[i].Message
	}
	return strings.Join(texts, "; ")
}

// Apply grants all ops or none. Fields are completed and validated, references
// must exist, what is unique must be, and what refers to something deleted goes
// with it or forbids it. These hold at the end, not between the ops: two names
// can be swapped, and a route may come before its service. A document that would
// not change yields no Change. The error is of type Failures.
func (s *State) Apply(ops []Op, now time.Time) (*Result, error) {
	w := &work{base: s, now: now, slots: map[place]*slot{}, names: map[string]string{}}
	places := make([]place, len(ops))
	for i, op := range ops {
		places[i] = w.plan(i, op)
	}
	if w.failures == nil {
		w.complete()
	}
	if w.failures == nil {
		w.commit()
	}
	if w.failures != nil {
		return nil, w.failures
	}
	r := &Result{State: w.next, Changes: w.changes, Documents: make([]*Document, len(ops))}
	for i, p := range places {
		if ops[i].Verb != Delete {
			r.Documents[i] = w.next.Get(p.kind, p.id)
		}
	}
	return r, nil
}

type place struct{ kind, id string }

// slot is a document that an op touches.
type slot struct {
	place
	kind *Kind
	op   int            // the last one that touched it
	old  *Document      // nil: it is new
	doc  map[string]any // as it shall be; nil: deleted
	made *Document      // doc as it is kept; old itself when nothing changes

	fields map[string]any // old taken apart
}

// was is the old document; nil if there is none. Nobody changes it.
func (sl *slot) was() map[string]any {
	if sl.fields == nil && sl.old != nil {
		sl.fields = sl.old.Fields()
	}
	return sl.fields
}

func (sl *slot) unchanged() bool { return sl.doc != nil && sl.made == sl.old }

// work is an Apply under way, in three passes: plan says which documents there
// shall be, complete fills in and validates each, commit puts them together.
type work struct {
	base     *State
	next     *State
	now      time.Time
	slots    map[place]*slot
	order    []*slot
	names    map[string]string // unique keys that ops have set: id
	changes  []Change
	failures Failures
}

func (w *work) fail(op int, err *schema.Error) {
	w.failures = append(w.failures, Failure{op, err})
}

func (w *work) plan(i int, op Op) place {
	k := w.base.model.Kind(op.Kind)
	if k == nil {
		w.fail(i, &schema.Error{Status: 404, Code: schema.CodeNotFound, Name: "not found", Message: fmt.Sprintf("there is no kind '%s' of entities", op.Kind)})
		return place{}
	}
	id := w.find(k, op.ID)
	if op.Verb == Create || op.Verb == Put {
		return w.planWhole(i, k, op, id)
	}
	if id == "" {
		w.fail(i, NotFound(k, op.ID))
		return place{}
	}
	sl := w.slot(i, k, id)
	if op.Verb == Delete {
		sl.doc = nil
		return sl.place
	}
	was := sl.doc
	if was == nil {
		was = sl.was()
	}
	// The schema is the new name's where a plugin gets another one.
	sch, faults := w.base.model.SchemaFor(k, merged(was, op.Doc))
	if faults == nil {
		var doc map[string]any
		doc, faults = sch.Patch(was, op.Doc)
		sl.doc = doc
		w.name(k, id, doc)
	}
	if faults != nil {
		w.fail(i, schema.Violation(faults))
	}
	return sl.place
}

// merged is old with patch's fields, at the top only.
func merged(old, patch map[string]any) map[string]any {
	out := map[string]any{}
	for k, v := range old {
		out[k] = v
	}
	for k, v := range patch {
		out[k] = v
	}
	return out
}

// planWhole is Create and Put: the document is given whole.
func (w *work) planWhole(i int, k *Kind, op Op, id string) place {
	doc, _ := schema.Normal(op.Doc).(map[string]any)
	if doc == nil {
		doc = map[string]any{}
	}
	switch {
	case op.ID == "": // the document says it, or nobody
		if own, ok := doc["id"].(string); ok && schema.IsUUID(own) {
			id = strings.ToLower(own)
		}
	case id == "" && schema.IsUUID(op.ID):
		id = strings.ToLower(op.ID)
	}
	if op.ID != "" && !schema.IsUUID(op.ID) && k.Key != "" {
		doc[k.Key] = op.ID
	}
	if id == "" {
		id = NewID()
	}
	if given := doc["id"]; given == nil || op.ID != "" {
		doc["id"] = id
	}
	there := w.there(place{k.Name, id})
	if op.Verb == Create && there {
		w.fail(i, &schema.Error{
			Status: 400, Code: schema.CodePrimaryKey, Name: "primary key violation",
			Message: "primary key violation on key '" + lua(map[string]any{"id": id}) + "'", Fields: map[string]any{"id": id},
		})
		return place{}
	}
	sl := w.slot(i, k, id)
	if sl.old != nil && doc["created_at"] == nil {
		doc["created_at"] = sl.was()["created_at"]
	}
	sl.doc = doc
	w.name(k, id, doc)
	return sl.place
}

// slot is the place of a document among those that change.
func (w *work) slot(op int, k *Kind, id string) *slot {
	p := place{k.Name, id}
	sl := w.slots[p]
	if sl == nil {
		sl = &slot{place: p, kind: k, old: w.base.Get(k.Name, id)}
		w.slots[p] = sl
		w.order = append(w.order, sl)
	}
	sl.op = op
	return sl
}

func (w *work) there(p place) bool {
	if sl := w.slots[p]; sl != nil {
		return sl.doc != nil
	}
	return w.base.Get(p.kind, p.id) != nil
}

// name notes what a document is called from now on.
func (w *work) name(k *Kind, id string, doc map[string]any) {
	for _, f := range k.UniqueFields() {
		if v, ok := doc[f].(string); ok {
			w.names[uniqueKey(k.Name, f, v)] = id
		}
	}
}

// find is the id of a document as the ops so far have left it, or "".
func (w *work) find(k *Kind, idOrKey string) string {
	id := strings.ToLower(idOrKey)
	if schema.IsUUID(id) && w.there(place{k.Name, id}) {
		return id
	}
	if k.Key == "" || idOrKey == "" {
		return ""
	}
	return w.byUnique(k, k.Key, idOrKey)
}

func (w *work) byUnique(k *Kind, field, value string) string {
	id := w.names[uniqueKey(k.Name, field, value)]
	if sl := w.slots[place{k.Name, id}]; sl != nil && sl.doc[field] == value {
		return id
	}
	d := w.base.ByUnique(k.Name, field, value)
	if d == nil || w.slots[place{k.Name, d.ID}] != nil {
		return ""
	}
	return d.ID
}
