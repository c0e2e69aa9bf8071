// Package oauth2introspection is the plugin oauth2-introspection: an authorization server
// is asked what a token is (RFC 7662).
package oauth2introspection

import (
	"strings"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/client"
	"moongate/gateway/oauth"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is oauth2-introspection.
var Plugin = plugin.Plugin{
	Name:    "oauth2-introspection",
	Doc:     "Asks an authorization server what a token is.",
	Without: plugin.OfConsumer,
	Tells:   plugin.ByConfig,
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "introspection_url", Kind: schema.String, Required: true, Check: checkURL, Doc: "Where to ask."},
		{Name: "authorization_value", Kind: schema.String, Required: true, Secret: true, Check: checkLine, Doc: "The Authorization header of questions, such as \"Basic ...\"."},
		{Name: "token_type_hint", Kind: schema.String, Doc: "Told with the token."},
		{Name: "ttl", Kind: schema.Number, Default: 30, Between: schema.Between(0, 1e9), Doc: "Seconds that an answer counts; 0: until the token ends."},
		{Name: "ttl_neg", Kind: schema.Number, Default: 5, Ours: true, Between: schema.Between(0, 3600), Doc: "Seconds that a token is refused without another question."},
		plugin.HideCredentialsField,
		{Name: "timeout", Kind: schema.Integer, Default: 10000, Between: schema.Between(1, 600000), Doc: "Milliseconds that a question may take."},
		{Name: "keepalive", Kind: schema.Integer, Default: 60000, Between: schema.Between(0, 1<<31-2), Doc: "Milliseconds that a connection may be idle; 0 keeps none."},
		{Name: "ssl_verify", Kind: schema.Boolean, Default: true, Ours: true, Doc: "Whether the server's certificate is checked."},
		plugin.AnonymousField,
		plugin.RunOnPreflightField,
		{Name: "consumer_by", Kind: schema.String, Required: true, Default: "username", OneOf: schema.Words("username", "client_id"), Doc: "What of an answer names the consumer: username is a consumer's username, client_id its custom_id."},
		{Name: "introspect_request", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the server is told the request's path and method."},
		{Name: "custom_introspection_headers", Kind: schema.Map, Required: true, Default: map[string]any{}, Keys: &schema.Field{Kind: schema.String, Check: checkName}, Elem: &schema.Field{Kind: schema.String, Check: checkLine}, Doc: "More headers of questions."},
		{Name: "custom_claims_forward", Kind: schema.Set, Required: true, Default: []string{}, Elem: &schema.Field{Kind: schema.String, Check: checkName}, Doc: "More of an answer that the service gets, as X-Credential-NAME."},
		{Name: "realm", Kind: schema.String, Required: true, Default: "service", Ours: true, Check: plugin.RealmField.Check, Doc: plugin.RealmField.Doc},
	}},
	New: newInstance,
}

func checkURL(v any) string {
	u, wrong := plugin.ReadServer(v)
	if wrong == "" && u.User != nil {
		wrong = "must not have user info"
	}
	return wrong
}

func checkName(v any) string {
	if s, _ := v.(string); !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	return ""
}

func checkLine(v any) string {
	if s, _ := v.(string); strings.ContainsAny(s, "\r\n\x00") {
		return "must be one line"
	}
	return ""
}

const (
	mostAnswer = 1 << 20
	keep       = 32 // connections
)

func newInstance(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
	i := &instance{env: e, id: c.ID}
	if err := c.Decode(i); err != nil {
		return nil, err
	}
	i.missing = i.refusal("invalid_request", "The access token is missing")
	i.invalid = i.refusal("invalid_token", "The access token is invalid or has expired")
	if e.Worker == nil { // only to tell
		return i, nil
	}
	i.client = &client.Client{Loop: e.Worker.Loop, Timeout: time.Duration(i.Timeout) * time.Millisecond, Most: mostAnswer, Insecure: !i.Verify}
	if i.Keepalive > 0 {
		i.client.Keep, i.client.KeepFor = keep, time.Duration(i.Keepalive)*time.Millisecond
	}
	i.tokens = i.newTokens()
	return i, nil
}

func (i *instance) newTokens() *oauth.Tokens {
	seconds := func(n float64) time.Duration { return time.Duration(n * float64(time.Second)) }
	return &oauth.Tokens{Keep: seconds(i.TTL), Deny: seconds(i.Deny), Timeout: i.client.Timeout, Now: event.Now}
}

// refusal is an answer as RFC 6750 has it.
func (i *instance) refusal(code, text string) *plugin.Refusal {
	challenge := plugin.Challenge("Bearer", i.Realm)
	if code != "invalid_request" {
		challenge += `, error="` + code + `", error_description="` + text + `"`
	}
	return &plugin.Refusal{Status: 401, Challenge: challenge, Body: `{"error_description":"` + text + `","error":"` + code + `"}`}
}
