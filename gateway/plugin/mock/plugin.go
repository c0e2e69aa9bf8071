// Package mock is the plugin mock: it answers in place of a service that does not exist
// yet, by method and path. Kong has such a thing only for OpenAPI documents.
package mock

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"moongate/engine/regex"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Plugin is mock.
var Plugin = plugin.Plugin{
	Name: "mock",
	Doc:  "Answers in place of the service.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "responses", Kind: schema.Array, Required: true, LenMin: 1, Doc: "Answers; the first one that fits is given.",
			Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{Fields: []schema.Field{
				{Name: "methods", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String}, Doc: "Methods that it is for; all, if there are none."},
				{Name: "path", Kind: schema.String, Check: checkPath, Doc: "A path, or ~ and a regular expression; all, if there is none."},
				{Name: "status", Kind: schema.Integer, Required: true, Default: 200, Between: schema.Between(200, 599), Doc: "The answer's status."},
				{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: transform.CheckName}, Elem: &schema.Field{Kind: schema.String}, Doc: "Its headers; values are templates."},
				{Name: "body", Kind: schema.String, Required: true, Default: "", Empty: true, Doc: "Its body, a template as in request-transformer."},
				{Name: "delay", Kind: schema.Integer, Required: true, Default: 0, Between: schema.Between(0, 60000), Doc: "Milliseconds until it is given."},
			}}}},
		{Name: "passthrough", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether what no answer is for goes to the service; else it gets 404."},
	}},
	Tells: plugin.ByConfig,
	New:   newInstance,
}

func checkPath(v any) string {
	s, _ := v.(string)
	if re, ok := strings.CutPrefix(s, "~"); ok {
		if _, err := regex.Compile(re, false); err != nil {
			return "invalid regex: " + err.Error()
		}
	} else if !strings.HasPrefix(s, "/") {
		return "should start with: / or ~"
	}
	return ""
}

type config struct {
	Responses []struct {
		Methods []string          `json:"methods"`
		Path    string            `json:"path"`
		Status  int               `json:"status"`
		Headers map[string]string `json:"headers"`
		Body    string            `json:"body"`
		Delay   int               `json:"delay"`
	} `json:"responses"`
	Passthrough bool `json:"passthrough"`
}

type instance struct {
	answers     []answer
	passthrough bool
}

// answer is what is given to requests that it fits.
type answer struct {
	methods []string
	path    string
	re      *regex.Regex
	status  int
	kind    *transform.Template // Content-Type
	headers []header
	body    *transform.Template
	delay   time.Duration
}

type header struct {
	name  string
	value *transform.Template
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	i := &instance{passthrough: conf.Passthrough}
	for k, r := range conf.Responses {
		a := answer{methods: r.Methods, path: r.Path, status: r.Status, delay: time.Duration(r.Delay) * time.Millisecond}
		var err error
		if re, ok := strings.CutPrefix(r.Path, "~"); ok {
			if a.re, err = regex.Compile(re, false); err != nil {
				return nil, fmt.Errorf("responses %d: %w", k, err)
			}
		}
		if a.body, err = transform.NewTemplate(r.Body); err != nil {
			return nil, fmt.Errorf("responses %d: body: %w", k, err)
		}
		for name, value := range r.Headers {
			t, err := transform.NewTemplate(value)
			if err != nil {
				return nil, fmt.Errorf("responses %d: %s: %w", k, name, err)
			}
			if strings.EqualFold(name, "Content-Type") {
				a.kind = t
			} else {
				a.headers = append(a.headers, header{name, t})
			}
		}
		slices.SortFunc(a.headers, func(x, y header) int { return strings.Compare(x.name, y.name) })
		i.answers = append(i.answers, a)
	}
	return i, nil
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	for k := range i.answers {
		a := &i.answers[k]
		if !a.fits(x.R.MethodName, x.R.URI) {
			continue
		}
		if a.delay > 0 && !x.R.Sleep(a.delay) {
			return 499
		}
		kind := "application/json; charset=utf-8"
		if a.kind != nil {
			kind = a.kind.Header(x)
		}
		for _, h := range a.headers {
			transform.Out{R: x.R}.Set(h.name, h.value.Header(x))
		}
		return x.AnswerWith(a.status, kind, a.body.Eval(x))
	}
	if i.passthrough {
		return plugin.Next
	}
	return x.Answer(404, "no mock answer for this request")
}

func (a *answer) fits(method, path string) bool {
	if len(a.methods) > 0 && !slices.Contains(a.methods, method) {
		return false
	}
	if a.re == nil {
		return a.path == "" || a.path == path
	}
	ok, err := a.re.Match(path)
	return ok && err == nil
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	for k := range i.answers {
		if a := &i.answers[k]; a.fits(q.Method, q.URI) {
			return plugin.Told{Status: a.status, State: "answers", Why: fmt.Sprintf("response %d fits", k+1)}
		}
	}
	if i.passthrough {
		return plugin.Told{State: "lets pass", Why: "no response fits"}
	}
	return plugin.Told{Status: 404, State: "answers", Why: "no response fits"}
}
