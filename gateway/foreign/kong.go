package foreign

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"moongate/gateway/declarative"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// Kong takes a declarative file or one of decK's. It is ours already, but for kinds,
// plugins and fields that this program does not have.
func Kong(m *entity.Model, text []byte) (map[string]any, *Report, error) {
	doc, err := declarative.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	k := &kong{model: m, report: new(Report)}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		switch {
		case name == "_format_version", name == "_transform", name == "_info":
		case strings.HasPrefix(name, "_"):
			k.drop(doc, name, "/"+name, "decK's own, means nothing here")
		case m.Kind(name) == nil:
			k.drop(doc, name, "/"+name, "there is no such kind of entity here")
		default:
			doc[name] = k.list(name, doc[name], "/"+name)
		}
	}
	return doc, k.report, nil
}

type kong struct {
	model  *entity.Model
	report *Report
}

func (k *kong) drop(doc map[string]any, name, place, why string) {
	delete(doc, name)
	k.report.add(place, "not imported: %s", why)
}

func (k *kong) list(kind string, v any, place string) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, 0, len(list))
	for i, e := range list {
		at := schema.Join(place, strconv.Itoa(i))
		doc, ok := e.(map[string]any)
		if !ok || k.entity(kind, doc, at) {
			out = append(out, e)
		}
	}
	return out
}

// entity takes out what is not known; false is an entity that can't be here at all.
func (k *kong) entity(kind string, doc map[string]any, place string) bool {
	kd := k.model.Kind(kind)
	s, faults := k.model.SchemaFor(kd, doc)
	if faults != nil && kind == "plugins" {
		if !k.plugin(doc, place) {
			return false
		}
		s, faults = k.model.SchemaFor(kd, doc)
	}
	if faults != nil {
		return true // validation says what is wrong with it
	}
	if kind == "plugins" {
		k.methods(doc, place)
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		at := schema.Join(place, name)
		f := s.Field(name)
		switch {
		case kind == "services" && name == "url": // short for four fields
		case f != nil:
			if m, ok := doc[name].(map[string]any); ok && f.Kind == schema.Record {
				k.record(&f.Shape, m, at)
			}
		case k.model.Kind(name) != nil:
			doc[name] = k.list(name, doc[name], at)
		default:
			k.drop(doc, name, at, "the field does not exist here")
		}
	}
	return true
}

func (k *kong) record(s *schema.Shape, doc map[string]any, place string) {
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		at := schema.Join(place, name)
		f := s.Field(name)
		if f == nil {
			k.drop(doc, name, at, "the field does not exist here")
			continue
		}
		if m, ok := doc[name].(map[string]any); ok && f.Kind == schema.Record {
			k.record(&f.Shape, m, at)
		}
	}
}
