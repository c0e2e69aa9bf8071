package admin

import "strconv"

// parameters, by what they are called.
var parameters = func() js {
	out := js{}
	for _, p := range []struct {
		in, name, doc string
		schema        js
	}{
		{"query", "size", "How many on a page.", js{"type": "integer", "minimum": 1, "maximum": 1000, "default": 100}},
		{"query", "offset", "Where the page begins: offset of the page before.", text()},
		{"query", "tags", "Only what has all of a,b or one of a/b.", text()},
		{"query", "custom_id", "Only the consumer with this custom_id.", text()},
		{"query", "before", "Only what is older than this revision.", whole()},
		{"query", "event", "Of /audit: only what is older than this time, in microseconds; from next.", whole()},
		{"query", "who", "Only what this one has done.", text()},
		{"query", "name", "Of GET /logs/names.", js{"type": "string", "default": "error"}},
		{"query", "prefix", "Only keys that begin so.", text()},
		{"query", "identifier", "Only of this one: a consumer's id, an address, whatever the limit is by.", text()},
		{"query", "limit", "At most so many.", js{"type": "integer", "minimum": 1, "maximum": maxRecent, "default": 100}},
		{"query", "route", "Only of the route with this name or id.", text()},
		{"query", "service", "Only of the service with this name or id.", text()},
		{"query", "consumer", "Only of the consumer with this name or id.", text()},
		{"query", "status", "Only with this status: 404, or 4xx.", text()},
		{"query", "path", "Only with this in the path or its arguments.", text()},
		{"query", "unit", "Of memory: b, k, m or g.", js{"type": "string", "default": "m"}},
		{"query", "scale", "Digits behind the point.", js{"type": "integer", "minimum": 0, "maximum": 9, "default": 2}},
		{"query", "full", "With all defaults, ids and times.", yesNo()},
		{"query", "flatten_errors", "Faults are told by entity.", yesNo()},
		{"query", "check_hash", "What is so already is answered with 304.", yesNo()},
		{"query", "balancer_health", "1: of the upstream as a whole.", text()},
		{"query", "node", "A node's id or name.", text()},
		{"query", "last_event_id", "In place of Last-Event-ID.", whole()},
		{"query", "dry_run", "Nothing is kept; the answer is what would change.", yesNo()},
		{"header", "Last-Event-ID", "The last event that has come.", whole()},
		{"header", "X-Reason", "Why, for the history; at most 500 bytes count.", text()},
		{"header", "If-Match", "Nothing is done if the ETag is another one by now.", text()},
		{"header", "If-None-Match", "Nothing is done if the ETag is this one; *: if it is there at all.", text()},
	} {
		out[p.name] = js{"name": p.name, "in": p.in, "description": p.doc, "schema": p.schema}
	}
	return out
}()

var headers = js{
	"ETag":                js{"description": "Of what is shown, for If-Match.", "schema": text()},
	"X-Moongate-Revision": js{"description": "The revision that this is as of.", "schema": whole()},
	"Retry-After":         js{"description": "Seconds until it is worth to ask again.", "schema": whole()},
	"WWW-Authenticate":    js{"description": "Bearer.", "schema": text()},
}

// refusals are the answers that say no, alike everywhere.
func refusals() js {
	out := js{}
	for status, r := range map[int]result{
		400: {doc: "It breaks a schema or a rule, or can't be read.", body: refTo("error")},
		401: {doc: "A token or a session is needed, or another one.", body: refTo("message"), headers: []string{"WWW-Authenticate"}},
		403: {doc: "The caller's role may not do this, or the request is another site's page's.", body: refTo("message")},
		404: {doc: "There is no such thing.", body: refTo("error")},
		409: {doc: "It is taken, or in a state where this can't be done.", body: refTo("error")},
		412: {doc: "It is another one by now.", body: refTo("error"), headers: []string{"ETag"}},
		413: {doc: "The body is too large.", body: refTo("message")},
		415: {doc: "The body is of a type that is not understood.", body: refTo("message")},
		429: {doc: "Too many wrong tokens or logins have come from the address, or for the name.", body: refTo("message"), headers: []string{"Retry-After"}},
		500: {doc: "Something unexpected; the log has more.", body: refTo("message")},
		503: {doc: "The store cannot be reached, or too much is under way.", body: refTo("error"), headers: []string{"Retry-After"}},
	} {
		out[strconv.Itoa(status)] = r.describe(status)
	}
	return out
}
