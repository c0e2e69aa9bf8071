package luaplugin

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"moongate/engine/httpd"
	"moongate/engine/httpd/upstreamhttp"
	"moongate/gateway/plugin"
	"moongate/gateway/plugin/logging"
)

// passing is what a plugin in Lua says of how its request's service is spoken to.
type passing struct {
	before               plugin.Passing
	tries                int // 0: not said
	connect, write, read time.Duration
}

// Pass implements plugin.Passing.
func (p *passing) Pass(c *upstreamhttp.Conf) {
	if p.before != nil {
		p.before.Pass(c)
	}
	if p.tries > 0 {
		c.NextTries = p.tries
	}
	if p.connect > 0 {
		c.ConnectTimeout, c.SendTimeout, c.ReadTimeout = p.connect, p.write, p.read
	}
}

// pass is what is said of this request so far.
func pass(x *plugin.Context) *passing {
	p, ok := x.Passing.(*passing)
	if !ok {
		p = &passing{before: x.Passing}
		x.Passing = p
	}
	return p
}

func numbers(args []string, n int) ([]int, error) {
	if len(args) < n {
		return nil, errArgs
	}
	out := make([]int, n)
	for i := range out {
		var err error
		if out[i], err = strconv.Atoi(args[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// captures are the groups of the route's path, the whole match first.
func captures(x *plugin.Context) any {
	list, names := []string{}, map[string]string{}
	if x.Match.Capture(0) != "" {
		for i := range x.Match.Captures() + 1 {
			list = append(list, x.Match.Capture(i))
		}
	}
	for _, n := range x.Match.Names() {
		names[n.Name] = x.Match.Capture(n.Group)
	}
	return map[string]any{"unnamed": list, "named": names}
}

var conditions = map[string]plugin.LogCondition{"set": plugin.Always, "add": plugin.IfAbsent, "replace": plugin.IfPresent}

// steering are the functions that say how a request goes on, and what is written of it.
func (p *Plugins) steering() []httpd.HostFunc {
	with := func(do func(x *plugin.Context, args []string) error) func(*httpd.Request, []string) (string, bool, error) {
		return func(r *httpd.Request, args []string) (string, bool, error) {
			x, err := of(r)
			if err == nil {
				err = do(x, args)
			}
			return "", false, err
		}
	}
	return []httpd.HostFunc{
		{Name: "captures", Run: about(captures)},
		{Name: "timeouts", Run: with(func(x *plugin.Context, args []string) error {
			n, err := numbers(args, 3)
			if err != nil {
				return err
			}
			p := pass(x)
			p.connect, p.write, p.read = milliseconds(n[0]), milliseconds(n[1]), milliseconds(n[2])
			return nil
		})},
		{Name: "retries", Run: with(func(x *plugin.Context, args []string) error {
			n, err := numbers(args, 1)
			if err == nil {
				pass(x).tries = n[0] + 1
			}
			return err
		})},
		{Name: "record", Run: func(r *httpd.Request, _ []string) (string, bool, error) {
			x, err := of(r)
			if err != nil {
				return "", false, err
			}
			return string(logging.Record(x)), true, nil
		}},
		{Name: "record_value", Run: with(func(x *plugin.Context, args []string) error {
			if len(args) < 3 {
				return errArgs
			}
			var v any
			if err := json.Unmarshal([]byte(args[1]), &v); err != nil {
				return err
			}
			x.LogValues = append(x.LogValues, plugin.LogValue{Name: strings.Clone(args[0]), Value: v, If: conditions[args[2]]})
			return nil
		})},
	}
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
