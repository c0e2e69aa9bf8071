package entity

import (
	"slices"

	"moongate/gateway/schema"
)

// Kind is one sort of entity.
type Kind struct {
	Name    string         // "keyauth_credentials", as Kong's tables and /schemas call it
	Path    string         // "key-auths": where the Admin API has all of them
	Nested  string         // "key-auth": where it has one parent's; "" is Path
	Key     string         // the field that may stand for the id in a path; "" is none
	Uniques [][]string     // fields that are unique together; null is a value there
	Schema  *schema.Schema // of plugins without the config's own: see Model.SchemaFor
	New     func() any     // a pointer to its struct
	Ours    bool           // Kong does not have it
	Refs    []Reference    // its foreign keys

	// refine is the schema for one document, where it depends on the document.
	refine func(s *schema.Schema, doc map[string]any) (*schema.Schema, schema.Faults)
	// tidy brings a filled document into the form that is kept.
	tidy         func(doc map[string]any)
	milliseconds bool // times have a fraction, as those of targets in Kong
}

// Reference is a foreign key of a kind.
type Reference struct {
	Field    string // "service", or with dots inside a record
	Kind     string // of what it names
	OnDelete schema.Rule
	List     bool // the field is a list of ids
}

// NestedPath is the name below a parent: /consumers/X/key-auth.
func (k *Kind) NestedPath() string {
	if k.Nested != "" {
		return k.Nested
	}
	return k.Path
}

// Ref finds a foreign key of the kind by its field.
func (k *Kind) Ref(field string) (Reference, bool) {
	for _, r := range k.Refs {
		if r.Field == field {
			return r, true
		}
	}
	return Reference{}, false
}

// UniqueFields are the fields that are unique by themselves.
func (k *Kind) UniqueFields() []string {
	var out []string
	for _, f := range k.Schema.Fields {
		if f.Unique {
			out = append(out, f.Name)
		}
	}
	return out
}

// Outside is what the tables need from elsewhere. All may be nil.
type Outside struct {
	Plugins Plugins
	// Path says what is wrong with the regular expression of a route's path, Regex
	// with one that a header, a query argument or a cookie must match.
	Path, Regex func(pattern string) error
}

// Model is the tables of all kinds.
type Model struct {
	kinds  []*Kind
	byName map[string]*Kind
	// follows is nil, or what States of the model have besides the documents: the
	// fields whose references are indexed, by kind.
	follows map[string][]string
}

// Following is the model for States that are only replayed and read by kind and id:
// they have none of the indexes but those of the references named, "targets" and
// "upstream" say, for Children. A change costs such a State a fraction of what it
// costs one that checks and lists.
func (m *Model) Following(refs ...[2]string) *Model {
	f := *m
	f.follows = map[string][]string{}
	for _, r := range refs {
		f.follows[r[0]] = append(f.follows[r[0]], r[1])
	}
	return &f
}

// NewModel builds the tables. Kinds come in the order in which documents can be
// written one by one: what is referred to comes first.
func NewModel(o Outside) *Model {
	m := &Model{byName: map[string]*Kind{}}
	certs := certificates()
	m.kinds = append(m.kinds, certs...)
	m.kinds = append(m.kinds, services(), routes(&o), upstreams(), targets(), consumers())
	m.kinds = append(m.kinds, credentials()...)
	m.kinds = append(m.kinds, plugins(&o), releases(&o), clientClasses(&o))
	for _, k := range m.kinds {
		m.byName[k.Name] = k
		k.Refs = references("", &k.Schema.Shape)
	}
	return m
}

// Kinds is all of them, those that are referred to first.
func (m *Model) Kinds() []*Kind { return m.kinds }

// Kind finds one by its name, or nil.
func (m *Model) Kind(name string) *Kind { return m.byName[name] }

// ByPath finds one by its place in the Admin API, or nil.
func (m *Model) ByPath(path string) *Kind {
	i := slices.IndexFunc(m.kinds, func(k *Kind) bool { return k.Path == path })
	if i < 0 {
		return nil
	}
	return m.kinds[i]
}

// Children are the references to a kind: what is nested below it.
func (m *Model) Children(name string) []Child {
	var out []Child
	for _, k := range m.kinds {
		for _, r := range k.Refs {
			if r.Kind == name {
				out = append(out, Child{k, r})
			}
		}
	}
	return out
}

// Child is a kind that refers to another one.
type Child struct {
	*Kind
	Reference
}

// SchemaFor is the schema that a document must keep to: for a plugin that with
// its config.
func (m *Model) SchemaFor(k *Kind, doc map[string]any) (*schema.Schema, schema.Faults) {
	if k.refine == nil {
		return k.Schema, nil
	}
	return k.refine(k.Schema, doc)
}

// references finds foreign keys, also inside of records.
func references(prefix string, s *schema.Shape) []Reference {
	var out []Reference
	for i := range s.Fields {
		f := &s.Fields[i]
		name := prefix + f.Name
		switch {
		case f.Kind == schema.Foreign:
			out = append(out, Reference{Field: name, Kind: f.Reference, OnDelete: f.OnDelete})
		case f.Kind == schema.Record:
			out = append(out, references(name+".", &f.Shape)...)
		case f.Elem != nil && f.Elem.Reference != "":
			out = append(out, Reference{Field: name, Kind: f.Elem.Reference, OnDelete: f.Elem.OnDelete, List: true})
		}
	}
	return out
}
