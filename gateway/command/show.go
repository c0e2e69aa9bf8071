package command

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// change is one of a dry run's.
type change struct {
	Kind   string          `json:"kind"`
	ID     string          `json:"id"`
	Action string          `json:"action"` // create, update, delete
	Old    json.RawMessage `json:"old"`
	New    json.RawMessage `json:"new"`
}

// painter writes lines, in colours if it may.
type painter struct {
	w      io.Writer
	colour bool
	model  *entity.Model
}

var marks = map[string]struct{ sign, colour string }{
	"create": {"+", "\x1b[32m"}, "update": {"~", "\x1b[33m"}, "delete": {"-", "\x1b[31m"},
}

func (p painter) line(action, text string) {
	m := marks[action]
	text = m.sign + " " + strings.Map(printable, text)
	if p.colour {
		text = m.colour + text + "\x1b[0m"
	}
	fmt.Fprintln(p.w, text)
}

// printable keeps names from moving the cursor.
func printable(r rune) rune {
	if unicode.IsPrint(r) {
		return r
	}
	return '?'
}

// show tells people what changes: what is new with its fields, what is gone by its
// name, and field by field what becomes another.
func (o *options) show(changes []change) error {
	m, err := o.model()
	if err != nil {
		return err
	}
	p := painter{o.Out, o.Colour, m}
	sums := map[string]int{}
	for _, c := range changes {
		sums[c.Action]++
		old, now := decoded(c.Old), decoded(c.New)
		p.line(c.Action, c.Kind+" "+title(now, old, c.ID))
		switch c.Action {
		case "create":
			p.fields(c.Kind, nil, now)
		case "update":
			p.fields(c.Kind, old, now)
		}
	}
	fmt.Fprintf(p.w, "created %d, updated %d, deleted %d\n", sums["create"], sums["update"], sums["delete"])
	return nil
}

func decoded(raw json.RawMessage) map[string]any {
	doc, err := schema.DecodeObject(raw)
	if err != nil {
		return nil
	}
	return doc
}

// title is what people call a document.
func title(now, old map[string]any, id string) string {
	for _, doc := range []map[string]any{now, old} {
		for _, field := range []string{"name", "username", "custom_id", "target", "group"} {
			if s, ok := doc[field].(string); ok && s != "" {
				return s + " (" + id + ")"
			}
		}
	}
	return id
}

// fields are those that differ. Secrets are compared and not shown.
func (p painter) fields(kind string, old, now map[string]any) {
	shownOld, shownNow := p.hide(kind, old), p.hide(kind, now)
	names := slices.Concat(slices.Collect(maps.Keys(old)), slices.Collect(maps.Keys(now)))
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		a, b := old[name], now[name]
		if name == "id" || name == "created_at" || name == "updated_at" || schema.Equal(a, b) {
			continue
		}
		if a != nil {
			p.line("delete", "    "+name+": "+text(shownOld[name]))
		}
		if b != nil {
			p.line("create", "    "+name+": "+text(shownNow[name]))
		}
	}
}

// hide takes secrets out. Nobody here knows which those of a plugin are that only
// the server has; -c tells.
func (p painter) hide(kind string, doc map[string]any) map[string]any {
	k := p.model.Kind(kind)
	if k == nil || doc == nil {
		return nil
	}
	s, faults := p.model.SchemaFor(k, doc)
	if faults == nil {
		return s.Redact(doc)
	}
	out := maps.Clone(k.Schema.Redact(doc))
	if out["config"] != nil {
		out["config"] = schema.Hidden
	}
	return out
}

func text(v any) string {
	b, err := schema.Encode(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}
