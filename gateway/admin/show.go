package admin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// show is a document as the caller may see it.
func (c *call) show(s *entity.State, d *entity.Document) any {
	secrets := c.who.Role >= Operator
	if secrets && d.Kind != "certificates" {
		return d.Raw
	}
	doc := d.Fields()
	if d.Kind == "certificates" {
		doc["snis"] = names(s, d.ID)
	}
	if !secrets {
		hide(c.model, c.model.Kind(d.Kind), doc)
	}
	return doc
}

// visible is a document out of a revision.
func (c *call) visible(kind string, raw json.RawMessage) any {
	k := c.model.Kind(kind)
	switch {
	case raw == nil:
		return nil
	case c.who.Role >= Operator:
		return raw
	}
	doc, err := schema.DecodeObject(raw)
	if err != nil || k == nil {
		return hidden // nobody knows what is in it
	}
	hide(c.model, k, doc)
	return doc
}

const hidden = "***"

// hide puts *** in place of the secrets of a document. A plugin whose schema is
// not known shows nothing of its config.
func hide(m *entity.Model, k *entity.Kind, doc map[string]any) {
	sch, faults := m.SchemaFor(k, doc)
	if faults != nil {
		sch = k.Schema
		if doc["config"] != nil {
			doc["config"] = hidden
		}
	}
	hideIn(&sch.Shape, doc)
}

func hideIn(s *schema.Shape, doc map[string]any) {
	for i := range s.Fields {
		f := &s.Fields[i]
		if v := doc[f.Name]; v != nil {
			doc[f.Name] = hideValue(f, v)
		}
	}
}

func hideValue(f *schema.Field, v any) any {
	if f.Secret {
		return hidden
	}
	switch v := v.(type) {
	case map[string]any:
		switch f.Kind {
		case schema.Record:
			hideIn(&f.Shape, v)
		case schema.Map:
			for key, e := range v {
				v[key] = hideValue(f.Elem, e)
			}
		}
	case []any:
		for i, e := range v {
			if f.Elem != nil {
				v[i] = hideValue(f.Elem, e)
			}
		}
	}
	return v
}

// etag is made of what is shown, so that it tells a viewer nothing more.
func etag(body any) string {
	raw, ok := body.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = schema.Encode(body); err != nil {
			return ""
		}
	}
	sum := sha256.Sum256(raw)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// matches judges If-Match's list. tag is "" when there is no such entity.
func matches(header, tag string) bool {
	if header == "" || tag == "" {
		return false
	}
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == "*" || one == tag {
			return true
		}
	}
	return false
}
