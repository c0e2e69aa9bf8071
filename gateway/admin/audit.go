package admin

import (
	"cmp"
	"encoding/json"
	"math"
	"net/url"
	"strconv"
	"time"

	"moongate/gateway/entity"
)

// audit is who did what: revisions without the documents, and between them, by time, who came
// in, who changed users and who threw entries out of dicts. The first are of all nodes, the others this one's.
func (c *call) audit() *reply {
	list, more, err := c.pageOfRevisions()
	if err != nil {
		return c.failed(err)
	}
	size, _ := c.query.size() // it was right a moment ago
	if size == 0 {
		size = usualPage
	}
	until, err := c.query.number("event")
	if err != nil {
		return c.failed(err)
	}
	if until == 0 {
		until = math.MaxInt64 / 1000
	}
	events := c.journal.before(time.UnixMicro(int64(min(until, math.MaxInt64/1000))), size+1)
	data, before := []any{}, c.query["before"]
	for n := 0; n < size && len(list)+len(events) > 0; n++ {
		if len(list) == 0 && more {
			break // what comes next in time is on another page
		}
		if len(list) == 0 || len(events) > 0 && events[0].Time.After(list[0].Time) {
			e := events[0]
			events, until = events[1:], uint64(e.Time.UnixMicro())
			data = c.ifWanted(data, e.Who, c.event(e))
			continue
		}
		r := &list[0]
		list, before = list[1:], strconv.FormatUint(r.Number, 10)
		data = c.ifWanted(data, r.Who, c.audited(r))
	}
	var next any
	if more || len(list)+len(events) > 0 {
		q := url.Values{"event": {strconv.FormatUint(until, 10)}}
		if before != "" {
			q.Set("before", before)
		}
		next = c.query.keep("/audit?"+q.Encode(), "size", "who")
	}
	return ok(map[string]any{"data": data, "next": next})
}

func (c *call) ifWanted(data []any, who string, m map[string]any) []any {
	if want := c.query["who"]; want != "" && want != who {
		return data
	}
	return append(data, m)
}

func (c *call) audited(r *entity.Revision) map[string]any {
	changes := make([]any, len(r.Changes))
	for i, ch := range r.Changes {
		m := map[string]any{"kind": ch.Kind, "id": ch.ID, "action": actionOf(ch)}
		if name := nameIn(ch.New, ch.Old); name != "" {
			m["name"] = name
		}
		if ch.Old != nil && ch.New != nil {
			m["fields"] = differing(ch.Old, ch.New)
		}
		changes[i] = m
	}
	return c.told(r, map[string]any{"revision": r.Number, "changes": changes})
}

// nameIn is what people call a document: its name, or what stands for one. None of these
// fields is a secret of any kind.
func nameIn(raw ...json.RawMessage) string {
	for _, b := range raw {
		var d struct {
			Name, Username, Target, Group string
			CustomID                      string `json:"custom_id"`
		}
		if b != nil && json.Unmarshal(b, &d) == nil {
			return cmp.Or(d.Name, d.Username, d.CustomID, d.Target, d.Group)
		}
	}
	return ""
}

func (c *call) event(e Entry) map[string]any {
	m := map[string]any{"time": e.Time, "event": e.Event, "who": e.Who, "from": e.From, "why": e.Why, "changes": []any{}}
	if e.About != "" {
		m["about"] = e.About
	}
	return m
}

func journalShape() js {
	return record("time", js{"type": "string", "format": "date-time"}, "event", oneOf(journalEvents...), "who", doc("Empty if nobody knows.", text()), "from", text(),
		"?about", doc("The user that was changed, or the dict that an entry was thrown out of.", text()), "why", text(), "changes", js{"type": "array", "maxItems": 0})
}
