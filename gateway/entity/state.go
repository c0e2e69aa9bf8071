package entity

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"moongate/gateway/schema"
)

// State is all documents with the ways to find them. It never changes and may be
// read by many at once. Its indexes are sorted maps over one string each:
//
//	docs    kind: id                              the document
//	unique  kind 0 field 0 value                  id
//	        kind 0 field,field 0 JSON of values   id
//	tags    kind 0 tag 0 id
//	refs    kind 0 id 0 child kind 0 field 0 child id
type State struct {
	model  *Model
	docs   map[string]tree[*Document]
	unique tree[string]
	tags   tree[struct{}]
	refs   tree[struct{}]
}

// New is a state without documents.
func New(m *Model) *State { return &State{model: m, docs: map[string]tree[*Document]{}} }

// Model is the tables that the state goes by.
func (s *State) Model() *Model { return s.model }

// Len counts the documents of a kind.
func (s *State) Len(kind string) int { return s.docs[kind].len() }

// Get finds a document by its id, or returns nil.
func (s *State) Get(kind, id string) *Document {
	d, _ := s.docs[kind].get(strings.ToLower(id))
	return d
}

// Find finds a document by what stands in a path: its id, or its key where the
// kind has one that is unique by itself.
func (s *State) Find(kind, idOrKey string) *Document {
	if schema.IsUUID(idOrKey) {
		if d := s.Get(kind, idOrKey); d != nil {
			return d
		}
	}
	k := s.model.Kind(kind)
	if k == nil || k.Key == "" {
		return nil
	}
	return s.ByUnique(kind, k.Key, idOrKey)
}

// FindBelow finds a document among the children of another one, as
// /upstreams/X/targets/Y names it.
func (s *State) FindBelow(kind, field, parent, idOrKey string) *Document {
	k := s.model.Kind(kind)
	if k == nil {
		return nil
	}
	if d := s.Find(kind, idOrKey); d != nil {
		if s.refersTo(kind, d.ID, field, parent) {
			return d
		}
		return nil
	}
	for _, pair := range k.Uniques {
		if len(pair) == 2 && pair[0] == field && pair[1] == k.Key {
			doc := map[string]any{field: map[string]any{"id": parent}, k.Key: idOrKey}
			if k.tidy != nil {
				k.tidy(doc)
			}
			id, _ := s.unique.get(pairKey(kind, pair, doc))
			return s.Get(kind, id)
		}
	}
	return nil
}

// ByUnique finds a document by a field that is unique by itself.
func (s *State) ByUnique(kind, field, value string) *Document {
	id, ok := s.unique.get(uniqueKey(kind, field, value))
	if !ok {
		return nil
	}
	return s.Get(kind, id)
}

// All yields the documents of a kind by id.
func (s *State) All(kind string) iter.Seq[*Document] { return s.allFrom(kind, "") }

// AllAfter yields those that come after an id.
func (s *State) AllAfter(kind, id string) iter.Seq[*Document] {
	return func(yield func(*Document) bool) {
		for d := range s.allFrom(kind, id) {
			if d.ID != id && !yield(d) {
				return
			}
		}
	}
}

func (s *State) allFrom(kind, id string) iter.Seq[*Document] {
	return func(yield func(*Document) bool) {
		for _, d := range s.docs[kind].from(id) {
			if !yield(d) {
				return
			}
		}
	}
}

// Children yields the documents of a kind whose field refers to parent, by id.
func (s *State) Children(kind, field, parent string) iter.Seq[*Document] {
	return s.childrenFrom(kind, field, parent, "")
}

func (s *State) childrenFrom(kind, field, parent, from string) iter.Seq[*Document] {
	return func(yield func(*Document) bool) {
		r, ok := s.reference(kind, field)
		if !ok {
			return
		}
		prefix := refKey(r.Kind, parent, kind, field, "")
		for key := range s.refs.from(prefix + from) {
			id, ok := strings.CutPrefix(key, prefix)
			if !ok || !yield(s.Get(kind, id)) {
				return
			}
		}
	}
}

func (s *State) reference(kind, field string) (Reference, bool) {
	k := s.model.Kind(kind)
	if k == nil {
		return Reference{}, false
	}
	return k.Ref(field)
}

func (s *State) refersTo(kind, id, field, parent string) bool {
	r, ok := s.reference(kind, field)
	if !ok {
		return false
	}
	_, ok = s.refs.get(refKey(r.Kind, parent, kind, field, id))
	return ok
}

// HasTag says whether a document has a tag.
func (s *State) HasTag(kind, id, tag string) bool {
	_, ok := s.tags.get(join(kind, tag, id))
	return ok
}

// Tagged yields each tag of a kind with the id of a document that has it; only
// one tag if it is not "".
func (s *State) Tagged(kind, tag string) iter.Seq2[string, string] {
	prefix := join(kind, "")
	if tag != "" {
		prefix = join(kind, tag, "")
	}
	return func(yield func(tag, id string) bool) {
		for key := range s.tags.from(prefix) {
			if !strings.HasPrefix(key, prefix) {
				return
			}
			parts := strings.Split(key, "\x00")
			if !yield(parts[1], parts[2]) {
				return
			}
		}
	}
}

