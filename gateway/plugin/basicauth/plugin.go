// Package basicauth is the plugin basic-auth: consumers show a user name and a password
// (RFC 7617).
package basicauth

import (
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is basic-auth.
var Plugin = plugin.Plugin{
	Name:    "basic-auth",
	Doc:     "Consumers show a user name and a password.",
	Without: plugin.OfConsumer,
	Config:  schema.Shape{Fields: []schema.Field{plugin.AnonymousField, plugin.HideCredentialsField, realmField()}},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e}
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		i.refused = plugin.Unauthorized("Unauthorized", `Basic realm="`+i.Realm+`"`)
		return i, nil
	},
}

func realmField() schema.Field {
	f := plugin.RealmField
	f.Required, f.Default = true, "service"
	return f
}
