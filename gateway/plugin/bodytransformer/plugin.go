package bodytransformer

import (
	"encoding/base64"
	"fmt"
	"slices"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is body-transformer.
var Plugin = plugin.Plugin{
	Name: "body-transformer",
	Doc:  "Writes bodies anew by a template, in the same format or another one.",
	Config: schema.Shape{Fields: []schema.Field{
		side("request", "Of requests."),
		side("response", "Of answers.", schema.Field{Name: "status_codes", Kind: schema.Set, Elem: &schema.Field{Kind: schema.Integer, Between: schema.Between(200, 599)}, Doc: "Of which statuses; of all where there are none."}),
	}, Checks: []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"request", "response"}}}},
	Tells: plugin.ByConfig,
	New:   newInstance,
}

// side are the fields for one direction.
func side(name, doc string, more ...schema.Field) schema.Field {
	return schema.Field{Name: name, Kind: schema.Record, Doc: doc, Shape: schema.Shape{Fields: append([]schema.Field{
		{Name: "input_format", Kind: schema.String, Required: true, Default: "auto", OneOf: schema.Words("auto", "json", "xml", "encoded", "args", "plain"), Doc: "What bodies are; auto is by Content-Type, and what is none of json, xml and encoded stays as it is; args is the query in place of a body."},
		{Name: "output_format", Kind: schema.String, Required: true, Default: "json", OneOf: schema.Words("json", "xml", "encoded", "plain"), Doc: "What they become."},
		{Name: "template", Kind: schema.String, Doc: "How they are written; without one the value is written as it is."},
		{Name: "template_is_base64", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the template is written in base64."},
		{Name: "content_type", Kind: schema.String, Check: checkText, Doc: "The Content-Type, in place of the format's own."},
		{Name: "max_body_size", Kind: schema.Integer, Required: true, Default: 1 << 20, Between: schema.Between(1, 16<<20), Doc: "Bytes that a body may have; requests with more get 413, and answers with more become 502."},
		{Name: "max_output_size", Kind: schema.Integer, Required: true, Default: 4 << 20, Between: schema.Between(1, 64<<20), Doc: "Bytes that may come out."},
	}, more...), Checks: []schema.Check{{Kind: schema.Custom, Func: checkTemplate}}}}
}

func checkText(v any) string {
	s, _ := v.(string)
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return "must be one line of printable characters"
		}
	}
	return ""
}

func checkTemplate(doc map[string]any) schema.Faults {
	text, _ := doc["template"].(string)
	coded, _ := doc["template_is_base64"].(bool)
	format, _ := doc["output_format"].(string)
	if _, err := read(text, coded, format); err != nil {
		return schema.Faults{{Pointer: "/template", Message: err.Error()}}
	}
	return nil
}

// read is the template of a configuration, nil without one.
func read(text string, coded bool, format string) (*Template, error) {
	if text == "" {
		return nil, nil
	}
	if coded {
		b, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			return nil, err
		}
		text = string(b)
	}
	return NewTemplate(text, format)
}

type config struct {
	Request  *sideConfig `json:"request"`
	Response *sideConfig `json:"response"`
}

type sideConfig struct {
	Input    string `json:"input_format"`
	Output   string `json:"output_format"`
	Template string `json:"template"`
	Coded    bool   `json:"template_is_base64"`
	Type     string `json:"content_type"`
	Most     int64  `json:"max_body_size"`
	MostOut  int    `json:"max_output_size"`
	Statuses []int  `json:"status_codes"`
}

// way is what becomes of bodies in one direction.
type way struct {
	sideConfig
	template *Template
}

type instance struct{ request, response *way }

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	i := new(instance)
	for _, s := range []struct {
		name string
		from *sideConfig
		into **way
	}{{"request", conf.Request, &i.request}, {"response", conf.Response, &i.response}} {
		if s.from == nil {
			continue
		}
		t, err := read(s.from.Template, s.from.Coded, s.from.Output)
		if err != nil {
			return nil, fmt.Errorf("%s: template: %w", s.name, err)
		}
		if s.from.Type == "" {
			s.from.Type = types[s.from.Output]
		}
		slices.Sort(s.from.Statuses)
		*s.into = &way{*s.from, t}
	}
	return i, nil
}

var types = map[string]string{
	"json": "application/json; charset=utf-8", "xml": "application/xml; charset=utf-8", "encoded": "application/x-www-form-urlencoded", "plain": "text/plain; charset=utf-8",
}
