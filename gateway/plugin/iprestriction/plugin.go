// Package iprestriction is the plugin ip-restriction: from which addresses a service may
// be used.
package iprestriction

import (
	"fmt"

	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Plugin is ip-restriction.
var Plugin = plugin.Plugin{
	Name: "ip-restriction",
	Doc:  "Lets addresses in, or keeps them out.",
	Config: schema.Shape{Fields: []schema.Field{
		{Name: "allow", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String, Check: entity.IPOrCIDR}, Doc: "Addresses and networks that are let in; no others are."},
		{Name: "deny", Kind: schema.Array, Elem: &schema.Field{Kind: schema.String, Check: entity.IPOrCIDR}, Doc: "Addresses and networks that are kept out, be they allowed or not."},
		// Kong has no bounds here, but no other status can be sent.
		{Name: "status", Kind: schema.Integer, Between: schema.Between(200, 599), Doc: "The answer's status; 403 without it."},
		{Name: "message", Kind: schema.String, Doc: "The answer's message."},
	}},
	Checks: []schema.Check{{Kind: schema.AtLeastOneOf, Fields: []string{"config.allow", "config.deny"}}},
	Tells:  plugin.ByConfig,
	New: func(_ *plugin.Env, c *plugin.Config) (plugin.Instance, error) {
		i := new(instance)
		if err := c.Decode(i); err != nil {
			return nil, err
		}
		var err error
		if i.allow, err = newRanges(i.Allow); err != nil {
			return nil, fmt.Errorf("allow: %w", err)
		}
		if i.deny, err = newRanges(i.Deny); err != nil {
			return nil, fmt.Errorf("deny: %w", err)
		}
		return i, nil
	},
}
