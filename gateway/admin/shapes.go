package admin

import (
	"maps"
	"slices"

	"moongate/gateway/entity"
	"moongate/gateway/explain"
	"moongate/gateway/schema"
)

// shapes are the schemas of the document that have a name. Of each kind there are three:
// as it is shown, "-new" as it is written, and "-patch" for a part of it.
func (h *Handler) shapes() js {
	out := h.answers()
	for _, k := range h.model.Kinds() {
		shown := k.Schema.JSON()
		switch properties := shown["properties"].(js); k.Name {
		case "certificates":
			properties["snis"] = doc("Names that the certificate is shown for.", listOf(text()))
		case "plugins":
			properties["config"] = doc("As the plugin says: plugin-NAME.", js{})
		case "targets":
			out["targets-health"] = targetHealth(shown)
		}
		out[k.Name] = shown
		out[k.Name+"-new"] = h.written(k, shown, false)
		out[k.Name+"-patch"] = h.written(k, shown, true)
	}
	k := h.model.Kind("plugins")
	for _, name := range h.pluginNames() {
		if s, there := h.Plugins.Schema(name); there {
			one := h.written(k, k.Schema.Overlay(s).JSON(), false)
			properties := one["properties"].(js)
			properties["name"] = js{"const": name}
			if config, ok := properties["config"].(js); ok {
				madeUp(config, s)
			}
			out["plugin-"+name] = one
		}
	}
	return out
}

// madeUp takes fields out of what is required that the gateway fills in.
func madeUp(written js, s *schema.Schema) {
	config := s.Field("config")
	required, _ := written["required"].([]any)
	if config == nil || len(required) == 0 {
		return
	}
	required = slices.DeleteFunc(slices.Clone(required), func(name any) bool {
		return slices.ContainsFunc(config.Fields, func(f schema.Field) bool { return f.Name == name && f.Auto })
	})
	if written["required"] = required; len(required) == 0 {
		delete(written, "required")
	}
}

// written is a kind's schema as clients write it: what the gateway fills in may be missing,
// others may be named in place of their ids, and where a path says whose it is, nothing
// need be said. Of a part everything may be missing.
func (h *Handler) written(k *entity.Kind, shown js, part bool) js {
	out := h.named(shown)
	properties := out["properties"].(js)
	if k.Name == "certificates" {
		properties["snis"] = either(listOf(text()), text())
	}
	required, _ := out["required"].([]any)
	required = slices.DeleteFunc(slices.Clone(required), func(name any) bool {
		f := k.Schema.Field(name.(string))
		return part || f != nil && (f.Auto || f.Kind == schema.Foreign)
	})
	delete(out, "required")
	if len(required) > 0 {
		out["required"] = required
	}
	if part {
		return partial(out)
	}
	return out
}

// named lets references be by name.
func (h *Handler) named(s js) js {
	properties, is := s["properties"].(js)
	if !is {
		return s
	}
	s, properties = maps.Clone(s), maps.Clone(properties)
	s["properties"] = properties
	kind, refers := s["x-reference"].(string)
	if !refers {
		for name, p := range properties {
			properties[name] = h.named(p.(js))
		}
		return s
	}
	delete(s, "required")
	s["minProperties"], s["additionalProperties"] = 1, false
	if key := h.model.Kind(kind).Key; key != "" {
		properties[key] = text()
	}
	return s
}

// partial takes required out of a record and of those inside of it.
func partial(s js) js {
	s = maps.Clone(s)
	delete(s, "required")
	if properties, ok := s["properties"].(js); ok {
		s["properties"] = maps.Clone(properties)
		for name, p := range properties {
			s["properties"].(js)[name] = partial(p.(js))
		}
	}
	return s
}

func targetHealth(shown js) js {
	out := maps.Clone(shown)
	properties := maps.Clone(shown["properties"].(js))
	properties["health"] = oneOf("HEALTHY", "UNHEALTHY", "HEALTHCHECKS_OFF", "DNS_ERROR")
	properties["data"] = record("addresses", listOf(typeOf[AddressHealth](false)), "nodeWeight", whole(), "weight", weights())
	out["properties"] = properties
	return out
}

func weights() js { return record("total", whole(), "available", whole(), "unavailable", whole()) }

