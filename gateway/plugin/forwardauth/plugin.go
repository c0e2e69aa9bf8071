// Package forwardauth is the plugin forward-auth: another server is asked whether a request
// may pass. The fields are those of APISIX's plugin of that name.
package forwardauth

import (
	"strings"
	"time"

	"moongate/gateway/client"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is forward-auth.
var Plugin = plugin.Plugin{
	Name:    "forward-auth",
	Doc:     "Asks another server whether a request may pass.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "uri", Kind: schema.String, Required: true, Ours: true, Check: checkURL, Doc: "Where to ask."},
		{Name: "request_method", Kind: schema.String, Required: true, Ours: true, Default: "GET", OneOf: schema.Words("GET", "POST"), Doc: "How. With POST the server gets the request's body too."},
		names("request_headers", nil, "Headers of the client that the server gets."),
		names("upstream_headers", nil, "Headers of a consenting answer that the service gets, in place of those of the client; what the answer doesn't have is taken away."),
		names("client_headers", []string{"WWW-Authenticate", "Location"}, "Headers of a refusal that the client gets, besides its Content-Type."),
		{Name: "timeout", Kind: schema.Integer, Required: true, Ours: true, Default: 3000, Between: schema.Between(1, 60000), Doc: "Milliseconds that it may take."},
		{Name: "keepalive", Kind: schema.Boolean, Required: true, Ours: true, Default: true, Doc: "Whether connections are kept for other requests."},
		{Name: "keepalive_timeout", Kind: schema.Integer, Required: true, Ours: true, Default: 60000, Between: schema.Between(1000, 1<<31-2), Doc: "Milliseconds that they may be idle."},
		{Name: "keepalive_pool", Kind: schema.Integer, Required: true, Ours: true, Default: 5, Between: schema.Between(1, 1000), Doc: "How many are kept, in each worker."},
		{Name: "ssl_verify", Kind: schema.Boolean, Required: true, Ours: true, Default: true, Doc: "Whether the server's certificate is checked."},
		{Name: "status_on_error", Kind: schema.Integer, Required: true, Ours: true, Default: 403, Between: schema.Between(200, 599), Doc: "The answer when the server can't be asked."},
		{Name: "allow_degradation", Kind: schema.Boolean, Required: true, Ours: true, Default: false, Doc: "Whether requests pass when it can't be asked."},
	}},
	New: newInstance,
}

func names(name string, standard any, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Array, Ours: true, Default: standard, Elem: &schema.Field{Kind: schema.String, Check: checkName}, Doc: doc}
}

// checkName refuses what is no header, and those that say where a message ends or whose it
// is.
func checkName(v any) string {
	s, _ := v.(string)
	if !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	switch strings.ToLower(s) {
	case "host", "connection", "content-length", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade", "expect":
		return "'" + s + "' cannot be copied"
	}
	return ""
}

func checkURL(v any) string {
	u, wrong := plugin.ReadServer(v)
	if wrong == "" && u.User != nil {
		wrong = "must not have user info"
	}
	return wrong
}

// mostBody is how long a refusal may be.
const mostBody = 1 << 20

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e, id: c.ID}
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	i.client = &client.Client{Loop: e.Worker.Loop, Timeout: milliseconds(i.Timeout), Most: mostBody, Insecure: !i.Verify, KeepFor: milliseconds(i.KeepTimeout)}
	if i.Keep {
		i.client.Keep = i.KeepPool
	}
	return i, nil
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
