// Package fieldshaping is the plugin field-shaping: of one answer of a service, each class
// of clients gets the fields that it needs, under the names and in the places that it
// needs them. Answers are changed while they pass (package shape), however long they are.
//
//	Access  asks the service for an answer that can be read: not compressed, not a part
//	Header  looks whether the answer is JSON, and says what is no longer true of it
//	Body    gives it its shape
package fieldshaping

import (
	"encoding/json"
	"errors"
	"slices"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
	"moongate/gateway/shape"
)

// Plugin is field-shaping.
var Plugin = plugin.Plugin{
	Name: "field-shaping",
	Doc:  "Gives JSON answers the fields that each class of clients needs.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "shapes", Kind: schema.Array, Required: true, Ours: true, LenMin: 1, LenMax: 100, Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{
			Fields: []schema.Field{
				words("classes", "Classes of clients that get it; all others when it is not set.", nil),
				words("pick", "Only these members, by path: user.name.", checkPath),
				words("drop", "Not these.", checkPath),
				pairs("rename", "Another name in the same place, by path.", schema.Field{Kind: schema.String}),
				{Name: "flatten", Kind: schema.Array, Ours: true, Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: []schema.Field{
					{Name: "path", Kind: schema.String, Required: true, Check: checkPath, Doc: "The object."},
					{Name: "prefix", Kind: schema.String, Doc: "What comes in front of the names of its members."},
				}}}, Doc: "Objects whose members go where the object was."},
				pairs("default", "Values of members that are missing or null, by path.", schema.Field{Kind: schema.Any}),
				{Name: "mask", Kind: schema.Array, Ours: true, Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: []schema.Field{
					{Name: "path", Kind: schema.String, Required: true, Check: checkPath, Doc: "The text or number."},
					{Name: "keep_first", Kind: schema.Integer, Required: true, Default: 0, Between: schema.Between(0, 1000), Doc: "Characters that stay at the beginning."},
					{Name: "keep_last", Kind: schema.Integer, Required: true, Default: 0, Between: schema.Between(0, 1000), Doc: "Characters that stay at the end."},
					{Name: "with", Kind: schema.String, Required: true, Default: "*", Doc: "What each other character becomes."},
				}}}, Doc: "Values whose middle is hidden."},
				pairs("limit", "How many elements arrays have at most, by path.", schema.Field{Kind: schema.Integer, Between: schema.Between(0, 1<<31)}),
			},
			Checks: []schema.Check{{Kind: schema.Custom, Func: checkShape}},
		}}, Doc: "Shapes; the first one for the client's class counts."},
		{Name: "shape_errors", Kind: schema.Boolean, Required: true, Ours: true, Default: false, Doc: "Whether answers with other statuses than 2xx get the shape too."},
		{Name: "max_size", Kind: schema.Integer, Required: true, Ours: true, Default: 64 << 20, Between: schema.Between(1, 1<<40), Doc: "Bytes of the longest answer; one that is longer is cut off."},
	}},
	Tells: plugin.ByConfig,
	New:   newInstance,
}

func words(name, doc string, check func(any) string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Set, Ours: true, Elem: &schema.Field{Kind: schema.String, Check: check}, Doc: doc}
}

func pairs(name, doc string, value schema.Field) schema.Field {
	return schema.Field{Name: name, Kind: schema.Map, Ours: true, Keys: &schema.Field{Kind: schema.String, Check: checkPath}, Elem: &value, Doc: doc}
}

func checkPath(v any) string {
	s, _ := v.(string)
	if _, err := shape.Split(s); err != nil {
		return "invalid path: " + err.Error()
	}
	return ""
}

// rules are a shape as it is written.
type rules struct {
	Classes []string          `json:"classes"`
	Pick    []string          `json:"pick"`
	Drop    []string          `json:"drop"`
	Rename  map[string]string `json:"rename"`
	Flatten []struct {
		Path   string `json:"path"`
		Prefix string `json:"prefix"`
	} `json:"flatten"`
	Default map[string]json.RawMessage `json:"default"`
	Mask    []struct {
		Path  string `json:"path"`
		First int    `json:"keep_first"`
		Last  int    `json:"keep_last"`
		With  string `json:"with"`
	} `json:"mask"`
	Limit map[string]int `json:"limit"`
}

func (r *rules) plan() (*shape.Plan, error) {
	s := shape.Rules{Pick: r.Pick, Drop: r.Drop, Rename: r.Rename, Default: r.Default, Limit: r.Limit}
	for _, f := range r.Flatten {
		s.Flatten = append(s.Flatten, shape.Flat{Path: f.Path, Prefix: f.Prefix})
	}
	for _, m := range r.Mask {
		s.Mask = append(s.Mask, shape.Mask{Path: m.Path, First: m.First, Last: m.Last, With: m.With})
	}
	return shape.New(&s)
}

// checkShape finds what is wrong with a shape as a whole.
func checkShape(doc map[string]any) schema.Faults {
	b, err := json.Marshal(doc)
	var r rules
	if err == nil {
		err = json.Unmarshal(b, &r)
	}
	if err == nil {
		_, err = r.plan()
	}
	var f *shape.Fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return schema.Faults{{Message: f.Path + " " + f.Err.Error()}}.Below(f.Rule)
	}
	return schema.Faults{{Message: err.Error(), Entity: true}}
}

// form is a shape at work.
type form struct {
	classes []string
	plan    *shape.Plan
}

type instance struct {
	Shapes []rules `json:"shapes"`
	Errors bool    `json:"shape_errors"`
	Most   int64   `json:"max_size"`

	id     string
	forms  []form
	byName bool // a class makes a difference
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{id: c.ID}
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	for k := range i.Shapes {
		r := &i.Shapes[k]
		p, err := r.plan()
		if err != nil {
			return nil, err
		}
		i.forms = append(i.forms, form{r.Classes, p})
		i.byName = i.byName || len(r.Classes) > 0
	}
	i.Shapes = nil
	return i, nil
}

// form is the shape for a class; nil without one.
func (i *instance) form(class string) *form {
	for k := range i.forms {
		if f := &i.forms[k]; len(f.classes) == 0 || slices.Contains(f.classes, class) {
			return f
		}
	}
	return nil
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	f := i.form(q.Class)
	switch {
	case f == nil:
		return plugin.Told{State: "as it is", Why: "there is no shape for the client's class"}
	case len(f.classes) == 0:
		return plugin.Told{State: "shaped", Why: "by the shape for all"}
	}
	return plugin.Told{State: "shaped", Why: "by the shape for " + q.Class}
}
