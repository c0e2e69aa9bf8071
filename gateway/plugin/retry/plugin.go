// Package retry is the plugin retry: how often, why, for how long and with what pauses a
// request is tried, where that is not as its service says.
package retry

import (
	"fmt"
	"time"

	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is retry.
var Plugin = plugin.Plugin{
	Name: "retry",
	Doc:  "Tries and timeouts in place of the service's.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "tries", Kind: schema.Integer, Ours: true, Between: schema.Between(1, 100), Doc: "How often a request is tried, the first time included; one more than the service's retries when it is not set."},
		{Name: "on", Kind: schema.Set, Ours: true, Required: true, Default: []string{"error", "timeout"}, Elem: &schema.Field{Kind: schema.String, OneOf: schema.Words(conditions...)}, Doc: "After what it is tried again."},
		{Name: "timeout", Kind: schema.Integer, Ours: true, Between: schema.Between(1, 1<<31-2), Doc: "Milliseconds that all tries may take until an answer begins."},
		{Name: "backoff", Kind: schema.Integer, Ours: true, Required: true, Default: 0, Between: schema.Between(0, 60000), Doc: "Milliseconds before the second try, twice as many before each that follows; up to the half is left to chance."},
		{Name: "backoff_max", Kind: schema.Integer, Ours: true, Required: true, Default: 1000, Between: schema.Between(0, 60000), Doc: "The longest of these pauses."},
		{Name: "same_target", Kind: schema.Boolean, Ours: true, Required: true, Default: true, Doc: "Whether targets that have failed are asked again when there is no other."},
		{Name: "connect_timeout", Kind: schema.Integer, Ours: true, Between: schema.Between(1, 1<<31-2), Doc: "Milliseconds, in place of the service's; so are the two below."},
		{Name: "write_timeout", Kind: schema.Integer, Ours: true, Between: schema.Between(1, 1<<31-2), Doc: "Between two writes."},
		{Name: "read_timeout", Kind: schema.Integer, Ours: true, Between: schema.Between(1, 1<<31-2), Doc: "Between two reads."},
	}},
	New: newInstance,
}

// conditions are words of proxy_next_upstream.
var conditions = []string{"error", "timeout", "invalid_header", "http_500", "http_502", "http_503", "http_504", "http_403", "http_404", "http_429", "non_idempotent"}

type instance struct {
	Tries      int      `json:"tries"`
	On         []string `json:"on"`
	Timeout    int      `json:"timeout"`
	Backoff    int      `json:"backoff"`
	BackoffMax int      `json:"backoff_max"`
	SameTarget bool     `json:"same_target"`
	Connect    int      `json:"connect_timeout"`
	Write      int      `json:"write_timeout"`
	Read       int      `json:"read_timeout"`

	on upstreamhttp.Condition
}

func newInstance(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := new(instance)
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	for _, word := range i.On {
		bit, ok := upstreamhttp.NextWords[word]
		if !ok {
			return nil, fmt.Errorf("unknown condition %q", word)
		}
		i.on |= bit
	}
	return i, nil
}

// Access implements plugin.Access.
func (i *instance) Access(x *plugin.Context) plugin.Result {
	x.Passing = i
	return plugin.Next
}

// Pass implements plugin.Passing.
func (i *instance) Pass(c *upstreamhttp.Conf) {
	c.Next, c.Again = i.on, i.SameTarget
	if i.Tries > 0 {
		c.NextTries = i.Tries
	}
	c.Whole = milliseconds(i.Timeout)
	c.Pause, c.PauseLimit = milliseconds(i.Backoff), milliseconds(max(i.BackoffMax, i.Backoff))
	for _, t := range []struct {
		ms int
		to *time.Duration
	}{{i.Connect, &c.ConnectTimeout}, {i.Write, &c.SendTimeout}, {i.Read, &c.ReadTimeout}} {
		if t.ms > 0 {
			*t.to = milliseconds(t.ms)
		}
	}
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
