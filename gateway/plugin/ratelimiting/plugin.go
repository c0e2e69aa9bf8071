// Package ratelimiting is the plugin rate-limiting: so many requests in a second, minute,
// hour, day, month or year for each consumer, credential, address, service, header value
// or path. Limits are exact: of requests that come at the same time to any number of
// workers, or of nodes that share a Redis, just as many pass as are allowed. A request
// that is refused is not counted.
package ratelimiting

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is rate-limiting.
var Plugin = plugin.Plugin{
	Name: "rate-limiting",
	Doc:  "Limits how many requests may come in a period of time.",
	Config: schema.Shape{
		Fields: slices.Concat(periods(), plugin.SubjectFields(), []schema.Field{
			{Name: "policy", Kind: schema.String, Default: "local", OneOf: schema.Words("local", "redis"), Doc: "Where requests are counted: in this node, or in a Redis for several nodes."},
			{Name: "fault_tolerant", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether requests pass while Redis is away; else they are answered with 500."},
			{Name: "redis", Kind: schema.Record, Required: true, Shape: plugin.RedisShape(), Doc: "The Redis of policy redis."},
			{Name: "hide_client_headers", Kind: schema.Boolean, Required: true, Default: false, Doc: "Keeps the limits from the client."},
			{Name: "error_code", Kind: schema.Number, Default: 429, Above: schema.Above(0), Check: checkStatus, Doc: "Status of the refusal."},
			{Name: "error_message", Kind: schema.String, Default: "API rate limit exceeded", Doc: "Its message."},
			{Name: "sync_rate", Kind: schema.Number, Required: true, Default: -1, Doc: "How often Kong brings its counts together; ours always are."},
			{Name: "strategy", Kind: schema.String, Required: true, Default: "fixed", OneOf: schema.Words("fixed", "sliding", "gcra"), Ours: true, Doc: "Windows of the calendar, windows that end now, or an even rate with bursts."},
			{Name: "burst", Kind: schema.Integer, Above: schema.Above(0), Ours: true, Doc: "With gcra: how many may come at once; as many as the limit when it is not set."},
			{Name: "memory_full", Kind: schema.String, Required: true, Default: "allow", OneOf: schema.Words("allow", "deny"), Ours: true, Doc: "What becomes of requests for whose count there is no memory (policy local)."},
		}),
		Checks: append(plugin.SubjectChecks(), []schema.Check{
			{Kind: schema.AtLeastOneOf, Fields: keys[:]},
			plugin.Requires("policy", "redis", "redis.host"), plugin.Requires("policy", "redis", "redis.port"), plugin.Requires("policy", "redis", "redis.timeout"),
			{Kind: schema.Custom, Func: ascending},
		}...),
		Shorthands: shorthands(),
	},
	New: newInstance,
}

type config struct {
	plugin.Subject
	Second        float64      `json:"second"`
	Minute        float64      `json:"minute"`
	Hour          float64      `json:"hour"`
	Day           float64      `json:"day"`
	Month         float64      `json:"month"`
	Year          float64      `json:"year"`
	Policy        string       `json:"policy"`
	FaultTolerant bool         `json:"fault_tolerant"`
	Redis         plugin.Redis `json:"redis"`
	HideHeaders   bool         `json:"hide_client_headers"`
	ErrorCode     int          `json:"error_code"`
	ErrorMessage  string       `json:"error_message"`
	Strategy      string       `json:"strategy"`
	Burst         float64      `json:"burst"`
	MemoryFull    string       `json:"memory_full"`

	id string
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e}
	err := c.Decode(&i.config)
	if err != nil {
		return nil, err
	}
	i.id = c.ID
	if i.limits, err = i.count(); err != nil {
		return nil, err
	}
	i.prefix = i.limits.prefix(c.ID, i.Strategy)
	if i.Policy == "redis" {
		i.counter = &shared{i.Redis.Client(e.Worker.Loop)}
	} else {
		i.counter = local{e.Dict}
	}
	return i, nil
}

func periods() (out []schema.Field) {
	for _, k := range keys {
		out = append(out, schema.Field{Name: k, Kind: schema.Number, Above: schema.Above(0), Check: checkLimit, Doc: "Requests that may be made in a " + k + "."})
	}
	return out
}

// checkStatus takes what an answer may begin with; Kong takes all numbers, and its answers
// break.
func checkStatus(v any) string {
	if f, ok := number(v); ok && (f != math.Trunc(f) || f < 200 || f > 599) {
		return "value should be a whole number between 200 and 599"
	}
	return ""
}

// checkLimit keeps limits to what can be counted.
func checkLimit(v any) string {
	if f, ok := number(v); ok && f > 1<<53 {
		return "value should be at most 9007199254740992"
	}
	return ""
}

func number(v any) (float64, bool) {
	n, ok := v.(json.Number)
	if !ok {
		return 0, false
	}
	f, err := n.Float64()
	return f, err == nil
}

// shorthands are the flat fields that Kong had before it had the record redis.
func shorthands() (out []schema.Shorthand) {
	for _, f := range plugin.RedisShape().Fields {
		name := f.Name
		f.Name, f.Default = "redis_"+name, nil
		out = append(out, schema.Shorthand{Field: f, Expand: func(v any) (map[string]any, string) {
			return map[string]any{"redis": map[string]any{name: v}}, ""
		}})
	}
	return out
}

// ascending refuses a longer period with a lower limit, as Kong does.
func ascending(doc map[string]any) schema.Faults {
	limit := func(i int) (float64, bool) {
		n, ok := schema.Normal(doc[keys[i]]).(interface{ Float64() (float64, error) })
		if !ok {
			return 0, false
		}
		f, err := n.Float64()
		return f, err == nil
	}
	for i := range keys {
		low, ok := limit(i)
		for j := i + 1; ok && j < units; j++ {
			if high, there := limit(j); there && high < low {
				text := fmt.Sprintf("The limit for %s(%.1f) cannot be lower than the limit for %s(%.1f)", keys[j], high, keys[i], low)
				return schema.Faults{{Message: text, Hint: "raise " + keys[j] + " or lower " + keys[i], Entity: true}}
			}
		}
	}
	return nil
}
