// Package acl is the plugin acl: which groups of consumers may use a service.
package acl

import (
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is acl.
var Plugin = plugin.Plugin{
	Name:    "acl",
	Doc:     "Lets groups of consumers in, or keeps them out.",
	Without: plugin.OfConsumer,
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "allow", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String}, Doc: "Groups that may use the service; nobody else may."},
		{Name: "deny", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String}, Doc: "Groups that may not use it; everybody else may."},
		{Name: "hide_groups_header", Kind: schema.Boolean, Required: true, Default: false, Doc: "Whether the service is not told the groups."},
		{Name: "always_use_authenticated_groups", Kind: schema.Boolean, Required: true, Default: false,
			Doc: "Whether the groups that a credential names count more than those of the consumer."},
	}},
	Checks: []schema.Check{
		{Kind: schema.OnlyOneOf, Fields: []string{"config.allow", "config.deny"}},
		{Kind: schema.AtLeastOneOf, Fields: []string{"config.allow", "config.deny"}},
	},
	New: func(e *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := &instance{env: e}
		return i, c.Decode(i)
	},
}
