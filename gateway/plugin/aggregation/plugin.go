// Package aggregation is the plugin aggregation: it asks several services for one request,
// at the same time where it can be, and answers with what they have said under their
// names. What is missing is named, in the answer and in a header.
//
//	part     one service, what it is asked, and what becomes of its absence
//	stage    a part whose templates have $(answers.x) in them waits for part x
//	run      one request: begins what can begin, waits, ends what is too late
//
// Services are asked through the gateway's own upstreams (plugin.Asker): balancing, health,
// retries and connections are those of all requests to them.
package aggregation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
	"moongate/gateway/shape"
)

// Plugin is aggregation.
var Plugin = plugin.Plugin{
	Name: "aggregation",
	Doc:  "Asks several services at once and answers with all that they say.",
	Config: schema.Shape{
		Fields: []schema.Field{
			{Name: "parts", Kind: schema.Array, Required: true, Ours: true, LenMin: 1, LenMax: 32, Elem: &schema.Field{Kind: schema.Record, Shape: schema.Shape{
				Fields: []schema.Field{
					{Name: "name", Kind: schema.String, Required: true, Check: checkName, Doc: "The member of the answer that it becomes."},
					{Name: "service", Kind: schema.String, Required: true, Doc: "The service, by name or id."},
					{Name: "method", Kind: schema.String, Required: true, Default: "GET", OneOf: schema.Words("GET", "POST", "PUT", "PATCH", "DELETE"), Doc: "How it is asked."},
					{Name: "path", Kind: schema.String, Required: true, Default: "/", Check: checkPath, Doc: "Its path; a template, as the query and headers: $(uri_captures.id), $(answers.user.id)."},
					{Name: "query", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String, Check: checkTemplate}, Doc: "Arguments, by name."},
					{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: checkHeader}, Elem: &schema.Field{Kind: schema.String, Check: checkTemplate}, Doc: "Headers in place of the client's, by name."},
					{Name: "pass_body", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether it gets the client's body."},
					{Name: "from", Kind: schema.String, Check: checkFrom, Doc: "Where in its answer the value is: data.items; all of it when it is not set."},
					{Name: "classes", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String}, Doc: "Classes of clients that get it; all when it is not set."},
					{Name: "statuses", Kind: schema.Set, Elem: &schema.Field{Kind: schema.Integer, Between: schema.Between(200, 599)}, Doc: "Statuses of answers that count; 2xx when it is not set."},
					{Name: "timeout", Kind: schema.Integer, Between: schema.Between(1, 600000), Doc: "Milliseconds that it may take; the time that all have when it is not set."},
					{Name: "on_failure", Kind: schema.String, Required: true, Default: "omit", OneOf: schema.Words("fail", "omit", "null", "default", "stale"),
						Doc: "What becomes of the answer without it: none, one without it, with null, with the value of default, with what it has said last (without that as omit)."},
					{Name: "default", Kind: schema.Any, Doc: "Of on_failure default."},
					{Name: "stale_for", Kind: schema.Integer, Required: true, Default: 300, Between: schema.Between(1, 1<<31), Doc: "Seconds for which its last answer is kept for on_failure stale."},
				},
			}}, Doc: "What is asked."},
			{Name: "timeout", Kind: schema.Integer, Required: true, Ours: true, Default: 2000, Between: schema.Between(1, 600000), Doc: "Milliseconds that all may take together."},
			{Name: "deadlines", Kind: schema.Map, Ours: true, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.Integer, Between: schema.Between(1, 600000)}, Doc: "The same for a class of clients, by its name."},
			{Name: "parallel", Kind: schema.Integer, Required: true, Ours: true, Default: 8, Between: schema.Between(1, 32), Doc: "Parts that are asked at the same time for one request."},
			{Name: "max_size", Kind: schema.Integer, Required: true, Ours: true, Default: 4 << 20, Between: schema.Between(1, 256<<20), Doc: "Bytes of all parts together."},
			{Name: "missing_field", Kind: schema.String, Required: true, Ours: true, Default: "_missing", Doc: "The member that names what is missing."},
			{Name: "missing_header", Kind: schema.String, Required: true, Ours: true, Default: "X-Missing-Parts", Check: checkHeader, Doc: "The header that does."},
		},
		Checks: []schema.Check{{Kind: schema.Custom, Func: checkStages}},
	},
	Tells: plugin.ByConfig,
	New:   newInstance,
}

// partName is a token of structured headers (RFC 9651), and of templates.
var partName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

func checkName(v any) string {
	if s, _ := v.(string); !partName.MatchString(s) {
		return "must begin with a letter and have only letters, digits and _"
	}
	return ""
}

func checkPath(v any) string {
	s, _ := v.(string)
	if !strings.HasPrefix(s, "/") {
		return "should start with: /"
	}
	if strings.ContainsAny(outside(s), "?# \t\r\n\x00") {
		return "must be a path, without a query"
	}
	return checkTemplate(v)
}

// outside is a template without its expressions.
func outside(s string) string { return expression.ReplaceAllString(s, "") }

