package admin

import (
	"errors"
	"strconv"
	"strings"

	"moongate/gateway/desired"
	"moongate/gateway/entity"
	"moongate/gateway/schema"
)

// tryReplace makes the write of POST /config; the faults in the file can be told
// by entity, as Kong does with flatten_errors=1.
func (c *call) tryReplace(w desired.Write, file map[string]any, flatten bool) (*desired.Result, error) {
	var r *desired.Result
	var err error
	if c.query.on("dry_run") {
		r, err = c.Desired.Preview(w)
	} else {
		r, err = c.apply(w)
	}
	var e *schema.Error
	if flatten && errors.As(err, &e) && e.Code == schema.CodeDeclarative {
		return nil, &reply{status: e.Status, body: flattened{e, flat(c.model, file, e.Faults)}}
	}
	return r, err
}

// flattened is Kong's error with the faults sorted by entity.
type flattened struct {
	*schema.Error
	Flattened []*flatEntity `json:"flattened_errors"`
}

type flatEntity struct {
	Type   string      `json:"entity_type"`
	Name   string      `json:"entity_name,omitempty"`
	ID     string      `json:"entity_id,omitempty"`
	Tags   any         `json:"entity_tags,omitempty"`
	Entity any         `json:"entity"`
	Errors []flatFault `json:"errors"`
}

type flatFault struct {
	Type    string `json:"type"` // "entity" or "field"
	Field   string `json:"field,omitempty"`
	Message string `json:"message"`
}

var singular = map[string]string{
	"services": "service", "routes": "route", "upstreams": "upstream", "targets": "target", "consumers": "consumer",
	"plugins": "plugin", "certificates": "certificate", "snis": "sni", "ca_certificates": "ca_certificate", "releases": "release", "client_classes": "client_class",
	"keyauth_credentials": "keyauth_credential", "basicauth_credentials": "basicauth_credential",
	"hmacauth_credentials": "hmacauth_credential", "jwt_secrets": "jwt_secret", "mtls_auth_credentials": "mtls_auth_credential", "acls": "acl",
}

// flat follows each fault's pointer to the innermost entity that it lies in.
func flat(m *entity.Model, file map[string]any, faults schema.Faults) []*flatEntity {
	out := []*flatEntity{}
	at := map[string]*flatEntity{}
	for _, f := range faults {
		path := schema.Split(f.Pointer)
		var v any = file
		var found map[string]any
		kind, key, rest := "", "", path
		for i := 0; i+1 < len(path); i += 2 {
			doc, _ := v.(map[string]any)
			list, _ := doc[path[i]].([]any)
			n, err := strconv.Atoi(path[i+1])
			if m.Kind(path[i]) == nil || err != nil || n < 0 || n >= len(list) {
				break
			}
			inner, isObject := list[n].(map[string]any)
			if !isObject {
				break
			}
			v, found, kind, rest = inner, inner, path[i], path[i+2:]
			key += "/" + path[i] + "/" + path[i+1]
		}
		if found == nil {
			continue // Fields has it
		}
		e := at[key]
		if e == nil {
			e = describe(m, kind, found)
			at[key] = e
			out = append(out, e)
		}
		fault := flatFault{Type: "entity", Message: f.Message}
		if len(rest) > 0 {
			fault.Type, fault.Field = "field", dotted(found, rest)
		}
		e.Errors = append(e.Errors, fault)
	}
	return out
}

// describe is an entity of the file without those that lie inside of it.
func describe(m *entity.Model, kind string, doc map[string]any) *flatEntity {
	e := &flatEntity{Type: singular[kind], Tags: doc["tags"]}
	own := map[string]any{}
	for name, v := range doc {
		if m.Kind(name) == nil || m.Kind(kind).Schema.Field(name) != nil {
			own[name] = v
		}
	}
	e.Entity = own
	e.ID, _ = doc["id"].(string)
	for _, key := range []string{"name", "username", m.Kind(kind).Key} {
		if s, ok := doc[key].(string); ok && e.Name == "" {
			e.Name = s
		}
	}
	return e
}

// dotted is a field's path as Kong writes it: members of arrays count from 1.
func dotted(doc any, path []string) string {
	out := make([]string, len(path))
	for i, name := range path {
		out[i] = name
		switch v := doc.(type) {
		case map[string]any:
			doc = v[name]
		case []any:
			n, err := strconv.Atoi(name)
			if err != nil || n < 0 || n >= len(v) {
				return strings.Join(path, ".")
			}
			out[i], doc = strconv.Itoa(n+1), v[n]
		}
	}
	return strings.Join(out, ".")
}
