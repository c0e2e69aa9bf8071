package gateway

import (
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// registry is the schemas of the plugins of this program, for the entities' tables.
type registry struct {
	names   []string
	schemas map[string]*schema.Schema
}

// Registry gives the schemas of all plugins of the program.
func Registry() entity.Plugins { return registryOf(plugins()) }

func registryOf(list []*plugin.Plugin) *registry {
	r := &registry{schemas: map[string]*schema.Schema{}}
	for _, p := range list {
		r.names = append(r.names, p.Name)
		r.schemas[p.Name] = overlay(p)
	}
	return r
}

// overlay refines the entity plugins for one of them.
func overlay(p *plugin.Plugin) *schema.Schema {
	s := &schema.Schema{Name: p.Name, Doc: p.Doc}
	s.Checks = p.Checks
	config := schema.Field{Name: "config", Kind: schema.Record, Required: true, Doc: p.Doc, Shape: p.Config}
	if p.New == nil { // one in Lua where none runs: nobody can judge it
		config.Kind, config.Required = schema.Any, false
	}
	s.Fields = append(s.Fields, config)
	for _, w := range []struct {
		scope plugin.Scopes
		field schema.Field
	}{
		{plugin.OfRoute, schema.Field{Name: "route", Reference: "routes"}},
		{plugin.OfService, schema.Field{Name: "service", Reference: "services"}},
		{plugin.OfConsumer, schema.Field{Name: "consumer", Reference: "consumers"}},
	} {
		if p.Without&w.scope != 0 {
			w.field.Kind, w.field.Null = schema.Foreign, true
			s.Fields = append(s.Fields, w.field)
		}
	}
	return s
}

// Schema implements entity.Plugins, and so does Names.
func (r *registry) Schema(name string) (*schema.Schema, bool) {
	s, ok := r.schemas[name]
	return s, ok
}

// Names are in running order.
func (r *registry) Names() []string { return r.names }