var expression = regexp.MustCompile(`\$\([^)]*\)`)

func checkTemplate(v any) string {
	s, _ := v.(string)
	if _, err := transform.NewAnswersTemplate(s); err != nil {
		return "value '" + s + "' is not in supported format, error:" + err.Error()
	}
	return ""
}

func checkHeader(v any) string {
	if s, _ := v.(string); !plugin.IsHeaderName(s) {
		return "bad header name"
	}
	return ""
}

func checkFrom(v any) string {
	s, _ := v.(string)
	if _, err := shape.Split(s); err != nil {
		return "invalid path: " + err.Error()
	}
	return ""
}

// checkStages finds parts that wait for one that is not there, or for one another.
func checkStages(doc map[string]any) schema.Faults {
	b, err := json.Marshal(doc)
	i := new(instance)
	if err == nil {
		err = json.Unmarshal(b, i)
	}
	if err == nil {
		err = i.read()
	}
	if err != nil {
		return schema.Faults{{Message: err.Error()}}.Below("parts")
	}
	return nil
}

// part is one service that is asked.
type part struct {
	Name      string            `json:"name"`
	Service   string            `json:"service"`
	Method    string            `json:"method"`
	Path      string            `json:"path"`
	Query     map[string]string `json:"query"`
	Headers   map[string]string `json:"headers"`
	PassBody  bool              `json:"pass_body"`
	From      string            `json:"from"`
	Classes   []string          `json:"classes"`
	Statuses  []int             `json:"statuses"`
	Timeout   int               `json:"timeout"`
	OnFailure string            `json:"on_failure"`
	Default   json.RawMessage   `json:"default"`
	StaleFor  int64             `json:"stale_for"`

	path    *transform.Template
	query   []pair
	headers []pair
	from    []string
	after   []int // parts that must have answered, by their place
}

type pair struct {
	name  string
	value *transform.Template
}

type instance struct {
	Parts     []part         `json:"parts"`
	Timeout   int            `json:"timeout"`
	Deadlines map[string]int `json:"deadlines"`
	Parallel  int            `json:"parallel"`
	Most      int64          `json:"max_size"`
	Field     string         `json:"missing_field"`
	Header    string         `json:"missing_header"`

	id      string
	env     *plugin.Env
	classes bool // these make a difference
	body    bool // some part gets it
	seldom  plugin.Seldom
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{id: c.ID, env: e}
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	return i, i.read()
}

// read makes ready what requests need.
func (i *instance) read() error {
	places := map[string]int{}
	for k := range i.Parts {
		p := &i.Parts[k]
		if _, twice := places[p.Name]; twice || p.Name == i.Field {
			return fmt.Errorf("two members would have the name %s", p.Name)
		}
		places[p.Name] = k
		i.classes = i.classes || len(p.Classes) > 0
		i.body = i.body || p.PassBody
		if len(p.Default) == 0 {
			p.Default = json.RawMessage("null")
		}
		var err error
		if p.path, err = transform.NewAnswersTemplate(p.Path); err != nil {
			return err
		}
		if p.query, err = pairs(p.Query); err != nil {
			return err
		}
		if p.headers, err = pairs(p.Headers); err != nil {
			return err
		}
		if p.From != "" {
			if p.from, err = shape.Split(p.From); err != nil {
				return err
			}
		}
	}
	for k := range i.Parts {
		p := &i.Parts[k]
		for _, name := range p.needs() {
			at, ok := places[name]
			if !ok {
				return fmt.Errorf("%s waits for %s, which is no part", p.Name, name)
			}
			p.after = append(p.after, at)
		}
	}
	for k := range i.Parts {
		if i.waitsFor(k, k, len(i.Parts)) {
			return fmt.Errorf("%s waits for itself", i.Parts[k].Name)
		}
	}
	return nil
}

func pairs(m map[string]string) (list []pair, err error) {
	for name, text := range m {
		t, err := transform.NewAnswersTemplate(text)
		if err != nil {
			return nil, err
		}
		list = append(list, pair{name, t})
	}
	slices.SortFunc(list, func(a, b pair) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

// needs are the parts whose answers it is made of.
func (p *part) needs() []string {
	all := slices.Clone(p.path.Needs())
	for _, list := range [][]pair{p.query, p.headers} {
		for _, q := range list {
			all = append(all, q.value.Needs()...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// waitsFor tells whether part a waits for part b, over so many others at most.
func (i *instance) waitsFor(a, b, steps int) bool {
	for _, k := range i.Parts[a].after {
		if k == b || steps > 0 && i.waitsFor(k, b, steps-1) {
			return true
		}
	}
	return false
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	var names []string
	for k := range i.Parts {
		if p := &i.Parts[k]; p.isFor(q.Class) {
			names = append(names, p.Name+" of "+p.Service)
		}
	}
	return plugin.Told{Status: 200, State: "asks", Why: fmt.Sprintf("it asks %s, for %d ms at most", strings.Join(names, ", "), i.deadline(q.Class).Milliseconds())}
}
