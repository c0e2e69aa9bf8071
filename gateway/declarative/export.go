package declarative

import (
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Options of Export.
type Options struct {
	Full bool     // with all defaults, ids and times
	Tags []string // only documents with one of these tags, as decK's select_tags
}

// Export is the whole state as a file: children inside their parents, without
// what an import puts back by itself (defaults, nulls, times, and ids that come
// from names). Importing it yields the same documents.
func Export(s *entity.State, o Options) map[string]any {
	e := exporter{s, o}
	file := map[string]any{"_format_version": "3.0", "_transform": false}
	if s.Len("basicauth_credentials") == 0 {
		delete(file, "_transform") // it says that passwords are hashes
	}
	if len(o.Tags) > 0 {
		tags := make([]any, len(o.Tags))
		for i, t := range o.Tags {
			tags[i] = t
		}
		file["_info"] = map[string]any{"select_tags": tags} // as decK says that this is not all
	}
	for _, k := range s.Model().Kinds() {
		var list []any
		for d := range s.All(k.Name) {
			doc := d.Fields()
			if e.wanted(d) && e.home(k, doc) == "" {
				list = append(list, e.document(k, d, doc, ""))
			}
		}
		if list != nil {
			file[k.Name] = list
		}
	}
	return file
}

type exporter struct {
	state *entity.State
	Options
}

func (e *exporter) wanted(d *entity.Document) bool {
	for _, t := range e.Tags {
		if e.state.HasTag(d.Kind, d.ID, t) {
			return true
		}
	}
	return len(e.Tags) == 0
}

// home is the field that names the parent which a document is written inside
// of, or "" for the top: the only parent it has, if that one is written.
func (e *exporter) home(k *entity.Kind, doc map[string]any) string {
	field := ""
	for _, r := range k.Refs {
		if r.List || strings.Contains(r.Field, ".") || refID(doc, r.Field) == "" {
			continue
		}
		if r.OnDelete != schema.Cascade && k.Name != "routes" {
			continue // a client_certificate is no parent
		}
		if field != "" {
			return ""
		}
		if d := e.state.Get(r.Kind, refID(doc, r.Field)); d == nil || !e.wanted(d) {
			return ""
		}
		field = r.Field
	}
	return field
}

func (e *exporter) document(k *entity.Kind, d *entity.Document, doc map[string]any, inside string) map[string]any {
	out := doc
	if !e.Full {
		s := k.Schema
		if sch, faults := e.state.Model().SchemaFor(k, doc); faults == nil {
			s = sch
		}
		out = prune(&s.Shape, doc)
		delete(out, "created_at")
		delete(out, "updated_at")
		if name := nameOf(k, doc); name != "" && entity.NamedID(k.Name, name) == d.ID {
			delete(out, "id")
		} else {
			out["id"] = d.ID
		}
	}
	for _, r := range k.Refs {
		if id := refID(doc, r.Field); id != "" && !strings.Contains(r.Field, ".") {
			out[r.Field] = id
			if parent := e.state.Get(r.Kind, id); parent != nil {
				out[r.Field] = e.nameFor(parent)
			}
		}
	}
	delete(out, inside)
	for _, c := range e.state.Model().Children(k.Name) {
		if k.Schema.Field(c.Name) != nil {
			continue
		}
		var list []any
		for child := range e.state.Children(c.Name, c.Field, d.ID) {
			fields := child.Fields()
			if e.wanted(child) && e.home(c.Kind, fields) == c.Field {
				list = append(list, e.document(c.Kind, child, fields, c.Field))
			}
		}
		if list != nil {
			out[c.Name] = list
		}
	}
	return out
}

// nameFor is how a document is referred to: by its key, if it has a plain one.
func (e *exporter) nameFor(d *entity.Document) string {
	k := e.state.Model().Kind(d.Kind)
	if k.Key != "" {
		if name, ok := d.Fields()[k.Key].(string); ok && name != "" && !schema.IsUUID(name) {
			return name
		}
	}
	return d.ID
}

// prune drops nulls and what is the default.
func prune(s *schema.Shape, doc map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range doc {
		f := s.Field(name)
		if v == nil {
			continue
		}
		if f == nil {
			out[name] = v
			continue
		}
		if f.Default != nil && schema.Equal(v, schema.Normal(f.Default)) {
			continue
		}
		v = pruneValue(f, v)
		if m, ok := v.(map[string]any); ok && len(m) == 0 && f.Kind == schema.Record && f.Required {
			continue
		}
		out[name] = v
	}
	return out
}

func pruneValue(f *schema.Field, v any) any {
	switch v := v.(type) {
	case map[string]any:
		if f.Kind == schema.Record {
			return prune(&f.Shape, v)
		}
	case []any:
		if f.Elem == nil || f.Elem.Kind != schema.Record {
			break
		}
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = pruneValue(f.Elem, e)
		}
		return out
	}
	return v
}
