// Package responsetransformer is the plugin response-transformer: it changes the headers
// and the JSON bodies of answers. First things are removed, then renamed, replaced, added
// and appended.
package responsetransformer

import (
	"encoding/json"
	"math"
	"strconv"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Plugin is response-transformer.
var Plugin = plugin.Plugin{
	Name: "response-transformer",
	Doc:  "Changes answers before they go to the client.",
	Config: schema.Shape{Fields: []schema.Field{
		transform.Record("remove", "What goes, by name.", transform.List("json", "Members of a JSON object.", nil), transform.List("headers", "Headers.", nil)),
		transform.Record("rename", "What gets another name: old:new.", transform.List("json", "Members.", transform.CheckPlain), transform.List("headers", "Headers.", transform.CheckRename)),
		transform.Record("replace", "What gets another value where it is there: name:value.", parts()...),
		transform.Record("add", "What comes where it is not there: name:value.", parts()...),
		transform.Record("append", "What comes besides: name:value.", parts()...),
	}},
	New: newInstance,
}

func parts() []schema.Field {
	types := transform.List("json_types", "Of the values in json, one by one.", nil)
	types.Elem.OneOf = schema.Words("boolean", "number", "string")
	return []schema.Field{transform.List("json", "Members of a JSON object.", transform.CheckPlain), types, transform.List("headers", "Headers.", transform.CheckPlainHeader)}
}

type lists struct {
	JSON    []string `json:"json"`
	Types   []string `json:"json_types"`
	Headers []string `json:"headers"`
}

type config struct {
	Remove  lists `json:"remove"`
	Rename  lists `json:"rename"`
	Replace lists `json:"replace"`
	Add     lists `json:"add"`
	Append  lists `json:"append"`
}

// operation is one kind of change: to headers by name and text, to JSON by name and value.
type operation struct {
	headers []transform.Pair
	members []member
}

type member struct {
	transform.Pair
	value json.RawMessage
}

type instance struct {
	remove, rename, replace, add, append operation
	json                                 bool
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	i := new(instance)
	for _, op := range []struct {
		into *operation
		from *lists
	}{{&i.remove, &conf.Remove}, {&i.rename, &conf.Rename}, {&i.replace, &conf.Replace}, {&i.add, &conf.Add}, {&i.append, &conf.Append}} {
		for _, e := range op.from.Headers {
			op.into.headers = append(op.into.headers, transform.Split(e))
		}
		for k, e := range op.from.JSON {
			m := member{Pair: transform.Split(e)}
			kind := ""
			if k < len(op.from.Types) {
				kind = op.from.Types[k]
			}
			var ok bool
			if m.value, ok = valueOf(m.Value, kind); ok {
				op.into.members, i.json = append(op.into.members, m), true
			}
		}
	}
	return i, nil
}

// valueOf is a value of a type; what is no number is no value.
func valueOf(text, kind string) (json.RawMessage, bool) {
	switch kind {
	case "number":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
			return nil, false
		}
		b, err := json.Marshal(f)
		return b, err == nil
	case "boolean":
		return json.RawMessage(strconv.FormatBool(text == "true")), true
	}
	return transform.Text(text), true
}
