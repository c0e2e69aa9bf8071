package entity

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"iter"

	"moongate/gateway/schema"
)

// Query asks for a page of documents.
type Query struct {
	Kind   string
	Field  string // with Parent: only those whose field refers to it
	Parent string
	Tags   []string
	AnyTag bool   // one of Tags is enough
	Size   int    // 0 is 100
	Offset string // where the page before has ended
}

// List is a page, by id, and the offset of the next one, "" at the end. The
// error is a *schema.Error.
func (s *State) List(q Query) (docs []*Document, next string, err error) {
	size := q.Size
	if size == 0 {
		size = 100
	}
	if size < 1 || size > 1000 {
		return nil, "", &schema.Error{
			Status: 400, Code: schema.CodeInvalidSize, Name: "invalid size",
			Message: "size must be an integer between 1 and 1000",
		}
	}
	from, err := parseOffset(q.Offset)
	if err != nil {
		return nil, "", err
	}
	for d := range s.query(q, from) {
		if len(docs) == size {
			return docs, formatOffset(d.ID), nil
		}
		docs = append(docs, d)
	}
	return docs, "", nil
}

func (s *State) query(q Query, from string) iter.Seq[*Document] {
	all := s.allFrom(q.Kind, from)
	if q.Field != "" {
		all = s.childrenFrom(q.Kind, q.Field, q.Parent, from)
	}
	return func(yield func(*Document) bool) {
		for d := range all {
			if s.tagged(q, d.ID) && !yield(d) {
				return
			}
		}
	}
}

func (s *State) tagged(q Query, id string) bool {
	for _, tag := range q.Tags {
		if s.HasTag(q.Kind, id, tag) == q.AnyTag {
			return q.AnyTag
		}
	}
	return !q.AnyTag || len(q.Tags) == 0
}

// An offset is the first id of the page, in a wrapping that nobody should open.
func formatOffset(id string) string {
	b, err := json.Marshal([]string{id})
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func parseOffset(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	var ids []string
	b, err := base64.RawURLEncoding.DecodeString(s)
	text := "bad base64 encoding"
	if err == nil {
		text = "bad JSON"
		err = json.Unmarshal(b, &ids)
	}
	if err != nil || len(ids) != 1 || !schema.IsUUID(ids[0]) {
		return "", &schema.Error{
			Status: 400, Code: schema.CodeInvalidOffset, Name: "invalid offset",
			Message: fmt.Sprintf("'%s' is not a valid offset: %s", s, text),
		}
	}
	return ids[0], nil
}
