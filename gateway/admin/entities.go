package admin

import (
	"moongate/gateway/entity"
)

// entities is what can be done with what the path names, or nil if it is no path
// of entities.
func (c *call) entities() map[string]method {
	t := locate(c.model, c.path)
	if t == nil {
		return nil
	}
	get := func(c *call) *reply { return c.get(t) }
	change := func(c *call) *reply { return c.change(t) }
	if t.id == "" && !t.up {
		return map[string]method{"GET": func(c *call) *reply { return c.page(t) }, "POST": change}
	}
	out := map[string]method{"GET": get, "PUT": change, "PATCH": change}
	if !t.up {
		out["DELETE"] = change
	}
	return out
}

// page lists documents.
func (c *call) page(t *target) *reply {
	s := c.Desired.State()
	f, there := t.in(s)
	if !there {
		return notFound()
	}
	parent := ""
	if f.parent != nil {
		parent = f.parent.ID
	}
	q, err := c.query.list(t.kind.Name, t.field, parent)
	if err != nil {
		return c.failed(err)
	}
	if id := c.query["custom_id"]; id != "" && t.kind.Name == "consumers" && t.parent == nil {
		return c.byCustomID(s, id)
	}
	docs, offset, err := s.List(q)
	if err != nil {
		return c.failed(err)
	}
	data := make([]any, len(docs))
	for i, d := range docs {
		data[i] = c.show(s, d)
	}
	body := map[string]any{"data": data, "next": t.next(offset, c.query)}
	if offset != "" {
		body["offset"] = offset
	}
	return ok(body)
}

// byCustomID is Kong's way to find a consumer by its other name.
func (c *call) byCustomID(s *entity.State, id string) *reply {
	data := []any{}
	if d := s.ByUnique("consumers", "custom_id", id); d != nil {
		data = append(data, c.show(s, d))
	}
	return ok(map[string]any{"data": data, "next": nil})
}

// get shows one document.
func (c *call) get(t *target) *reply {
	s := c.Desired.State()
	f, there := t.in(s)
	if !there || f.doc == nil {
		return notFound()
	}
	body := c.show(s, f.doc)
	tag := etag(body)
	if matches(c.r.Header.Get("If-None-Match"), tag) {
		return (&reply{status: 304}).set("ETag", tag)
	}
	return ok(body).set("ETag", tag)
}

// change is POST, PUT, PATCH and DELETE.
func (c *call) change(t *target) *reply {
	in := &input{}
	if c.r.Method != "DELETE" {
		var err error
		if in, err = c.read(maxBody, false); err != nil {
			return c.failed(err)
		}
	}
	var made outcome
	w := c.wish(c.r.Method + " " + t.String())
	w.Do = func(s *entity.State, now moment) (r *entity.Result, err error) {
		if err := c.precondition(s, t); err != nil {
			return nil, err
		}
		r, made, err = edit{t, c.r.Method, in}.run(s, now)
		return r, err
	}
	r, a := c.write(w)
	if a != nil {
		return a
	}
	if c.query.on("dry_run") {
		return c.dryRun(r, made.doc)
	}
	if made.doc == nil {
		return c.revised(&reply{status: made.status}, r)
	}
	body := c.show(r.State, made.doc)
	return c.revised(&reply{status: made.status, body: body}, r).set("ETag", etag(body))
}

// precondition judges If-Match and If-None-Match.
func (c *call) precondition(s *entity.State, t *target) error {
	want, none := c.r.Header.Get("If-Match"), c.r.Header.Get("If-None-Match")
	if want == "" && none == "" {
		return nil
	}
	f, _ := t.in(s)
	tag := ""
	if f.doc != nil {
		tag = etag(c.show(s, f.doc))
	}
	if want != "" && !matches(want, tag) || none != "" && matches(none, tag) {
		return message(412, "the entity is another one by now").set("ETag", tag)
	}
	return nil
}