// answers are the schemas of what is no entity.
func (h *Handler) answers() js {
	changed := func(more ...any) js {
		return record(append([]any{"kind", text(), "id", text(), "action", oneOf("create", "update", "delete"), "?fields", doc("Names of fields that differ.", listOf(text()))}, more...)...)
	}
	document := js{"type": []any{"object", "string"}, "description": "The document; *** where it may not be seen."}
	told := func(number string, change js) js {
		return record(number, whole(), "time", typeOf[entity.Revision](false)["properties"].(js)["time"], "who", text(), "from", doc("The address that it came from.", text()), "why", text(),
			"changes", listOf(change), "?acts", listOf(refTo("act")))
	}
	fault := doc("The same as fields, with a JSON pointer (RFC 6901) and a hint.", record("pointer", text(), "message", text(), "?hint", text()))
	out := js{
		"error": doc("Why a request is refused, in Kong's form.", record("message", text(), "?code", whole(), "?name", text(), "?fields", mapOf(js{}), "?faults", listOf(fault),
			"?operation", doc("Of /batch: the place of the operation, from 0.", whole()), "?method", text(), "?path", text(),
			"?flattened_errors", doc("Of /config with flatten_errors=1.", listOf(typeOf[flatEntity](false))))),
		"message":           record("message", text()),
		"act":               doc("What a revision has the data plane do.", typeOf[entity.Act](false)),
		"change":            changed("?old", document, "?new", document),
		"dry-run":           doc("What a write would change. Nothing is kept.", record("dry_run", js{"const": true}, "changes", listOf(refTo("change")), "?entity", typed("object"), "?acts", listOf(refTo("act")))),
		"revision":          told("number", refTo("change")),
		"audit":             either(told("revision", changed("?name", doc("What it is called, if it has a name.", text()))), journalShape()),
		"explain-request":   doc("The request that is asked about: a url, or its parts.", typeOf[explain.Request](true)),
		"explanation":       typeOf[explain.Answer](false),
		"release-explained": typeOf[explain.Release](false),
		"batch": record("operations", js{"type": "array", "maxItems": maxOperations, "items": record("method", oneOf("POST", "PUT", "PATCH", "DELETE", "post", "put", "patch", "delete"),
			"path", doc("Of an entity, without arguments.", text()), "?body", js{"type": []any{"object", "null"}})}),
		"batch-result": record("revision", whole(), "results", listOf(record("status", whole(), "?body", typed("object")))),
		"kong-schema":  doc("A schema as Kong writes it.", js{"type": "object", "properties": js{"fields": listOf(typed("object")), "entity_checks": listOf(js{})}, "required": []any{"fields"}}),
		"kept-answer": record("status", whole(), "headers", mapOf(text()), "body", text(), "body_len", whole(), "timestamp", whole(), "ttl", whole(), "version", whole(),
			"?vary", doc("There are several, which differ by these headers of the client.", listOf(text()))),
		"balancer-health": record("id", text(), "health", oneOf("HEALTHY", "UNHEALTHY", "HEALTHCHECKS_OFF"), "?balancer_health", oneOf("HEALTHY", "UNHEALTHY"),
			"?details", record("healthy", yesNo(), "weight", weights())),
		"node":           h.nodeShape(),
		"live":           typeOf[Live](false),
		"live-summary":   typeOf[Summary](false),
		"topology":       typeOf[Topology](false),
		"recent-request": typeOf[Recent](false),
		"status":         statusShape(),
	}
	maps.Copy(out, accessShapes())
	return out
}

func (h *Handler) nodeShape() js {
	plugins := mapOf(record("version", text(), "priority", whole()))
	listeners := listOf(typeOf[Listen](false))
	return record("tagline", text(), "version", doc("Of the Kong whose API this is.", text()), "edition", text(), "hostname", text(), "node_id", text(), "lua_version", text(),
		"pids", record("master", whole(), "workers", listOf(whole())), "timers", record("running", whole(), "pending", whole()),
		"plugins", record("available_on_server", plugins, "enabled_in_cluster", listOf(text()), "disabled_on_server", typed("object")),
		"configuration", record("database", doc("off: nothing can be written.", oneOf("postgres", "off")), "router_flavor", text(), "role", text(), "loaded_plugins", plugins,
			"?admin_gui_path", text(), "proxy_listeners", listeners, "admin_listeners", listeners, "stream_listeners", listeners),
		"moongate", record("version", text(), "nginx", text(), "go", text(), "store", text(), "started", js{"type": "string", "format": "date-time"}, "revision", whole(), "role", oneOf("viewer", "operator", "admin")))
}

func statusShape() js {
	size := doc("Bytes, or a text with the unit.", js{"type": []any{"integer", "string"}})
	return record("database", record("reachable", yesNo()),
		"server", record("connections_active", whole(), "connections_accepted", whole(), "connections_handled", whole(),
			"connections_reading", whole(), "connections_writing", whole(), "connections_waiting", whole(), "total_requests", whole()),
		"memory", record("workers_lua_vms", listOf(record("pid", whole(), "http_allocated_gc", size)), "lua_shared_dicts", mapOf(record("allocated_slabs", size, "capacity", size))),
		"moongate", record("revision", whole(), "workers", whole(), "?trouble", doc("Why the store cannot be reached.", text())))
}
