// Package hmacauth is the plugin hmac-auth: consumers sign their requests with a shared
// secret (draft-cavage-http-signatures, in Kong's dialect).
package hmacauth

import (
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

var allAlgorithms = []string{"hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512"}

// Plugin is hmac-auth.
var Plugin = plugin.Plugin{
	Name:    "hmac-auth",
	Doc:     "Consumers sign their requests.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{Fields: []schema.Field{
		plugin.HideCredentialsField,
		above("clock_skew", 300, 0, "By how many seconds the request's date may differ from ours."),
		plugin.AnonymousField,
		{Name: "validate_request_body", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether a Digest header must be there for a body, and fit it."},
		{Name: "enforce_headers", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String}, Default: []string{}, Doc: "Headers that must be signed."},
		{Name: "algorithms", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String, OneOf: anys(allAlgorithms)}, Default: allAlgorithms, Doc: "What a request may be signed with."},
		plugin.RealmField,
	}},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		challenge := plugin.Challenge("hmac", i.Realm)
		i.missing = plugin.Unauthorized("Unauthorized", challenge)
		i.undated = plugin.Unauthorized("HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication", challenge)
		i.unclear = plugin.Unauthorized("HMAC signature cannot be verified", challenge)
		i.other = plugin.Unauthorized("HMAC signature does not match", challenge)
		return i, nil
	},
}

func above(name string, def, least float64, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Number, Default: def, Above: &least, Doc: doc}
}

func anys(list []string) (out []any) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}