func join(parts ...string) string { return strings.Join(parts, "\x00") }

func uniqueKey(kind, field, value string) string { return join(kind, field, value) }

func refKey(parentKind, parent, kind, field, id string) string {
	return join(parentKind, parent, kind, field, id)
}

// pairKey is for fields that are unique together.
func pairKey(kind string, fields []string, doc map[string]any) string {
	values := make([]any, len(fields))
	for i, f := range fields {
		values[i] = doc[f]
	}
	b, err := json.Marshal(values)
	if err != nil {
		return ""
	}
	return join(kind, strings.Join(fields, ","), string(b))
}

// editable is a copy of the state that may be changed until it is given away.
func (s *State) editable() *State {
	c := *s
	c.docs = maps.Clone(s.docs)
	return &c
}

// entry is what the indexes say about a document.
type entry struct {
	unique []string
	tags   []string
	refs   []string
}

func (s *State) entry(k *Kind, id string, doc map[string]any) (e entry) {
	fields := s.model.follows
	if fields == nil {
		e = k.entry(id, doc)
	}
	for _, r := range k.Refs {
		if fields != nil && !slices.Contains(fields[k.Name], r.Field) {
			continue
		}
		for _, to := range r.ids(doc) {
			e.refs = append(e.refs, refKey(r.Kind, to, k.Name, r.Field, id))
		}
	}
	return e
}

// entry is all but the references.
func (k *Kind) entry(id string, doc map[string]any) (e entry) {
	for _, f := range k.UniqueFields() {
		if v, ok := doc[f].(string); ok {
			e.unique = append(e.unique, uniqueKey(k.Name, f, v))
		}
	}
	for _, fields := range k.Uniques {
		e.unique = append(e.unique, pairKey(k.Name, fields, doc))
	}
	tags, _ := doc["tags"].([]any)
	for _, t := range tags {
		if t, ok := t.(string); ok {
			e.tags = append(e.tags, join(k.Name, t, id))
		}
	}
	return e
}

// ids is what a document refers to by this reference.
func (r Reference) ids(doc map[string]any) (out []string) {
	v := schema.Get(doc, r.Field)
	if r.List {
		list, _ := v.([]any)
		for _, e := range list {
			if id, ok := e.(string); ok {
				out = append(out, id)
			}
		}
		return out
	}
	if m, ok := v.(map[string]any); ok {
		if id, ok := m["id"].(string); ok {
			out = append(out, id)
		}
	}
	return out
}

// put and drop change an editable state. doc is d taken apart.
func (s *State) put(k *Kind, d *Document, doc map[string]any) {
	s.docs[k.Name] = s.docs[k.Name].set(d.ID, d)
	e := s.entry(k, d.ID, doc)
	for _, key := range e.unique {
		s.unique = s.unique.set(key, d.ID)
	}
	for _, key := range e.tags {
		s.tags = s.tags.set(key, struct{}{})
	}
	for _, key := range e.refs {
		s.refs = s.refs.set(key, struct{}{})
	}
}

func (s *State) drop(k *Kind, d *Document) {
	s.docs[k.Name] = s.docs[k.Name].remove(d.ID)
	e := s.entry(k, d.ID, d.Fields())
	for _, key := range e.unique {
		if id, _ := s.unique.get(key); id == d.ID {
			s.unique = s.unique.remove(key)
		}
	}
	for _, key := range e.tags {
		s.tags = s.tags.remove(key)
	}
	for _, key := range e.refs {
		s.refs = s.refs.remove(key)
	}
}

// Load makes a state of documents that were in one before. It checks only their
// form: they were valid when they were written.
func Load(m *Model, docs iter.Seq[*Document]) (*State, error) {
	s := New(m).editable()
	for d := range docs {
		if err := s.take(d.Kind, d.ID, d.Raw); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Replay is the state after changes that were made elsewhere, unchecked as Load.
func (s *State) Replay(changes []Change) (*State, error) {
	out := s.editable()
	for _, c := range changes {
		if err := out.take(c.Kind, c.ID, c.New); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *State) take(kind, id string, raw json.RawMessage) error {
	k := s.model.Kind(kind)
	if k == nil {
		return fmt.Errorf("there is no kind %q of entities", kind)
	}
	if f := s.model.follows; f != nil && f[kind] == nil {
		if raw == nil {
			s.docs[kind] = s.docs[kind].remove(id)
		} else {
			s.docs[kind] = s.docs[kind].set(id, &Document{kind, id, raw})
		}
		return nil
	}
	if old := s.Get(kind, id); old != nil {
		s.drop(k, old)
	}
	if raw == nil {
		return nil
	}
	doc, err := schema.DecodeObject(raw)
	if err != nil {
		return fmt.Errorf("%s %s: %w", kind, id, err)
	}
	if doc["id"] != id {
		return fmt.Errorf("%s %s: the document's own id is %v", kind, id, doc["id"])
	}
	s.put(k, &Document{kind, id, raw}, doc)
	return nil
}
