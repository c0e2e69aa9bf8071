// Package keyauth is the plugin key-auth: consumers show a key, in a header, the query or
// the body.
package keyauth

import (
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is key-auth.
var Plugin = plugin.Plugin{
	Name:    "key-auth",
	Doc:     "Consumers show a key.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "key_names", Kind: schema.Array, Required: true, Default: []string{"apikey"}, Elem: &schema.Field{Kind: schema.String, Check: entity.HeaderName},
			Doc: "Names of headers and arguments in which the key may be; the first that is there counts."},
		plugin.HideCredentialsField,
		plugin.AnonymousField,
		{Name: "key_in_header", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether the key may be in a header."},
		{Name: "key_in_query", Kind: schema.Boolean, Required: true, Default: true, Doc: "Whether the key may be in the query."},
		{Name: "key_in_body", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the key may be in the body: a form, JSON or multipart form."},
		plugin.RunOnPreflightField,
		plugin.RealmField,
	}},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		challenge := plugin.Challenge("Key", i.Realm)
		i.missing = plugin.Unauthorized("No API key found in request", challenge)
		i.duplicate = plugin.Unauthorized("Duplicate API key found", challenge)
		i.unknown = plugin.Unauthorized("Unauthorized", challenge)
		return i, nil
	},
}
