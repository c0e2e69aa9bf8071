package gateway

import (
	"errors"

	"moongate/engine/httpd"
	"moongate/engine/regex"
	"moongate/engine/zone"
	"moongate/gateway/entity"
	"moongate/gateway/plugin"
	"moongate/gateway/route"
	"moongate/gateway/schema"
)

// registry is the schemas of the plugins of this program, for the entities' tables.
type registry struct {
	names   []string
	schemas map[string]*schema.Schema
}

// Outside is what documents are judged by, besides their own tables, with the schemas
// that Registry or Declared give.
func Outside(p entity.Plugins) entity.Outside {
	return entity.Outside{Plugins: p, Path: route.CheckPath, Regex: func(pattern string) error {
		_, err := regex.Compile(pattern, true)
		return err
	}}
}

// Registry gives the schemas of all plugins of the program.
func Registry() entity.Plugins { return registryOf(plugins()) }

// Declared gives the schemas of all plugins that a configuration knows, those in Lua too. It
// needs the memory of the configuration, and keeps a VM for as long as the process lives.
func Declared(b *httpd.Builder) (entity.Plugins, error) {
	cf := httpd.MainConf[mainConf](b, Module)
	if !cf.written {
		return nil, errors.New("there is no \"gateway\" block in \"http\"")
	}
	kinds, err := cf.lua.kinds()
	if err != nil {
		return nil, err
	}
	return registryOf(knowing(kinds, zone.Of(b.Cycle.Cycle))), nil
}

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
