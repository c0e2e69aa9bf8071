package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// changes is a revision's changes as the caller may see them. A change of a
// document also says which of its fields differ.
func (c *call) changes(list []entity.Change) []any {
	out := make([]any, len(list))
	for i, ch := range list {
		m := map[string]any{"kind": ch.Kind, "id": ch.ID, "action": actionOf(ch)}
		if v := c.visible(ch.Kind, ch.Old); v != nil {
			m["old"] = v
		}
		if v := c.visible(ch.Kind, ch.New); v != nil {
			m["new"] = v
		}
		if ch.Old != nil && ch.New != nil {
			m["fields"] = differing(ch.Old, ch.New)
		}
		out[i] = m
	}
	return out
}

func actionOf(ch entity.Change) string {
	switch {
	case ch.Old == nil:
		return "create"
	case ch.New == nil:
		return "delete"
	}
	return "update"
}

func differing(a, b json.RawMessage) []string {
	old, err1 := schema.DecodeObject(a)
	now, err2 := schema.DecodeObject(b)
	if err1 != nil || err2 != nil {
		return []string{}
	}
	out := []string{}
	all := maps.Clone(old)
	maps.Copy(all, now)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if !schema.Equal(old[name], now[name]) {
			out = append(out, name)
		}
	}
	return out
}

func (c *call) showRevision(r *entity.Revision) map[string]any {
	return c.told(r, map[string]any{"number": r.Number, "changes": c.changes(r.Changes)})
}

// told adds who did what besides changing documents, when and from where.
func (c *call) told(r *entity.Revision, m map[string]any) map[string]any {
	m["time"], m["who"], m["from"], m["why"] = r.Time, r.Who, r.From, r.Why
	if len(r.Acts) > 0 {
		m["acts"] = r.Acts
	}
	return m
}

// What a page of revisions may hold: it ends early where they are large.
const maxPage = 8 << 20

// usualPage is how many are on a page when nobody says.
const usualPage = 100

// pageOfRevisions reads ?before=&size= and gives that page, and whether there may be
// another one. Only a few pages are there at once.
func (c *call) pageOfRevisions() (list []entity.Revision, more bool, err error) {
	if c.leave, err = c.place(); err != nil {
		return nil, false, err
	}
	size, err := c.query.size()
	if err != nil {
		return nil, false, err
	}
	if size == 0 {
		size = usualPage
	}
	before, err := c.query.number("before")
	if err != nil {
		return nil, false, err
	}
	weight := 0
	for ask := 1; len(list) < size && weight < maxPage; {
		some, err := c.Desired.Revisions(c.r.Context(), before, ask)
		if err != nil {
			return nil, false, err
		}
		for i := range some {
			weight += weigh(&some[i])
		}
		if list = append(list, some...); len(some) < ask {
			return list, false, nil
		}
		before = list[len(list)-1].Number
		fit := (maxPage - weight) / (weight/len(list) + 1)
		ask = max(1, min(size-len(list), fit))
	}
	return list, true, nil
}

func weigh(r *entity.Revision) int {
	n := 100
	for _, ch := range r.Changes {
		n += len(ch.Old) + len(ch.New) + 100
	}
	return n
}

func (c *call) revisions() *reply {
	list, more, err := c.pageOfRevisions()
	if err != nil {
		return c.failed(err)
	}
	var next any
	if more {
		next = c.query.keep("/revisions?before="+strconv.FormatUint(list[len(list)-1].Number, 10), "size")
	}
	data := make([]any, len(list))
	for i := range list {
		data[i] = c.showRevision(&list[i])
	}
	return ok(map[string]any{"data": data, "next": next})
}

func (c *call) number() (uint64, bool) {
	n, err := strconv.ParseUint(c.path[1], 10, 64)
	return n, err == nil
}

func (c *call) revision() *reply {
	n, valid := c.number()
	if !valid {
		return notFound()
	}
	r, err := c.Desired.Revision(c.r.Context(), n)
	if err != nil {
		return c.failed(err)
	}
	return ok(c.showRevision(r))
}

// rollback makes all as it was at a revision.
func (c *call) rollback() *reply {
	n, valid := c.number()
	if !valid {
		return notFound()
	}
	if _, err := c.read(maxBody, false); err != nil {
		return c.failed(err)
	}
	w := c.wish(fmt.Sprintf("rolled back to revision %d", n))
	var r *desired.Result
	var err error
	if c.query.on("dry_run") {
		r, err = c.Desired.PreviewRollback(c.r.Context(), n, w)
	} else {
		r, err = c.bounded(func(ctx context.Context) (*desired.Result, error) { return c.Desired.Rollback(ctx, n, w) })
	}
	if err != nil {
		return c.failed(err)
	}
	if c.query.on("dry_run") {
		return c.dryRun(r, nil)
	}
	return c.revised(ok(map[string]any{"revision": r.Revision, "changes": c.changes(r.Changes)}), r)
}
