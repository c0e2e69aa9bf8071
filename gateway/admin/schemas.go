package admin

import (
	"time"

	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// kongSchema is a schema as /schemas shows it; entity_checks is always there.
func kongSchema(s *schema.Schema) map[string]any {
	out := s.Kong()
	if out["entity_checks"] == nil {
		out["entity_checks"] = []any{}
	}
	return out
}

func (c *call) entitySchema() *reply {
	if c.path[1] == "tags" {
		return ok(kongSchema(&tagSchema))
	}
	k := c.model.Kind(c.path[1])
	if k == nil {
		return message(404, "No entity named '"+c.path[1]+"'")
	}
	return ok(kongSchema(k.Schema))
}

// tagSchema is of what /tags lists; nothing else has it.
var tagSchema = schema.Schema{Shape: schema.Shape{Fields: []schema.Field{
	{Name: "tag", Kind: schema.String, Required: true},
	{Name: "entity_name", Kind: schema.String, Required: true},
	{Name: "entity_id", Kind: schema.String, Required: true},
}}}

// pluginSchema is the plugin's own fields, and the protocols that it works for:
// tools take the defaults from here.
func (c *call) pluginSchema() *reply {
	if c.Plugins != nil {
		if s, there := c.Plugins.Schema(c.path[2]); there {
			if s.Field("protocols") == nil {
				own := schema.Schema{Shape: s.Shape}
				own.Fields = append([]schema.Field{*c.model.Kind("plugins").Schema.Field("protocols")}, s.Fields...)
				s = &own
			}
			return ok(kongSchema(s))
		}
	}
	return message(404, "No plugin named '"+c.path[2]+"'")
}

// pluginConfigSchema is the older form that some tools still ask for.
func (c *call) pluginConfigSchema() *reply {
	if c.Plugins != nil {
		if s, there := c.Plugins.Schema(c.path[2]); there && s.Field("config") != nil {
			return ok(kongSchema(&schema.Schema{Shape: s.Field("config").Shape}))
		}
	}
	return message(404, "No plugin named '"+c.path[2]+"'")
}

// validate judges a document by its schema, without what holds between entities.
func (c *call) validate() *reply {
	k := c.model.Kind(c.path[1])
	if k == nil {
		return message(404, "No entity named '"+c.path[1]+"'")
	}
	in, err := c.read(maxBody, false)
	if err != nil {
		return c.failed(err)
	}
	doc := in.fields(c.model, k, nil)
	sch, faults := c.model.SchemaFor(k, doc)
	if faults == nil {
		made(sch, doc)
		_, faults = sch.Complete(doc)
	}
	if faults != nil {
		return c.failed(schema.Violation(faults))
	}
	return message(200, "schema validation successful")
}

// made puts something where the gateway fills in what is not given.
func made(s *schema.Schema, doc map[string]any) {
	for i := range s.Fields {
		f := &s.Fields[i]
		switch {
		case !f.Auto || doc[f.Name] != nil:
		case f.UUID:
			doc[f.Name] = entity.NewID()
		case f.Required && f.Kind == schema.String:
			doc[f.Name] = entity.NewSecret()
		case f.Required && f.Kind == schema.Integer:
			doc[f.Name] = schema.Normal(time.Now().Unix())
		}
	}
}
