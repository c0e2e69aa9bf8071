package entity

import "moongate/gateway/schema"

// Fields that many entities have, and kinds of values with Kong's bounds.

func list(words ...string) []any {
	out := make([]any, len(words))
	for i, w := range words {
		out[i] = w
	}
	return out
}

// entityFields puts what every entity has around its own fields.
func entityFields(own ...schema.Field) []schema.Field {
	out := []schema.Field{
		{Name: "id", Kind: schema.String, UUID: true, Auto: true, Required: true, Immutable: true, Doc: "Made by the gateway when it is not given."},
		{Name: "created_at", Kind: schema.Integer, Auto: true, Doc: "Seconds since 1970."},
		{Name: "updated_at", Kind: schema.Integer, Auto: true, Doc: "Seconds since 1970."},
	}
	out = append(out, own...)
	return append(out, schema.Field{
		Name: "tags", Kind: schema.Set, Elem: &schema.Field{Kind: schema.String, Check: text(checkTag)},
		Doc: "Words to group and filter entities by.",
	})
}

func nameField(doc string) schema.Field {
	return schema.Field{Name: "name", Kind: schema.String, Unique: true, Check: text(checkName), Doc: doc}
}

func foreign(name, reference string, onDelete schema.Rule, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Foreign, Reference: reference, OnDelete: onDelete, Doc: doc}
}

func required(f schema.Field) schema.Field {
	f.Required = true
	return f
}

func ours(f schema.Field) schema.Field {
	f.Ours = true
	return f
}

func str(name, doc string, check func(string) string) schema.Field {
	f := schema.Field{Name: name, Kind: schema.String, Doc: doc}
	if check != nil {
		f.Check = text(check)
	}
	return f
}

func integer(name string, def any, lo, hi float64, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Integer, Default: def, Between: schema.Between(lo, hi), Doc: doc}
}

func number(name string, def any, lo, hi float64, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Number, Default: def, Between: schema.Between(lo, hi), Doc: doc}
}

func flag(name string, def any, doc string) schema.Field {
	return schema.Field{Name: name, Kind: schema.Boolean, Default: def, Doc: doc}
}

func oneOf(name string, def any, doc string, words ...string) schema.Field {
	return schema.Field{Name: name, Kind: schema.String, Default: def, OneOf: list(words...), Doc: doc}
}

func set(name, doc string, elem schema.Field) schema.Field {
	return schema.Field{Name: name, Kind: schema.Set, Elem: &elem, Doc: doc}
}

func array(name, doc string, elem schema.Field) schema.Field {
	return schema.Field{Name: name, Kind: schema.Array, Elem: &elem, Doc: doc}
}

func record(name, doc string, fields ...schema.Field) schema.Field {
	return schema.Field{Name: name, Kind: schema.Record, Doc: doc, Shape: schema.Shape{Fields: fields}}
}

// valuesByName is a map of names to lists of values, as headers are matched:
// any of the values, and ~*regex is one.
func (o *Outside) valuesByName(name, doc string, check func(string) string) schema.Field {
	values := array("", "", str("", "", o.checkValue))
	values.LenMin = 1
	return schema.Field{
		Name: name, Kind: schema.Map, Doc: doc, Elem: &values,
		Keys: &schema.Field{Kind: schema.String, Check: text(check)},
	}
}

var httpProtocols = []string{"grpc", "grpcs", "http", "https"}
var allProtocols = []string{"grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp"}
