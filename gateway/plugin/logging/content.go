package logging

import (
	"slices"

	"moongate/gateway/plugin"
	"moongate/gateway/schema"
)

// Content is what a configuration says about what records hold. Plugins embed it.
type Content struct {
	Fields Fields    `json:"custom_fields"`
	Lua    Constants `json:"custom_fields_by_lua"`
	Format string    `json:"format"` // "": Kong's record
	Escape string    `json:"escape"`

	format *Format
}

// ContentFields are its fields.
func ContentFields() []schema.Field {
	return []schema.Field{
		{Name: "custom_fields", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String, Empty: true, Check: checkTemplate}, Ours: true,
			Doc: "More fields, by name, with dots where they lie in others; values are templates as in request-transformer."},
		{Name: "custom_fields_by_lua", Kind: schema.Map, Keys: &schema.Field{Kind: schema.String}, Elem: &schema.Field{Kind: schema.String, Check: checkConstant},
			Doc: "Kong's; of Lua only \"return\" with nil, which takes a field away, or with a text, a number, true or false."},
		{Name: "format", Kind: schema.String, Check: checkFormat, Ours: true, Doc: "A line as in log_format, with nginx's variables, in place of Kong's record."},
		{Name: "escape", Kind: schema.String, Required: true, Default: "default", OneOf: schema.Words("default", "json", "none"), Ours: true, Doc: "How values are written in format, as in log_format."},
	}
}

// prepare reads the format.
func (c *Content) prepare() (err error) {
	if c.Format != "" {
		c.format, err = NewFormat(c.Format, c.Escape)
	}
	return err
}

// record is what there is to say of a request.
func (c *Content) record(x *plugin.Context) []byte {
	if c.format != nil {
		return c.format.Append(nil, x.R)
	}
	root := whole(x)
	for i := range c.Lua {
		c.Lua[i].apply(root)
	}
	for i := range c.Fields.list {
		set(root, c.Fields.list[i].name, c.Fields.list[i].value.Eval(x))
	}
	return encode(root)
}

// With are the fields of a plugin with those of its content.
func With(own ...schema.Field) []schema.Field { return slices.Concat(own, ContentFields()) }
