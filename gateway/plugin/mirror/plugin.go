// Package mirror is the plugin mirror: another server gets copies of requests. A request
// neither waits for its copy nor fails with it: a copy has memory of its own, there are so
// many on their way at most, and what is too many is dropped and counted. Fields are those
// of APISIX's proxy-mirror.
//
// nginx's mirror module makes background subrequests, which share memory with their
// request: that one can't end, and its connection can't serve the next one, before they
// have. So they are not used here.
package mirror

import (
	"net/url"
	"strings"
	"time"

	"moongate/gateway/client"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is mirror.
var Plugin = plugin.Plugin{
	Name:     "mirror",
	Observes: true,
	Doc:      "Sends copies of requests to another server.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "host", Kind: schema.String, Required: true, Ours: true, Check: checkHost, Doc: "Where to, as http://host:port."},
		{Name: "path", Kind: schema.String, Ours: true, Check: checkPath, Doc: "The copies' path, or what comes in front of it; that of the request to the service when it is not set."},
		{Name: "path_concat_mode", Kind: schema.String, Required: true, Ours: true, Default: "replace", OneOf: schema.Words("replace", "prefix"), Doc: "Which of both path is."},
		{Name: "sample_ratio", Kind: schema.Number, Required: true, Ours: true, Default: 1, Between: schema.Between(0.00001, 1), Doc: "How many requests are copied: 0.01 is one of a hundred."},
		{Name: "request_body", Kind: schema.Boolean, Required: true, Ours: true, Default: true, Doc: "Whether copies have bodies. Then requests are read to their end before they go to the service."},
		{Name: "concurrency", Kind: schema.Integer, Required: true, Ours: true, Default: 100, Between: schema.Between(1, 10000), Doc: "Copies that may be on their way in each worker; more are dropped."},
		{Name: "timeout", Kind: schema.Integer, Required: true, Ours: true, Default: 5000, Between: schema.Between(1, 600000), Doc: "Milliseconds that one may take."},
		{Name: "ssl_verify", Kind: schema.Boolean, Required: true, Ours: true, Default: true, Doc: "Whether the server's certificate is checked."},
	}},
	New: newInstance,
}

func checkHost(v any) string {
	u, wrong := plugin.ReadServer(v)
	if wrong == "" && (u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "") {
		wrong = "must be a scheme, a host and a port, and nothing else"
	}
	return wrong
}

func checkPath(v any) string {
	s, _ := v.(string)
	if !strings.HasPrefix(s, "/") || strings.ContainsAny(s, " ?#\t\r\n\x00") {
		return "should start with: /, and be a path"
	}
	if _, err := url.Parse(s); err != nil {
		return "is no path"
	}
	return ""
}

const (
	mostAnswer = 64 << 10 // what is read of an answer for the connection's sake
	keep       = 32
	keepFor    = 30 * time.Second
)

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e, id: c.ID}
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	i.client = &client.Client{Loop: e.Worker.Loop, Timeout: time.Duration(i.Timeout) * time.Millisecond, Most: mostAnswer, Insecure: !i.Verify, Keep: min(keep, i.Concurrency), KeepFor: keepFor}
	return i, nil
}
