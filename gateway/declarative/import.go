package declarative

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Import is what a file says, as ops that put its documents, parents first. What
// is wrong is a *schema.Error with pointers into the file.
func Import(m *entity.Model, file map[string]any) ([]entity.Op, error) {
	plan, err := read(m, file)
	if err != nil {
		return nil, err
	}
	return plan.ops(), nil
}

// Replace is the state that a file says, whole: what is not in the file goes.
func Replace(s *entity.State, file map[string]any, now time.Time) (*entity.Result, error) {
	return ReplaceTagged(s, file, nil, now)
}

// ReplaceTagged is Replace for a file that Export has made with these tags: what has
// none of them stays as it is.
func ReplaceTagged(s *entity.State, file map[string]any, tags []string, now time.Time) (*entity.Result, error) {
	plan, err := read(s.Model(), file)
	if err != nil {
		return nil, err
	}
	ops := plan.ops()
	there := map[string]bool{}
	for _, op := range ops {
		there[op.ID] = true
	}
	ours := exporter{s, Options{Tags: tags}}
	for _, k := range s.Model().Kinds() {
		for d := range s.All(k.Name) {
			if !there[d.ID] && ours.wanted(d) {
				ops = append(ops, entity.Op{Verb: entity.Delete, Kind: k.Name, ID: d.ID})
			}
		}
	}
	r, err := s.Apply(ops, now)
	if err != nil {
		return nil, plan.explain(err)
	}
	r.Documents = r.Documents[:len(plan.items)]
	return r, nil
}

// item is a document of the file.
type item struct {
	kind   *entity.Kind
	doc    map[string]any
	at     []any // names and indexes that lead to it
	parent *item
	field  string // the one that names the parent
	id     string
}

type plan struct {
	model     *entity.Model
	items     []*item
	ids       map[string]map[string]string // kind, key: id
	taken     map[string]*item             // kind and id
	faults    schema.Faults
	untouched bool // _transform: false
	old       bool // the file is of Kong 1 or 2
}

func (p *plan) fault(at []any, message, hint string) {
	p.faults = append(p.faults, schema.Faults{{Message: message, Hint: hint}}.Below(at...)...)
}

func read(m *entity.Model, file map[string]any) (*plan, error) {
	p := &plan{model: m, ids: map[string]map[string]string{}, taken: map[string]*item{}}
	p.header(file)
	p.level(file, nil, nil)
	// Parents come first in the model's order, and so have their ids.
	order := map[*entity.Kind]int{}
	for i, k := range m.Kinds() {
		order[k] = i
	}
	slices.SortStableFunc(p.items, func(a, b *item) int { return order[a.kind] - order[b.kind] })
	for _, it := range p.items {
		if p.old && it.kind.Name == "routes" {
			it.doc["paths"] = newPaths(it.doc["paths"])
		}
		p.refer(it)
		p.identify(it)
	}
	if p.faults != nil {
		return nil, invalid(p.faults)
	}
	return p, nil
}

func invalid(faults schema.Faults) *schema.Error {
	e := schema.Violation(faults)
	e.Code, e.Name = schema.CodeDeclarative, "invalid declarative configuration"
	e.Message = "declarative config is invalid: " + e.Message
	return e
}

// header judges the names that begin with _. Those of decK say nothing to us.
func (p *plan) header(file map[string]any) {
	switch v := file["_format_version"]; v {
	case nil:
		p.fault([]any{"_format_version"}, "required field missing", `write _format_version: "3.0"`)
	case "3.0", json.Number("3.0"):
	case "1.1", "2.1", json.Number("1.1"), json.Number("2.1"):
		p.old = true
	default:
		p.fault([]any{"_format_version"}, "expected one of: 1.1, 2.1, 3.0", `write _format_version: "3.0"`)
	}
	p.untouched = file["_transform"] == false
}

// level takes the lists of entities out of a file or, with a parent, out of an
// item.
func (p *plan) level(doc map[string]any, parent *item, at []any) {
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if strings.HasPrefix(name, "_") {
			if parent != nil {
				delete(doc, name)
			}
			continue
		}
		k, field := p.child(name, parent)
		if k == nil {
			if parent == nil {
				p.fault([]any{name}, "unknown field", schema.Meant(name, p.kindNames()))
			}
			continue
		}
		at := append(slices.Clone(at), name)
		v := doc[name]
		if parent != nil {
			delete(doc, name)
		}
		list, ok := v.([]any)
		if !ok && v != nil {
			p.fault(at, "expected an array", "")
		}
		for i, e := range list {
			at := append(slices.Clone(at), i)
			m, ok := e.(map[string]any)
			if !ok {
				p.fault(at, "expected a record", "")
				continue
			}
			it := &item{kind: k, doc: maps.Clone(m), at: at, parent: parent, field: field}
			p.items = append(p.items, it)
			p.level(it.doc, it, at)
		}
	}
}

