package faultinjection

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"moongate/core/errlog"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/transform"
	"moongate/gateway/schema"
)

// Plugin is fault-injection.
var Plugin = plugin.Plugin{
	Name: "fault-injection",
	Doc:  "Has requests wait, or fail.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "abort", Kind: schema.Record, Doc: "What requests are answered with.", Shape: schema.Shape{Fields: []schema.Field{
			{Name: "http_status", Kind: schema.Integer, Required: true, Between: schema.Between(200, 599), Doc: "The status."},
			{Name: "grpc_status", Kind: schema.Integer, Between: schema.Between(1, 16), Doc: "The status for those who speak gRPC; the body is its message."},
			{Name: "body", Kind: schema.String, Empty: true, Default: "", Check: checkTemplate, Doc: "The body, a template as in request-transformer."},
			{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: transform.CheckName}, Elem: &schema.Field{Kind: schema.String}, Doc: "Headers; values are templates."},
			percentage(),
		}}},
		{Name: "delay", Kind: schema.Record, Doc: "How long requests wait.", Shape: schema.Shape{Fields: []schema.Field{
			{Name: "duration", Kind: schema.Number, Required: true, Between: schema.Between(0, 600), Doc: "Seconds."},
			{Name: "duration_max", Kind: schema.Number, Between: schema.Between(0, 600), Doc: "Where it is set, each waits for a time between both."},
			percentage(),
		}, Checks: []schema.Check{{Kind: schema.Custom, Func: checkRange}}}},
		{Name: "headers", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String, Check: transform.CheckName}, Elem: &schema.Field{Kind: schema.String}, Doc: "Headers that a request must have, with these values; * is any."},
		{Name: "consumers", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String}, Doc: "Usernames, custom_ids or ids, one of which the consumer must have."},
		{Name: "max_delayed", Kind: schema.Integer, Required: true, Default: 1000, Between: schema.Between(1, 1000000), Doc: "How many may wait in each worker; others don't."},
		{Name: "seed", Kind: schema.Integer, Doc: "Makes chance the same each time, for tests."},
	}, Checks: []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"abort", "delay"}}}},
	Tells: plugin.ByConfig,
	New:   newInstance,
}

func percentage() schema.Field {
	return schema.Field{Name: "percentage", Kind: schema.Number, Required: true, Default: 100, Between: schema.Between(0, 100), Doc: "Of how many requests in a hundred."}
}

func checkTemplate(v any) string {
	s, _ := v.(string)
	if _, err := transform.NewTemplate(s); err != nil {
		return err.Error()
	}
	return ""
}

func checkRange(doc map[string]any) schema.Faults {
	number := func(name string) float64 {
		n, _ := doc[name].(json.Number)
		f, _ := n.Float64()
		return f
	}
	if doc["duration_max"] != nil && number("duration_max") < number("duration") {
		return schema.Faults{{Message: "'duration_max' must not be less than 'duration'", Entity: true}}
	}
	return nil
}

type config struct {
	Abort *struct {
		Status     int               `json:"http_status"`
		GRPC       int               `json:"grpc_status"`
		Body       string            `json:"body"`
		Headers    map[string]string `json:"headers"`
		Percentage float64           `json:"percentage"`
	} `json:"abort"`
	Delay *struct {
		Duration   float64 `json:"duration"`
		Max        float64 `json:"duration_max"`
		Percentage float64 `json:"percentage"`
	} `json:"delay"`
	Headers   map[string]string `json:"headers"`
	Consumers []string          `json:"consumers"`
	Delayed   int64             `json:"max_delayed"`
	Seed      *int64            `json:"seed"`
}

type instance struct {
	id        string
	abort     *abort
	delay     *delay
	headers   []header
	consumers []string
	most      int64
	delayed   atomic.Int64
	full      plugin.Seldom

	mu     sync.Mutex
	chance *rand.Rand // nil: the process's
}

type header struct{ name, value string }

type delay struct {
	from, to   time.Duration
	percentage float64
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	var conf config
	if err := c.Decode(&conf); err != nil {
		return nil, err
	}
	i := &instance{id: c.ID, consumers: conf.Consumers, most: conf.Delayed}
	for name, value := range conf.Headers {
		i.headers = append(i.headers, header{name, value})
	}
	slices.SortFunc(i.headers, func(a, b header) int { return strings.Compare(a.name, b.name) })
	if conf.Seed != nil {
		i.chance = rand.New(rand.NewPCG(uint64(*conf.Seed), 0))
	}
	if d := conf.Delay; d != nil {
		i.delay = &delay{seconds(d.Duration), seconds(max(d.Duration, d.Max)), d.Percentage}
	}
	if a := conf.Abort; a != nil {
		i.abort = &abort{status: a.Status, grpc: a.GRPC, percentage: a.Percentage}
		if err := i.abort.prepare(a.Body, a.Headers); err != nil {
			return nil, err
		}
	}
	return i, nil
}

func seconds(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }

// hit tells whether chance takes a request.
func (i *instance) hit(percentage float64) bool {
	return percentage >= 100 || percentage > 0 && i.float()*100 < percentage
}

func (i *instance) float() float64 {
	if i.chance == nil {
		return rand.Float64()
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.chance.Float64()
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	if !i.fits(x.R.In.Get, x.Consumer) {
		return plugin.Next
	}
	if d := i.delay; d != nil && i.hit(d.percentage) && !i.wait(x, d) {
		return 499
	}
	if a := i.abort; a != nil && i.hit(a.percentage) {
		return a.answer(x)
	}
	return plugin.Next
}

// wait has a request wait, unless so many do already; false: its client has gone.
func (i *instance) wait(x *plugin.Context, d *delay) bool {
	defer i.delayed.Add(-1)
	if i.delayed.Add(1) > i.most {
		if missed, ok := i.full.Now(); ok {
			x.R.Logf(errlog.Warn, "gateway: fault-injection %s: %d requests wait already, this one does not (%d more since the last such line)", i.id, i.most, missed)
		}
		return true
	}
	took := d.from
	if d.to > d.from {
		took += time.Duration(i.float() * float64(d.to-d.from))
	}
	return x.R.Sleep(took)
}

// Tell implements plugin.Tells.
func (i *instance) Tell(q *plugin.Question) plugin.Told {
	get := func(name string) (string, bool) {
		for k := range q.Headers {
			if strings.EqualFold(q.Headers[k].Name, name) {
				return q.Headers[k].Value, true
			}
		}
		return "", false
	}
	if !i.fits(get, q.Consumer) {
		return plugin.Told{State: "lets pass", Why: "it is not for this request"}
	}
	var why []string
	if d := i.delay; d != nil && d.percentage > 0 {
		long := fmt.Sprint(d.from)
		if d.to > d.from {
			long += fmt.Sprintf(" to %v", d.to)
		}
		why = append(why, fmt.Sprintf("%g %% of requests wait %s", d.percentage, long))
	}
	a := i.abort
	if a != nil && a.percentage > 0 {
		why = append(why, fmt.Sprintf("%g %% are answered with %d", a.percentage, a.status))
	}
	told := plugin.Told{State: "lets pass", Why: strings.Join(why, ", ")}
	switch {
	case a != nil && a.percentage >= 100:
		told.State, told.Status = "answers", a.status
	case len(why) > 0:
		told.State = "interferes"
	}
	return told
}
