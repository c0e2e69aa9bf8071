package admin

import (
	"cmp"
	"slices"
	"strings"
)

// endpoint is a path that is no entity's. Parts in braces stand for anything.
type endpoint struct {
	path    string
	methods map[string]method
	roles   map[string]Role // where they are not Viewer for GET, Operator for others
}

func (e *endpoint) matches(path []string) bool {
	n := 0
	for part := range strings.SplitSeq(strings.Trim(e.path, "/"), "/") {
		if part == "" {
			break
		}
		if n >= len(path) || part != path[n] && part[0] != '{' {
			return false
		}
		n++
	}
	return n == len(path)
}

type methods = map[string]method

// endpoints is the table; the first that matches counts.
func (h *Handler) endpoints() []endpoint {
	viewerPosts := map[string]Role{"POST": Viewer}
	operatorGets := map[string]Role{"GET": Operator}
	adminPosts := map[string]Role{"POST": Admin}
	healthy := func(c *call) *reply { return c.setHealth(true) }
	unhealthy := func(c *call) *reply { return c.setHealth(false) }
	return append(accessEndpoints(), []endpoint{
		{"/", methods{"GET": (*call).root}, nil},
		{"/status", methods{"GET": (*call).status}, nil},
		{"/status/ready", methods{"GET": (*call).ready}, nil},
		{"/metrics", methods{"GET": (*call).metrics}, nil},
		{"/endpoints", methods{"GET": (*call).listEndpoints}, nil},
		{"/plugins/enabled", methods{"GET": (*call).enabledPlugins}, nil},
		{"/plugins/schema/{name}", methods{"GET": (*call).pluginConfigSchema}, nil},
		{"/schemas/{kind}", methods{"GET": (*call).entitySchema}, nil},
		{"/schemas/{kind}/validate", methods{"POST": (*call).validate}, viewerPosts},
		{"/schemas/plugins/{name}", methods{"GET": (*call).pluginSchema}, nil},
		{"/tags", methods{"GET": (*call).tags}, nil},
		{"/tags/{tag}", methods{"GET": (*call).tags}, nil},
		{"/config", methods{"GET": (*call).export, "POST": (*call).replace}, adminPosts},
		{"/upstreams/{upstream}/health", methods{"GET": (*call).upstreamHealth}, nil},
		{"/upstreams/{upstream}/targets/all", methods{"GET": (*call).allTargets}, nil},
		{"/upstreams/{upstream}/targets/{target}/healthy", methods{"PUT": healthy, "POST": healthy}, nil},
		{"/upstreams/{upstream}/targets/{target}/unhealthy", methods{"PUT": unhealthy, "POST": unhealthy}, nil},
		{"/upstreams/{upstream}/targets/{target}/{address}/healthy", methods{"PUT": healthy, "POST": healthy}, nil},
		{"/upstreams/{upstream}/targets/{target}/{address}/unhealthy", methods{"PUT": unhealthy, "POST": unhealthy}, nil},
		{"/proxy-cache", methods{"DELETE": (*call).purgeAll}, nil},
		{"/proxy-cache/{key}", methods{"GET": (*call).cached, "DELETE": (*call).purge}, nil},
		{"/proxy-cache/{plugin}/caches/{key}", methods{"GET": (*call).cached, "DELETE": (*call).purge}, nil},
		{"/plugins/{plugin}/caches", methods{"DELETE": (*call).purgePlugin}, nil},
		{"/plugins/{plugin}/caches/{key}", methods{"GET": (*call).cached, "DELETE": (*call).purge}, nil},
		{"/nodes", methods{"GET": (*call).nodes}, nil},
		{"/virtual-addresses", methods{"GET": (*call).virtualAddresses}, nil},
		{"/virtual-addresses/{name}/drain", methods{"POST": func(c *call) *reply { return c.drain(true) }}, nil},
		{"/virtual-addresses/{name}/undrain", methods{"POST": func(c *call) *reply { return c.drain(false) }}, nil},
		{"/batch", methods{"POST": (*call).batch}, nil},
		{"/revisions", methods{"GET": (*call).revisions}, nil},
		{"/revisions/{number}", methods{"GET": (*call).revision}, nil},
		{"/revisions/{number}/rollback", methods{"POST": (*call).rollback}, nil},
		{"/events", methods{"GET": (*call).events}, nil},
		{"/live", methods{"GET": (*call).live}, nil},
		{"/live/history", methods{"GET": (*call).liveHistory}, nil},
		{"/logs", methods{"GET": (*call).logs}, operatorGets},
		{"/logs/names", methods{"GET": (*call).logNames}, operatorGets},
		{"/inspect/dicts", methods{"GET": (*call).dicts}, nil},
		{"/inspect/dicts/{dict}", methods{"GET": (*call).dictEntries}, operatorGets},
		{"/inspect/dicts/{dict}/{key}", methods{"DELETE": (*call).dropEntry}, nil},
		{"/inspect/limits", methods{"GET": (*call).limits}, operatorGets},
		{"/inspect/caches", methods{"GET": (*call).cacheInfos}, nil},
		{"/inspect/caches/{plugin}/entries", methods{"GET": (*call).cacheEntries}, operatorGets},
		{"/requests", methods{"GET": (*call).recent}, nil},
		{"/topology", methods{"GET": (*call).topology}, nil},
		{"/audit", methods{"GET": (*call).audit}, nil},
		{"/openapi.json", methods{"GET": (*call).openAPI}, nil},
		{"/explain", methods{"POST": (*call).explain}, viewerPosts},
		{"/releases/{release}/explain", methods{"POST": (*call).explain}, viewerPosts},
		{"/releases/{release}/promote", methods{"POST": (*call).release}, nil},
		{"/releases/{release}/pause", methods{"POST": (*call).release}, nil},
		{"/releases/{release}/resume", methods{"POST": (*call).release}, nil},
		{"/releases/{release}/abort", methods{"POST": (*call).release}, nil},
	}...)
}

// paths is all that there is, entities included, with the methods of each.
func (h *Handler) paths() map[string][]string {
	out := map[string][]string{}
	for _, e := range h.table {
		for m := range e.methods {
			out[e.path] = append(out[e.path], m)
		}
	}
	add := func(path string, list ...string) {
		if out[path] == nil {
			out[path] = list
		}
	}
	for _, k := range h.model.Kinds() {
		one := "/" + k.Path + "/{" + k.Path + "}"
		add("/"+k.Path, "GET", "POST")
		add(one, "GET", "PUT", "PATCH", "DELETE")
		for _, c := range h.model.Children(k.Name) {
			if t := below(h.model, k, c.NestedPath()); t != nil && !t.up {
				add(one+"/"+c.NestedPath(), "GET", "POST")
				add(one+"/"+c.NestedPath()+"/{"+c.Path+"}", "GET", "PUT", "PATCH", "DELETE")
			}
		}
		for _, r := range k.Refs {
			if t := below(h.model, k, r.Field); t != nil && t.up {
				add(one+"/"+r.Field, "GET", "PUT", "PATCH")
			}
		}
	}
	return out
}

func (c *call) listEndpoints() *reply {
	var list []string
	for path := range c.paths() {
		list = append(list, path)
	}
	slices.SortFunc(list, func(a, b string) int {
		// The order of segments, as in Kong: /a/z comes before /ab.
		return cmp.Compare(strings.ReplaceAll(a, "/", "\x00"), strings.ReplaceAll(b, "/", "\x00"))
	})
	return ok(map[string]any{"data": list})
}
