// Package circuitbreaker is the plugin circuit-breaker, which Kong does not have: a route,
// a service or a single target that answers badly or slowly gets no requests for a while,
// then a few, and when those are good again all of them. The workers of a node share what
// they have counted.
package circuitbreaker

import (
	"fmt"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is circuit-breaker.
var Plugin = plugin.Plugin{
	Name: "circuit-breaker",
	Doc:  "Keeps requests from what answers badly.",
	Config: schema.Shape{
		Fields: []schema.Field{
			{Name: "per", Kind: schema.String, Required: true, Default: "route", OneOf: schema.Words("route", "service", "target"), Doc: "What has a breaker of its own. A target whose breaker is open is not chosen."},
			{Name: "window", Kind: schema.Number, Required: true, Default: 10, Between: schema.Between(0.1, 86400), Doc: "Seconds that rates are looked at over."},
			{Name: "min_requests", Kind: schema.Integer, Required: true, Default: 20, Between: schema.Between(1, 1e9), Doc: "The least number of requests in the window for a rate to count."},
			{Name: "error_rate", Kind: schema.Number, Required: true, Default: 50, Between: schema.Between(0, 100), Doc: "Per cent of failures at which the breaker opens; 0: never."},
			{Name: "consecutive_failures", Kind: schema.Integer, Required: true, Default: 0, Between: schema.Between(0, 1e9), Doc: "Failures in a row at which it opens, however few requests there were; 0: never."},
			{Name: "slow_rate", Kind: schema.Number, Required: true, Default: 0, Between: schema.Between(0, 100), Doc: "Per cent of slow answers at which it opens; 0: never."},
			{Name: "slow", Kind: schema.Integer, Required: true, Default: 1000, Between: schema.Between(1, 1<<31-2), Doc: "Milliseconds from which on an answer is slow."},
			{Name: "statuses", Kind: schema.Set, Required: true, Default: []int{500, 502, 503, 504}, Elem: &schema.Field{Kind: schema.Integer, Between: schema.Between(100, 999)}, Doc: "Statuses that are failures; no answer is one too."},
			{Name: "open_for", Kind: schema.Number, Required: true, Default: 30, Between: schema.Between(0.1, 86400), Doc: "Seconds that it stays open."},
			{Name: "half_open_requests", Kind: schema.Integer, Required: true, Default: 3, Between: schema.Between(1, 1e6), Doc: "How many are let through then; when all are good it closes, and with the first failure it opens again."},
			{Name: "status_code", Kind: schema.Integer, Required: true, Default: 503, Between: schema.Between(200, 599), Doc: "Status of the answer while it is open."},
			{Name: "message", Kind: schema.String, Doc: "Its message, said as {\"message\": ...}; not together with body."},
			{Name: "body", Kind: schema.String, Doc: "The whole body of the answer."},
			{Name: "content_type", Kind: schema.String, Required: true, Default: "application/json; charset=utf-8", Doc: "Type of body."},
			{Name: "retry_after", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether the answer says after how many seconds to ask again."},
		},
		Checks: []schema.Check{
			{Kind: schema.MutuallyExclusive, Fields: []string{"message", "body"}},
		},
	},
	Tells: plugin.ByMemory,
	New:   newInstance,
}

type config struct {
	Per         string  `json:"per"`
	Window      float64 `json:"window"`
	MinRequests uint32  `json:"min_requests"`
	ErrorRate   float64 `json:"error_rate"`
	Streak      uint32  `json:"consecutive_failures"`
	SlowRate    float64 `json:"slow_rate"`
	Slow        int64   `json:"slow"`
	Statuses    []int   `json:"statuses"`
	OpenFor     float64 `json:"open_for"`
	HalfOpen    uint32  `json:"half_open_requests"`
	Status      int     `json:"status_code"`
	Message     string  `json:"message"`
	Body        string  `json:"body"`
	ContentType string  `json:"content_type"`
	RetryAfter  bool    `json:"retry_after"`
}

// instance is one configuration.
type instance struct {
	config
	shared
	id     string
	env    *plugin.Env
	bad    [1000]bool
	seldom plugin.Seldom
}

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e, id: c.ID}
	if err := c.Decode(&i.config); err != nil {
		return nil, err
	}
	if i.Per != "route" && i.Per != "service" && i.Per != "target" {
		return nil, fmt.Errorf("unknown value %q of per", i.Per)
	}
	for _, code := range i.Statuses {
		if code >= 0 && code < len(i.bad) {
			i.bad[code] = true
		}
	}
	if i.Message == "" {
		i.Message = "Service unavailable"
	}
	ms := func(seconds float64) int64 { return max(int64(seconds*1000), 1) }
	i.shared = shared{dict: e.Dict, prefix: prefixOf(c.ID, i.Per), rule: rule{window: ms(i.Window), open: ms(i.OpenFor),
		least: i.MinRequests, failures: i.ErrorRate, slow: i.SlowRate, streak: i.Streak, halfOpen: i.HalfOpen}}
	return i, nil
}
