// Package requesttransformer is the plugin request-transformer: it changes requests on
// their way to the service. In each part first things are removed, then renamed,
// replaced, added and appended.
package requesttransformer

import (
	"fmt"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Plugin is request-transformer.
var Plugin = plugin.Plugin{
	Name: "request-transformer",
	Doc:  "Changes requests before they go to the service.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "http_method", Kind: schema.String, Check: checkMethod, Doc: "Another method."},
		transform.Record("remove", "What goes, by name.", parts("Names", nil, transform.CheckName)...),
		transform.Record("rename", "What gets another name: old:new.", parts("old:new", transform.CheckValue, transform.CheckRename)...),
		transform.Record("replace", "What gets another value where it is there: name:value.", append(parts("name:value", transform.CheckValue, transform.CheckHeader),
			schema.Field{Name: "uri", Kind: schema.String, Check: checkURI, Doc: "Another path."})...),
		transform.Record("add", "What comes where it is not there: name:value.", parts("name:value", transform.CheckValue, transform.CheckHeader)...),
		transform.Record("append", "What comes besides: name:value.", parts("name:value", transform.CheckValue, transform.CheckHeader)...),
	}},
	New: newInstance,
}

func parts(doc string, value, header func(any) string) []schema.Field {
	return []schema.Field{
		transform.List("body", doc+" in the body, a form or a JSON object.", value),
		transform.List("headers", doc+" of headers.", header),
		transform.List("querystring", doc+" in the query.", value),
	}
}

func checkMethod(v any) string {
	s, _ := v.(string)
	if s == "" || strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return "invalid value: " + s
	}
	return ""
}

func checkURI(v any) string {
	s, _ := v.(string)
	if _, err := transform.NewTemplate(s); err != nil {
		return "value '" + s + "' is not in supported format, error:" + err.Error()
	}
	return ""
}

// lists are one operation's entries.
type lists struct {
	Body    []string `json:"body"`
	Headers []string `json:"headers"`
	Query   []string `json:"querystring"`
	URI     string   `json:"uri"`
}

type config struct {
	Method  string `json:"http_method"`
	Remove  lists  `json:"remove"`
	Rename  lists  `json:"rename"`
	Replace lists  `json:"replace"`
	Add     lists  `json:"add"`
	Append  lists  `json:"append"`
}

// change is one thing to do to a part of the request.
type change struct {
	name  string
	to    string // of rename
	value *transform.Template
}

// changes are what is to be done to one part, by operation.
type changes struct {
	remove, rename, replace, add, append []change
	any                                  bool
}

type instance struct {
	method               string
	uri                  *transform.Template // nil: it stays
	headers, query, body changes
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	i := &instance{method: conf.Method}
	var err error
	if conf.Replace.URI != "" {
		if i.uri, err = transform.NewTemplate(conf.Replace.URI); err != nil {
			return nil, fmt.Errorf("replace.uri: %w", err)
		}
	}
	for _, p := range []struct {
		into *changes
		of   func(l *lists) []string
	}{
		{&i.headers, func(l *lists) []string { return l.Headers }},
		{&i.query, func(l *lists) []string { return l.Query }},
		{&i.body, func(l *lists) []string { return l.Body }},
	} {
		for _, op := range []struct {
			into    *[]change
			entries []string
			names   bool // values are no templates
		}{
			{&p.into.remove, p.of(&conf.Remove), true}, {&p.into.rename, p.of(&conf.Rename), true}, {&p.into.replace, p.of(&conf.Replace), false},
			{&p.into.add, p.of(&conf.Add), false}, {&p.into.append, p.of(&conf.Append), false},
		} {
			for _, e := range op.entries {
				pair := transform.Split(e)
				ch := change{name: pair.Name, to: pair.Value}
				if !op.names {
					if ch.value, err = transform.NewTemplate(pair.Value); err != nil {
						return nil, fmt.Errorf("%s: %w", e, err)
					}
				}
				*op.into, p.into.any = append(*op.into, ch), true
			}
		}
	}
	return i, nil
}
