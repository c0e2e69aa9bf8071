package admin

import "maps"

// usage is a method of a path as the OpenAPI document tells it.
type usage struct {
	doc    string
	asks   []string       // parameters, by their names in components
	body   js             // of the request; nil: it has none
	bodies []string       // types of the body, JSON and forms when it is not set
	gives  map[int]result // by status, but for refusals that all share
	write  bool           // it makes a revision, or tries to
	match  bool           // it heeds If-Match and If-None-Match
	own    bool           // it changes what is no part of the desired state
	events js             // of a stream: what data holds, by the event's name
}

// result is an answer.
type result struct {
	doc     string
	body    js       // nil: none
	kinds   []string // types, JSON when it is not set
	headers []string // by their names in components
}

func gives(status int, body js) map[int]result { return map[int]result{status: {body: body}} }

var plain = []string{"text/plain", "application/openmetrics-text"}

// usages tells the methods of endpoints; those of entities are told by their tables.
func usages() map[string]usage {
	names := func(field string) js { return record(field, listOf(text())) }
	page := func(of js) js {
		return record("data", listOf(of), "next", js{"type": []any{"string", "null"}}, "?offset", text())
	}
	message := gives(200, refTo("message"))
	releases := func(text string) usage {
		return usage{doc: text, body: record("?reason", doc("Why, for who looks at the release later.", js{"type": []any{"string", "null"}})), write: true, match: true,
			gives: map[int]result{200: {body: either(refTo("releases"), refTo("dry-run")), headers: []string{"ETag", "X-Moongate-Revision"}}}}
	}
	done := map[int]result{204: {doc: "Done.", headers: []string{"X-Moongate-Revision"}}, 200: {doc: "Of a dry run.", body: refTo("dry-run")}}
	healthy := usage{doc: "Says that a target, or one of its addresses, is healthy, until checks find otherwise.", write: true, gives: done}
	unhealthy := usage{doc: "Says that a target, or one of its addresses, is unhealthy, until checks find otherwise.", write: true, gives: done}
	purge := usage{doc: "Throws out the answer of one X-Cache-Key, of one configuration of proxy-cache or of all.", write: true, gives: done}
	kept := usage{doc: "Shows the answer of one X-Cache-Key, as this node has it.", gives: gives(200, refTo("kept-answer"))}
	unwatched := result{doc: "There are no workers to look at.", body: refTo("message")}
	out := map[string]usage{
		"GET /":                         {doc: "This node: what tools read before they do anything.", gives: gives(200, refTo("node"))},
		"GET /status":                   {doc: "Connections, requests and memory.", asks: []string{"unit", "scale"}, gives: gives(200, refTo("status"))},
		"GET /status/ready":             {doc: "Whether the store can be reached.", gives: message},
		"GET /metrics":                  {doc: "Metrics for Prometheus, under Kong's names.", gives: map[int]result{200: {body: text(), kinds: plain}, 404: {doc: "There are no workers to count anything.", body: refTo("message")}}},
		"GET /endpoints":                {doc: "All paths of this API.", gives: gives(200, names("data"))},
		"GET /plugins/enabled":          {doc: "Names of the plugins that there are.", gives: gives(200, names("enabled_plugins"))},
		"GET /plugins/schema/{name}":    {doc: "A plugin's config, in an older form.", gives: gives(200, refTo("kong-schema"))},
		"GET /schemas/{kind}":           {doc: "A kind of entity.", gives: gives(200, refTo("kong-schema"))},
		"POST /schemas/{kind}/validate": {doc: "Judges a document by its schema alone. Nothing is kept.", body: typed("object"), gives: message},
		"GET /schemas/plugins/{name}":   {doc: "A plugin's own fields.", gives: gives(200, refTo("kong-schema"))},
		"GET /tags":                     {doc: "Who has which tags.", asks: []string{"size", "offset"}, gives: gives(200, page(record("entity_name", text(), "entity_id", text(), "tag", text())))},
		"GET /tags/{tag}":               {doc: "Who has this tag.", asks: []string{"size", "offset"}, gives: gives(200, page(record("entity_name", text(), "entity_id", text(), "tag", text())))},
		"GET /config": {doc: "Everything, as Kong's declarative file; as YAML itself to who accepts application/yaml. The ETag is for POST.", asks: []string{"full", "tags"},
			gives: map[int]result{200: {body: record("config", text()), kinds: []string{"application/json", "application/yaml"}, headers: []string{"ETag"}}}},
		"POST /config": {doc: "Makes everything what a declarative file says: in YAML, in JSON, or in a field config of either or of a form.", asks: []string{"flatten_errors", "check_hash", "tags", "If-Match"}, write: true,
			body: typed("object"), bodies: append([]string{"application/yaml", "application/x-yaml", "text/yaml"}, written...), gives: map[int]result{
				201: {doc: "What there is now: documents by id, by kind.", body: mapOf(mapOf(typed("object"))), headers: []string{"X-Moongate-Revision"}},
				200: {doc: "Of a dry run.", body: refTo("dry-run"), headers: []string{"ETag"}},
				412: {doc: "It is another one by now, or If-Match is not an ETag of GET.", body: refTo("error")},
				304: {doc: "With check_hash=1: it was so already.", headers: []string{"X-Moongate-Revision"}}}},
		"GET /upstreams/{upstream}/health": {doc: "The health of an upstream's targets, or of the upstream as a whole with balancer_health=1.", asks: []string{"balancer_health", "size", "offset", "tags"},
			gives: gives(200, either(
				record("data", listOf(refTo("targets-health")), "next", js{"type": []any{"string", "null"}}, "?offset", text(), "node_id", text()),
				record("data", refTo("balancer-health"), "next", typed("null"), "node_id", text())))},
		"GET /upstreams/{upstream}/targets/all":                           {doc: "An upstream's targets.", asks: []string{"size", "offset", "tags"}, gives: gives(200, page(refTo("targets")))},
		"PUT /upstreams/{upstream}/targets/{target}/healthy":              healthy,
		"POST /upstreams/{upstream}/targets/{target}/healthy":             healthy,
		"PUT /upstreams/{upstream}/targets/{target}/unhealthy":            unhealthy,
		"POST /upstreams/{upstream}/targets/{target}/unhealthy":           unhealthy,
		"PUT /upstreams/{upstream}/targets/{target}/{address}/healthy":    healthy,
		"POST /upstreams/{upstream}/targets/{target}/{address}/healthy":   healthy,
		"PUT /upstreams/{upstream}/targets/{target}/{address}/unhealthy":  unhealthy,
		"POST /upstreams/{upstream}/targets/{target}/{address}/unhealthy": unhealthy,
		"DELETE /proxy-cache":                       {doc: "Throws out all answers that proxy-cache keeps.", write: true, gives: done},
		"GET /proxy-cache/{key}":                    kept,
		"DELETE /proxy-cache/{key}":                 purge,
		"GET /proxy-cache/{plugin}/caches/{key}":    kept,
		"DELETE /proxy-cache/{plugin}/caches/{key}": purge,
		"DELETE /plugins/{plugin}/caches":           {doc: "Throws out all answers that one configuration of proxy-cache keeps.", write: true, gives: done},
		"GET /plugins/{plugin}/caches/{key}":        kept,
		"DELETE /plugins/{plugin}/caches/{key}":     purge,
		"GET /nodes":                                {doc: "The nodes of the store, this one first; without etcd there is one.", gives: gives(200, record("data", listOf(typeOf[NodeState](false)), "?trouble", doc("Why others may be missing.", text())))},
		"GET /virtual-addresses":                    {doc: "The VRRP instances of keepalived on all nodes, and who has their addresses.", gives: gives(200, record("data", listOf(typeOf[VirtualAddress](false))))},
		"POST /virtual-addresses/{name}/drain":      {body: typed("object"), doc: "Has the node that owns an instance's addresses, or the one that is named, ask its clients to come anew, and then leave the addresses to others.", asks: []string{"node"}, write: true, gives: done},
		"POST /virtual-addresses/{name}/undrain":    {body: typed("object"), doc: "A node that was drained may have the addresses again.", asks: []string{"node"}, write: true, gives: done},
		"POST /batch": {doc: "Several writes as one revision: all are kept, or none. Each sees what those before it have done.", body: refTo("batch"), write: true,
			gives: map[int]result{200: {body: either(refTo("batch-result"), refTo("dry-run")), headers: []string{"X-Moongate-Revision"}}}},
		"GET /revisions":          {doc: "All writes, the latest first, with each document before and after.", asks: []string{"size", "before"}, gives: gives(200, page(refTo("revision")))},
		"GET /revisions/{number}": {doc: "One write.", gives: gives(200, refTo("revision"))},
		"POST /revisions/{number}/rollback": {doc: "Makes everything as it was at a revision, by a write like any other.", body: typed("object"), write: true,
			gives: map[int]result{200: {body: either(record("revision", whole(), "changes", listOf(refTo("change"))), refTo("dry-run")), headers: []string{"X-Moongate-Revision"}}}},
		"GET /events": {doc: "A stream of server-sent events: revision with a revision, from the one behind Last-Event-ID on; reset when too many were missed, for all to be read anew; health when a target has turned.",
			asks: []string{"Last-Event-ID", "last_event_id"}, gives: map[int]result{200: {body: text(), kinds: []string{"text/event-stream"}}},
			events: js{"revision": refTo("revision"), "reset": record("revision", whole()), "health": record("upstream", record("id", text(), "name", text()), "target", text(), "address", text(), "health", oneOf("healthy", "unhealthy"), "reason", text())}},
		"GET /live": {doc: "A stream of server-sent events: each second a tick that tells what goes on, the first one at once.",
			gives: map[int]result{200: {body: text(), kinds: []string{"text/event-stream"}}, 404: unwatched}, events: js{"tick": refTo("live")}},
		"GET /live/history": {doc: "The last five minutes, second by second, the oldest first.", gives: map[int]result{200: {body: record("data", listOf(refTo("live-summary")))}, 404: unwatched}},
		"GET /logs": {doc: "A stream of server-sent events: a line for each of a log's last 200 lines and of those that come, also when logs are rotated; a gap where too many come to be sent.",
			asks: []string{"name"}, gives: map[int]result{200: {body: text(), kinds: []string{"text/event-stream"}}, 404: {doc: "There is no such log, or it cannot be read.", body: refTo("message")}},
			events: js{"line": typeOf[logLine](false), "gap": record("bytes", whole())}},
		"GET /logs/names":                      {doc: "The logs that the configuration names, but for those with variables in their names.", gives: gives(200, record("data", listOf(typeOf[LogFile](false))))},
		"GET /inspect/dicts":                   {doc: "Dicts that workers share: those of Lua, and the gateway's own but for those with secrets.", gives: map[int]result{200: {body: record("data", listOf(typeOf[DictInfo](false)))}, 404: unwatched}},
		"GET /inspect/dicts/{dict}":            {doc: "Entries of a dict. A page may be short, or empty, and yet not be the last.", asks: []string{"prefix", "size", "offset"}, gives: gives(200, page(typeOf[DictEntry](false)))},
		"DELETE /inspect/dicts/{dict}/{key}":   {doc: "Throws out an entry, on this node.", gives: map[int]result{204: {doc: "It is gone."}}},
		"GET /inspect/limits":                  {doc: "How those who are limited stand, as far as this node counts itself; at most 1,000.", asks: []string{"identifier"}, gives: map[int]result{200: {body: record("data", listOf(typeOf[LimitInfo](false)))}, 404: unwatched}},
		"GET /inspect/caches":                  {doc: "What each configuration of proxy-cache keeps on this node.", gives: map[int]result{200: {body: record("data", listOf(typeOf[CacheInfo](false)))}, 404: unwatched}},
		"GET /inspect/caches/{plugin}/entries": {doc: "Answers that one configuration keeps. A page may be short, or empty, and yet not be the last.", asks: []string{"prefix", "size", "offset"}, gives: gives(200, page(typeOf[CacheEntry](false)))},
		"GET /requests": {doc: "Requests that have just ended, the newest first. Workers note them for a minute after somebody has asked, and when there are many only some of them.",
			asks: []string{"limit", "route", "service", "consumer", "status", "path"}, gives: map[int]result{200: {body: record("data", listOf(refTo("recent-request")))}, 404: unwatched}},
		"GET /topology":                    {doc: "How hosts, routes, services, upstreams and targets hang together, and how targets are.", gives: gives(200, refTo("topology"))},
		"GET /audit":                       {doc: "Who did what when, without the documents, and who came in or was refused. The latter is this node's.", asks: []string{"size", "before", "event", "who"}, gives: gives(200, page(refTo("audit")))},
		"GET /openapi.json":                {doc: "This document.", gives: gives(200, typed("object"))},
		"POST /explain":                    {doc: "What would become of a request now, and why. Nothing is sent.", body: refTo("explain-request"), bodies: []string{"application/json"}, gives: gives(200, refTo("explanation"))},
		"POST /releases/{release}/explain": {doc: "Which version a release gives a request, and why.", body: refTo("explain-request"), bodies: []string{"application/json"}, gives: gives(200, refTo("release-explained"))},
		"POST /releases/{release}/promote": releases("Everybody gets the candidate from now on."),
		"POST /releases/{release}/pause":   releases("The ramp stands still."),
		"POST /releases/{release}/resume":  releases("The ramp goes on; its step begins anew."),
		"POST /releases/{release}/abort":   releases("Everybody gets the baseline from now on."),
	}
	maps.Copy(out, accessUsages())
	return out
}

// written are the types that most bodies may have.
var written = []string{"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
