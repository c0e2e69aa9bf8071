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
	if !secrets {
		doc = redact(c.model, c.model.Kind(d.Kind), doc)
	}
	if d.Kind == "certificates" {
		doc["snis"] = names(s, d.ID)
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
		return schema.Hidden // nobody knows what is in it
	}
	return redact(c.model, k, doc)
}

// redact is a document without its secrets. A plugin whose schema is not known
// shows nothing of its config.
func redact(m *entity.Model, k *entity.Kind, doc map[string]any) map[string]any {
	sch, faults := m.SchemaFor(k, doc)
	if faults != nil {
		sch = k.Schema
		if doc["config"] != nil {
			doc["config"] = schema.Hidden
		}
	}
	return sch.Redact(doc)
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
