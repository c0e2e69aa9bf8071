package admin

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"moongate/gateway/entity"
)

// openAPI is the document that describes all this, made from the tables.
func (c *call) openAPI() *reply {
	own, paths := usages(), js{}
	for path, methods := range c.paths() {
		paths[path] = c.describePath(own, path, methods)
	}
	document := js{
		"openapi": "3.1.0",
		"info": js{"title": "Moongate Admin API", "version": c.Node.Version,
			"description": "Kong's Admin API, and what is ours beyond it. HEAD is answered wherever GET is, OPTIONS everywhere."},
		"paths": paths,
		"components": js{
			"schemas": c.shapes(), "parameters": parameters, "headers": headers, "responses": refusals(),
			"securitySchemes": js{"bearer": js{"type": "http", "scheme": "bearer"}, "token": js{"type": "apiKey", "in": "header", "name": "Kong-Admin-Token"},
				"cookie": js{"type": "apiKey", "in": "cookie", "name": cookieName, "description": "Made by POST /session. All but GET and HEAD need X-CSRF-Token too."}},
		},
		"security": []any{js{"bearer": []any{}}, js{"token": []any{}}, js{"cookie": []any{}}},
	}
	if c.Tokens == nil {
		document["security"] = []any{} // nobody is asked
	}
	return ok(document)
}

// describePath tells a path with its methods.
func (c *call) describePath(own map[string]usage, path string, methods []string) js {
	var params []any
	var parts []string
	for part := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name, isParam := strings.CutPrefix(part, "{"); isParam {
			name = strings.TrimSuffix(name, "}")
			params = append(params, js{"name": name, "in": "path", "required": true, "schema": text()})
			part = "x"
		}
		parts = append(parts, part)
	}
	out := js{}
	if params != nil {
		out["parameters"] = params
	}
	for _, m := range slices.Sorted(slices.Values(methods)) {
		d, is := own[m+" "+path]
		if t := locate(c.model, parts); !is && t != nil {
			d = c.entityUsage(t, m)
		}
		op := d.describe(params != nil)
		op["operationId"] = strings.ToLower(m) + strings.NewReplacer("/", "_", "{", "", "}", "").Replace(path)
		op["tags"] = []any{parts[0]}
		role := c.roleFor(path, m)
		if op["x-moongate-role"] = role.String(); role == None {
			op["security"] = []any{}
		}
		out[strings.ToLower(m)] = op
	}
	return out
}

// roleFor is who may use a method.
func (h *Handler) roleFor(path, method string) Role {
	for _, e := range h.table {
		if r, special := e.roles[method]; e.path == path && special {
			return r
		}
	}
	return usualRole(method)
}

func (d *usage) describe(named bool) js {
	op, responses := js{"summary": d.doc}, js{}
	for status, a := range d.gives {
		responses[strconv.Itoa(status)] = a.describe(status)
	}
	refuse := []int{400, 401, 403, 429, 500, 503}
	ask := slices.Clone(d.asks)
	if named {
		refuse = append(refuse, 404)
	}
	if d.body != nil {
		refuse = append(refuse, 413, 415)
		kinds := d.bodies
		if kinds == nil {
			kinds = written
		}
		op["requestBody"] = js{"content": content(kinds, d.body)}
	}
	if d.write {
		refuse = append(refuse, 404, 409)
		ask = append(ask, "dry_run", "X-Reason")
	}
	if d.own {
		refuse = append(refuse, 404, 409)
		ask = append(ask, "dry_run")
	}
	if d.match {
		refuse = append(refuse, 412)
		ask = append(ask, "If-Match", "If-None-Match")
	}
	for _, status := range refuse {
		responses[strconv.Itoa(status)] = js{"$ref": "#/components/responses/" + strconv.Itoa(status)}
	}
	op["responses"] = responses
	if d.events != nil {
		op["x-moongate-events"] = d.events
	}
	var list []any
	for _, name := range ask {
		list = append(list, js{"$ref": "#/components/parameters/" + name})
	}
	if list != nil {
		op["parameters"] = list
	}
	return op
}

