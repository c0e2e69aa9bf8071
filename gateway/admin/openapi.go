package admin

import (
	"maps"
	"slices"
	"strings"

	"moongate/gateway/entity"
)

// openAPI is the document that describes all this, made from the tables.
func (c *call) openAPI() *reply {
	schemas := map[string]any{"error": errorSchema()}
	for _, k := range c.model.Kinds() {
		schemas[k.Name] = k.Schema.JSON()
	}
	for _, name := range c.pluginNames() {
		if s, there := c.Plugins.Schema(name); there {
			schemas["plugin-"+name] = c.model.Kind("plugins").Schema.Overlay(s).JSON()
		}
	}
	paths := map[string]any{}
	for path, methods := range c.paths() {
		paths[path] = c.describePath(path, methods)
	}
	token := map[string]any{"type": "apiKey", "in": "header", "name": "Kong-Admin-Token"}
	return ok(map[string]any{
		"openapi": "3.1.0",
		"info":    map[string]any{"title": "Moongate Admin API", "version": c.Node.Version},
		"paths":   paths,
		"components": map[string]any{
			"schemas":         schemas,
			"securitySchemes": map[string]any{"bearer": map[string]any{"type": "http", "scheme": "bearer"}, "token": token},
		},
		"security": []any{map[string]any{"bearer": []any{}}, map[string]any{"token": []any{}}},
	})
}

func errorSchema() map[string]any {
	text := map[string]any{"type": "string"}
	fault := map[string]any{"type": "object", "properties": map[string]any{"pointer": text, "message": text, "hint": text}}
	return map[string]any{"type": "object", "properties": map[string]any{
		"code": map[string]any{"type": "integer"}, "name": text, "message": text,
		"fields": map[string]any{"type": "object"}, "faults": map[string]any{"type": "array", "items": fault},
	}}
}

func (c *call) describePath(path string, methods []string) map[string]any {
	var params []any
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name, isParam := strings.CutPrefix(part, "{"); isParam {
			name = strings.TrimSuffix(name, "}")
			params = append(params, map[string]any{"name": name, "in": "path", "required": true, "schema": map[string]any{"type": "string"}})
			part = "x"
		}
		parts = append(parts, part)
	}
	t := locate(c.model, parts)
	out := map[string]any{}
	if params != nil {
		out["parameters"] = params
	}
	for _, m := range slices.Sorted(slices.Values(methods)) {
		out[strings.ToLower(m)] = describeMethod(t, m, path)
	}
	return out
}

func describeMethod(t *target, m, path string) map[string]any {
	op := map[string]any{"operationId": strings.ToLower(m) + strings.NewReplacer("/", "_", "{", "", "}", "").Replace(path)}
	good := map[string]any{"description": "done"}
	status := "200"
	switch {
	case t == nil:
	case m == "DELETE":
		status = "204"
	case m == "GET" && t.id == "" && !t.up:
		op["parameters"] = pageParameters(t.kind)
		good["content"] = jsonBody(map[string]any{"type": "object", "properties": map[string]any{
			"data":   map[string]any{"type": "array", "items": refTo(t.kind.Name)},
			"offset": map[string]any{"type": "string"}, "next": map[string]any{"type": []any{"string", "null"}},
		}})
	default:
		if m == "POST" {
			status = "201"
		}
		good["content"] = jsonBody(refTo(t.kind.Name))
	}
	if t != nil && m != "GET" && m != "DELETE" {
		op["requestBody"] = map[string]any{"content": jsonBody(refTo(t.kind.Name))}
	}
	op["responses"] = map[string]any{
		status:    good,
		"default": map[string]any{"description": "refused", "content": jsonBody(refTo("error"))},
	}
	return op
}

func refTo(name string) map[string]any {
	return map[string]any{"$ref": "#/components/schemas/" + name}
}

func jsonBody(s map[string]any) map[string]any {
	return map[string]any{"application/json": map[string]any{"schema": s}}
}

func pageParameters(k *entity.Kind) []any {
	kinds := map[string]map[string]any{
		"size":   {"type": "integer", "minimum": 1, "maximum": 1000},
		"offset": {"type": "string"},
	}
	if k.Schema.Field("tags") != nil {
		kinds["tags"] = map[string]any{"type": "string"}
	}
	var out []any
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		out = append(out, map[string]any{"name": name, "in": "query", "schema": kinds[name]})
	}
	return out
}
