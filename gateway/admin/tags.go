package admin

import (
	"encoding/base64"
	"net/url"
	"strings"

	"moongate/gateway/schema"
)

// tags lists who has which tags, or one.
func (c *call) tags() *reply {
	tag, path := "", "/tags"
	if len(c.path) == 2 {
		tag, path = c.path[1], "/tags/"+url.PathEscape(c.path[1])
	}
	size, err := c.query.size()
	if err != nil {
		return c.failed(err)
	}
	if size == 0 {
		size = 100
	}
	from, err := parseTagOffset(c.query["offset"])
	if err != nil {
		return c.failed(err)
	}
	s, data := c.Desired.State(), []any{}
	passed := from == nil
	var last []string
	for _, k := range c.model.Kinds() {
		if !passed && k.Name != from[0] {
			continue
		}
		for t, id := range s.Tagged(k.Name, tag) {
			if !passed && t+"\x00"+id <= from[1]+"\x00"+from[2] {
				continue
			}
			if len(data) == size {
				offset := base64.RawURLEncoding.EncodeToString([]byte(strings.Join(last, "\x00")))
				return ok(map[string]any{"data": data, "offset": offset, "next": c.query.keep(path+"?offset="+offset, "size")})
			}
			data = append(data, map[string]any{"entity_name": k.Name, "entity_id": id, "tag": t})
			last = []string{k.Name, t, id}
		}
		passed = true
	}
	return ok(map[string]any{"data": data, "next": nil})
}

// parseTagOffset gives kind, tag and id of the last one of the page before.
func parseTagOffset(s string) ([]string, error) {
	if s == "" {
		return nil, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	parts := strings.Split(string(b), "\x00")
	if err != nil || len(parts) != 3 {
		return nil, invalid(schema.CodeInvalidOffset, "invalid offset", "'"+s+"' is not a valid offset")
	}
	return parts, nil
}
