package entity

import (
	"cmp"
	"encoding/json"

	"moongate/gateway/schema"
)

// Plugin is a plugin at work: for all, or for a service, route or consumer.
type Plugin struct {
	Base
	Name         string          `json:"name"`
	InstanceName string          `json:"instance_name"`
	Config       json.RawMessage `json:"config"`
	Service      *Ref            `json:"service"`
	Route        *Ref            `json:"route"`
	Consumer     *Ref            `json:"consumer"`
	Protocols    []string        `json:"protocols"`
	Enabled      bool            `json:"enabled"`
}

// Plugins knows the schemas of plugins. A plugin's schema is laid over that of
// the plugins entity: it has the field config (a record), and may refine others,
// as consumer with Null set where a plugin can't be for one consumer.
type Plugins interface {
	Schema(name string) (*schema.Schema, bool)
	Names() []string
}

func plugins(o *Outside) *Kind {
	protocols := set("protocols", "For which protocols it works.", oneOf("", nil, "", allProtocols...))
	protocols.Required, protocols.Default = true, httpProtocols
	name := required(str("name", "Which plugin.", nil))
	instance := nameField("A name for this one.")
	instance.Name = "instance_name"
	return &Kind{
		Name: "plugins", Path: "plugins", Key: "instance_name", New: func() any { return new(Plugin) },
		Uniques: [][]string{{"name", "service", "route", "consumer"}},
		refine:  o.refinePlugin,
		Schema: &schema.Schema{Name: "plugins", Doc: "A plugin at work.", Shape: schema.Shape{
			Fields: entityFields(
				name, instance,
				schema.Field{Name: "config", Kind: schema.Record, Required: true, Doc: "As the plugin's own schema says."},
				foreign("service", "services", schema.Cascade, "For this service only."),
				foreign("route", "routes", schema.Cascade, "For this route only."),
				foreign("consumer", "consumers", schema.Cascade, "For this consumer only."),
				protocols,
				flag("enabled", true, "Whether it works."),
			),
		}},
	}
}

func (o *Outside) refinePlugin(s *schema.Schema, doc map[string]any) (*schema.Schema, schema.Faults) {
	name, ok := doc["name"].(string)
	if !ok || name == "" {
		loose := *s.Field("config")
		loose.Kind, loose.Required = schema.Any, false
		return s.Overlay(&schema.Schema{Shape: schema.Shape{Fields: []schema.Field{loose}}}), nil
	}
	if o.Plugins != nil {
		if sub, ok := o.Plugins.Schema(name); ok {
			return s.Overlay(sub), nil
		}
	}
	hint := "no plugin is known"
	if o.Plugins != nil {
		hint = cmp.Or(schema.Meant(name, o.Plugins.Names()), "there are those of GET /plugins/enabled; one in Lua has to be named by lua_plugins, and moongate gateway knows it by -c nginx.conf")
	}
	return nil, fault("plugin '"+name+"' not enabled; add it to the 'plugins' configuration property", hint, "name")
}