// child is the kind that a name stands for at the top (parent nil) or inside of
// a parent, and its field that then names the parent.
func (p *plan) child(name string, parent *item) (*entity.Kind, string) {
	k := p.model.Kind(name)
	if parent == nil || k == nil {
		return k, ""
	}
	if parent.kind.Schema.Field(name) != nil {
		return nil, "" // as a service's ca_certificates: a field, no children
	}
	for _, r := range k.Refs {
		if r.Kind == parent.kind.Name && !r.List && !strings.Contains(r.Field, ".") {
			return k, r.Field
		}
	}
	return nil, ""
}

func (p *plan) kindNames() (out []string) {
	for _, k := range p.model.Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// refer writes the item's references as Apply takes them.
func (p *plan) refer(it *item) {
	for _, r := range it.kind.Refs {
		if it.parent != nil && r.Field == it.field {
			it.doc[r.Field] = map[string]any{"id": it.parent.id}
			continue
		}
		name, ok := schema.Get(it.doc, r.Field).(string)
		if !ok || r.List {
			continue
		}
		it.doc = with(it.doc, strings.Split(r.Field, "."), p.reference(r.Kind, name))
	}
}

func (p *plan) reference(kind, name string) any {
	if id, ok := p.ids[kind][name]; ok {
		return map[string]any{"id": id}
	}
	key := p.model.Kind(kind).Key
	if key == "" || schema.IsUUID(name) {
		key = "id"
	}
	return map[string]any{key: name} // there is none here: Apply says so
}

// with copies doc with another value below names.
func with(doc map[string]any, names []string, v any) map[string]any {
	out := maps.Clone(doc)
	if len(names) > 1 {
		inner, _ := out[names[0]].(map[string]any)
		v = with(inner, names[1:], v)
	}
	out[names[0]] = v
	return out
}

// identify gives the item its id and notes what it is called.
func (p *plan) identify(it *item) {
	id, given := it.doc["id"].(string)
	if !given {
		it.id = p.newID(it)
		it.doc["id"] = it.id
	} else {
		it.id = strings.ToLower(id)
	}
	place := it.kind.Name + " " + it.id
	if p.taken[place] != nil {
		p.fault(it.at, "uniqueness violation: another one of '"+it.kind.Name+"' with the same name or id is already declared", "")
	}
	p.taken[place] = it
	if key, ok := it.doc[it.kind.Key].(string); ok {
		if p.ids[it.kind.Name] == nil {
			p.ids[it.kind.Name] = map[string]string{}
		}
		p.ids[it.kind.Name][key] = it.id
	}
	if pw, ok := it.doc["password"].(string); ok && p.untouched && it.kind.Name == "basicauth_credentials" {
		it.doc["password"] = keepPassword(pw)
	}
}

// keepPassword: with _transform: false a password is a hash already, Kong's
// unless it says otherwise.
func keepPassword(pw string) string {
	if strings.HasPrefix(pw, "$") {
		return pw
	}
	return entity.KongPassword(pw)
}

// newID is the id of an item without one: of its name, or of its contents.
func (p *plan) newID(it *item) string {
	if name := nameOf(it.kind, it.doc); name != "" {
		return entity.NamedID(it.kind.Name, name)
	}
	b, err := schema.Encode(it.doc)
	if err != nil {
		return entity.NewID()
	}
	id := entity.NamedID(it.kind.Name, string(b))
	for n := 2; p.taken[it.kind.Name+" "+id] != nil; n++ { // the same twice is two
		id = entity.NamedID(it.kind.Name, fmt.Sprintf("%s %d", b, n))
	}
	return id
}

// nameOf is what Kong makes an id of: the key, with the parent's id where it is
// unique only below it; for plugins their name and where they work.
func nameOf(k *entity.Kind, doc map[string]any) string {
	key, _ := doc[k.Key].(string)
	if key != "" && k.Schema.Field(k.Key).Unique {
		return key
	}
	if key == "" && k.Name != "plugins" {
		return ""
	}
	if k.Name == "plugins" {
		name, _ := doc["name"].(string)
		return strings.Join([]string{k.Name, name, refID(doc, "route"), refID(doc, "service"), refID(doc, "consumer")}, ":")
	}
	for _, r := range k.Refs {
		if r.OnDelete == schema.Cascade {
			key += ":" + refID(doc, r.Field)
		}
	}
	return key
}

func refID(doc map[string]any, field string) string {
	m, _ := doc[field].(map[string]any)
	id, _ := m["id"].(string)
	return id
}

func (p *plan) ops() []entity.Op {
	out := make([]entity.Op, len(p.items))
	for i, it := range p.items {
		out[i] = entity.Op{Verb: entity.Put, Kind: it.kind.Name, ID: it.id, Doc: it.doc}
		if !schema.IsUUID(it.id) {
			out[i].ID = "" // validation refuses the document's id
		}
	}
	return out
}

// explain turns the failures of Apply into faults of the file.
func (p *plan) explain(err error) error {
	failures, ok := err.(entity.Failures)
	if !ok {
		return err
	}
	var faults schema.Faults
	for _, f := range failures {
		var at []any
		if f.Op < len(p.items) {
			at = p.items[f.Op].at
		}
		if f.Faults == nil {
			faults = append(faults, schema.Faults{{Message: f.Message}}.Below(at...)...)
		}
		faults = append(faults, f.Faults.Below(at...)...)
	}
	return invalid(faults)
}