func (a *result) describe(status int) js {
	out := js{"description": a.doc}
	if a.doc == "" {
		out["description"] = http.StatusText(status)
	}
	if a.body != nil {
		kinds := a.kinds
		if kinds == nil {
			kinds = []string{"application/json"}
		}
		out["content"] = content(kinds, a.body)
	}
	if a.headers != nil {
		list := js{}
		for _, name := range a.headers {
			list[name] = js{"$ref": "#/components/headers/" + name}
		}
		out["headers"] = list
	}
	return out
}

// content is a body in each of some types. Only of JSON the schema counts: in others it is
// all words.
func content(kinds []string, body js) js {
	out := js{}
	for _, kind := range kinds {
		switch {
		case kind == "application/json", strings.HasPrefix(kind, "text/"):
			out[kind] = js{"schema": body}
		default:
			out[kind] = js{}
		}
	}
	return out
}

// entityUsage tells a method of a path of entities.
func (c *call) entityUsage(t *target, m string) usage {
	k, shown := t.kind, refTo(t.kind.Name)
	dry := result{doc: "Of a dry run.", body: refTo("dry-run")}
	what := strings.ReplaceAll(strings.TrimSuffix(k.Name, "s"), "_", " ")
	marks := []string{"ETag", "X-Moongate-Revision"}
	switch {
	case m == "GET" && t.id == "" && !t.up:
		return usage{doc: "Lists " + strings.ReplaceAll(k.Name, "_", " ") + ".", asks: pageOf(t), gives: gives(200, record("data", listOf(shown), "next", js{"type": []any{"string", "null"}}, "?offset", text()))}
	case m == "GET":
		return usage{doc: "Shows one " + what + ".", asks: []string{"If-None-Match"}, gives: map[int]result{200: {body: shown, headers: []string{"ETag"}}, 304: {doc: "It is the one of If-None-Match.", headers: []string{"ETag"}}}}
	case m == "DELETE":
		return usage{doc: "Deletes one " + what + ", and what cannot be without it.", write: true, match: true, gives: map[int]result{204: {doc: "It is not there any more.", headers: []string{"X-Moongate-Revision"}}, 200: dry}}
	case m == "POST":
		return usage{doc: "Makes one " + what + ".", body: c.newBody(k), write: true, match: true, gives: map[int]result{201: {body: shown, headers: marks}, 200: dry}}
	}
	d := usage{doc: "Changes fields of one " + what + ".", body: refTo(k.Name + "-patch"), write: true, match: true, gives: map[int]result{200: {body: either(shown, refTo("dry-run")), headers: marks}}}
	if m == "PUT" {
		d.doc = "Makes one " + what + ", or puts another one in its place."
		if d.body = refTo(k.Name + "-new"); k.Key != "" || k.Name == "plugins" { // the path may say what is required, and POST tells plugins apart
			d.body = refTo(k.Name + "-patch")
		}
	}
	return d
}

// newBody is what is written to make an entity.
func (c *call) newBody(k *entity.Kind) js {
	names := c.pluginNames()
	if k.Name != "plugins" || len(names) == 0 {
		return refTo(k.Name + "-new")
	}
	list, mapping := []any{}, js{}
	for _, name := range names {
		list = append(list, refTo("plugin-"+name))
		mapping[name] = "#/components/schemas/plugin-" + name
	}
	return js{"oneOf": list, "discriminator": js{"propertyName": "name", "mapping": mapping}}
}

func pageOf(t *target) []string {
	list := []string{"size", "offset"}
	if t.kind.Schema.Field("tags") != nil {
		list = append(list, "tags")
	}
	if t.kind.Name == "consumers" && t.parent == nil {
		list = append(list, "custom_id")
	}
	return list
}
