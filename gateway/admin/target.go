package admin

import (
	"net/url"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// target is what a path of entities names, before the state is looked at.
//
//	/services                 kind
//	/services/X               kind id
//	/services/X/routes        parent X, kind, field
//	/services/X/routes/Y      parent X, kind, field, id
//	/routes/X/service         parent X, kind, up
type target struct {
	kind   *entity.Kind
	id     string // "" is all of them
	parent *entity.Kind
	above  string // the parent's id or key
	field  string // the reference between the two
	up     bool   // the parent has it, and names kind
}

// locate finds what a path names, or nil.
func locate(m *entity.Model, path []string) *target {
	if len(path) == 0 || len(path) > 4 {
		return nil
	}
	k := m.ByPath(path[0])
	if k == nil {
		return nil
	}
	switch len(path) {
	case 1:
		return &target{kind: k}
	case 2:
		return &target{kind: k, id: path[1]}
	}
	t := below(m, k, path[2])
	if t == nil || t.up && len(path) > 3 {
		return nil
	}
	t.above = path[1]
	if len(path) == 4 {
		t.id = path[3]
	}
	return t
}

// below finds a name below an entity: its children, or what it refers to.
func below(m *entity.Model, k *entity.Kind, name string) *target {
	for _, c := range m.Children(k.Name) {
		if c.NestedPath() == name && !c.List && !strings.Contains(c.Field, ".") {
			return &target{kind: c.Kind, parent: k, field: c.Field}
		}
	}
	if r, ok := k.Ref(name); ok && !r.List && !strings.Contains(name, ".") {
		return &target{kind: m.Kind(r.Kind), parent: k, field: name, up: true}
	}
	return nil
}

// find looks a document up by what stands in a path: a certificate also by the
// name of one of its SNIs, as in Kong.
func find(s *entity.State, k *entity.Kind, idOrKey string) *entity.Document {
	if d := s.Find(k.Name, idOrKey); d != nil || k.Name != "certificates" {
		return d
	}
	if sni := s.Find("snis", idOrKey); sni != nil {
		return s.Get("certificates", refID(sni.Fields(), "certificate"))
	}
	return nil
}

func refID(doc map[string]any, field string) string {
	m, _ := doc[field].(map[string]any)
	id, _ := m["id"].(string)
	return id
}

// found is a target with the documents that it names.
type found struct {
	parent *entity.Document
	doc    *entity.Document
}

// in looks into a state. It is false when the way to the target does not exist;
// the target itself may still be missing.
func (t *target) in(s *entity.State) (f found, ok bool) {
	if t.parent == nil {
		if t.id != "" {
			f.doc = find(s, t.kind, t.id)
		}
		return f, true
	}
	if f.parent = find(s, t.parent, t.above); f.parent == nil {
		return f, false
	}
	switch {
	case t.up:
		if id := refID(f.parent.Fields(), t.field); id != "" {
			f.doc = s.Get(t.kind.Name, id)
		}
	case t.id != "":
		f.doc = s.FindBelow(t.kind.Name, t.field, f.parent.ID, t.id)
	}
	return f, true
}

// next is the path of the page after this one.
func (t *target) next(offset string, q query) any {
	if offset == "" {
		return nil
	}
	path := "/" + t.kind.Path
	if t.parent != nil {
		path = "/" + t.parent.Path + "/" + url.PathEscape(t.above) + "/" + t.kind.NestedPath()
	}
	return q.keep(path+"?offset="+url.QueryEscape(offset), "tags", "size")
}

// String is the path for the history, which viewers read: a key that is a secret
// does not stand there.
func (t *target) String() string {
	path := "/" + t.kind.Path
	if t.parent != nil {
		path = "/" + t.parent.Path + "/" + safe(t.parent, t.above) + "/" + t.kind.NestedPath()
	}
	if t.up {
		path = "/" + t.parent.Path + "/" + safe(t.parent, t.above) + "/" + t.field
	}
	if t.id != "" {
		path += "/" + safe(t.kind, t.id)
	}
	return path
}

func safe(k *entity.Kind, id string) string {
	if f := k.Schema.Field(k.Key); f != nil && f.Secret && !schema.IsUUID(id) {
		return schema.Hidden
	}
	return id
}
