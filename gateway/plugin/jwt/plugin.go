// Package jwt is the plugin jwt: consumers show a signed token (RFC 7519). The key that
// it must be signed with is a credential of a consumer, or one of those that an issuer
// publishes at an address (RFC 7517), which Kong's plugin can't.
package jwt

import (
	"slices"
	"time"

	"moongate/edge/sys/event"
	"moongate/gateway/client"
	"moongate/gateway/jose"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is jwt.
var Plugin = plugin.Plugin{
	Name:    "jwt",
	Doc:     "Consumers show a signed token.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{Fields: []schema.Field{
		words("uri_param_names", []string{"jwt"}, "Query arguments in which the token may be."),
		words("cookie_names", []string{}, "Cookies in which the token may be."),
		{Name: "key_claim_name", Kind: schema.String, Default: "iss", Doc: "The claim, or field of the token's header, that names the credential's key."},
		{Name: "secret_is_base64", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether secrets are kept in base64."},
		{Name: "claims_to_verify", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, OneOf: []any{"exp", "nbf"}}, Doc: "Times that the token must have, and that must hold."},
		plugin.AnonymousField,
		plugin.RunOnPreflightField,
		{Name: "maximum_expiration", Kind: schema.Number, Default: 0, Between: schema.Between(0, 31536000), Doc: "How many seconds a token may still hold at most; 0 for no limit."},
		words("header_names", []string{"authorization"}, "Headers in which the token may be, behind \"Bearer\"."),
		plugin.RealmField,
		ours("jwks_uri", schema.String, "Address of the issuer's keys, for tokens without a credential here.", func(f *schema.Field) { f.Check = checkServer }),
		ours("jwks_refresh", schema.Integer, "Seconds after which the keys are asked for again.", func(f *schema.Field) { f.Default, f.Between = 300, schema.Between(1, 86400) }),
		oursWords("issuers", "The iss claims that count for keys of jwks_uri; all without it."),
		oursWords("audiences", "One of these must be in the aud claim, for keys of jwks_uri."),
		ours("consumer_claim", schema.String, "The claim that names the consumer (username, custom_id or id), for keys of jwks_uri.", func(f *schema.Field) { f.Default = "sub" }),
		ours("consumer_optional", schema.Boolean, "Whether a good token is enough, without a consumer of that name.", func(f *schema.Field) { f.Default = false }),
		ours("groups_claim", schema.String, "The claim with the groups that acl goes by, for keys of jwks_uri.", nil),
	}},
	Checks: []schema.Check{{Kind: schema.Custom, Func: checkExpiration}},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		i.challenge = plugin.Challenge("Bearer", i.Realm)
		i.invalid = i.challenge + ` error="invalid_token"`
		if i.Realm != "" {
			i.invalid = i.challenge + `, error="invalid_token"`
		}
		if i.JWKSURI != "" {
			ask := &client.Client{Loop: e.Worker.Loop, Timeout: jose.FetchTimeout, Most: jose.MostSet}
			i.published = &jose.Published{
				Fetch:   func() ([]byte, error) { return jose.Fetch(ask, i.JWKSURI) },
				Start:   e.Worker.Loop.Go,
				Failed:  func(err error) { e.Log.Error(nil, "gateway: plugin jwt %s: keys are not refreshed: %s", c.ID, err) },
				Clock:   event.Mono,
				Refresh: time.Duration(i.JWKSRefresh) * time.Second,
				Pause:   jose.Pause,
			}
		}
		return i, nil
	},
}

func words(name string, def []string, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Set, Elem: &schema.Field{Kind: schema.String}, Default: def, Doc: doc}
}

func oursWords(name, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Set, Elem: &schema.Field{Kind: schema.String}, Ours: true, Doc: doc}
}

func ours(name string, kind schema.Kind, doc string, more func(f *schema.Field)) schema.Field {
	f := schema.Field{Name: name, Kind: kind, Ours: true, Doc: doc}
	if more != nil {
		more(&f)
	}
	return f
}

// checkExpiration is Kong's rule, in its words: a limit means nothing where the time
// isn't looked at.
func checkExpiration(doc map[string]any) schema.Faults {
	if schema.Int(schema.Get(doc, "config.maximum_expiration")) <= 0 {
		return nil
	}
	list, _ := schema.Get(doc, "config.claims_to_verify").([]any)
	if slices.Contains(list, any("exp")) {
		return nil
	}
	return schema.Faults{
		{Pointer: "/config/claims_to_verify", Message: "expected to contain: exp"},
		{Message: "failed conditional validation given value of field 'config.maximum_expiration'", Entity: true},
	}
}

func checkServer(v any) string {
	if _, wrong := plugin.ReadServer(v); wrong != "" {
		return "must be an http or https address"
	}
	return ""
}
