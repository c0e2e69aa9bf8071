package foreign

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"moongate/gateway/schema"
)

// like is one of ours that does what a plugin of Kong's does, under another name.
type like struct {
	name string
	// config makes ours of theirs; nil: it is the same. false has been reported.
	config func(k *kong, theirs map[string]any, place string) (map[string]any, bool)
}

// likes are plugins that are another one here. Fields that this one has not are reported as
// those of all plugins are.
var likes = map[string]like{
	"bot-detection":                 {"firewall", botDetection},
	"key-auth-enc":                  {"key-auth", nil},
	"loggly":                        {"http-log", loggly},
	"proxy-cache-advanced":          {"proxy-cache", nil},
	"rate-limiting-advanced":        {"rate-limiting", rateLimitingAdvanced},
	"request-transformer-advanced":  {"request-transformer", nil},
	"response-transformer-advanced": {"response-transformer", nil},
}

// hints say what to do without a plugin that has no like here.
var hints = map[string]string{
	"acme":                         "give certificates to /certificates, with an ACME client's hook",
	"aws-lambda":                   "make a service of the function's URL; AWS wants signatures unless its auth type is NONE",
	"azure-functions":              "make a service of https://APP.azurewebsites.net/api/NAME, and add x-functions-key by request-transformer",
	"canary":                       "a release does it (/releases), and has a guard",
	"datadog":                      "its agent reads /metrics (prometheus, OpenMetrics), and takes traces by opentelemetry",
	"exit-transformer":             "a plugin in Lua may do it (lua_plugins)",
	"forward-proxy":                "make it the target of a service",
	"graphql-proxy-cache-advanced": "proxy-cache keeps answers to GET and HEAD",
	"grpc-gateway":                 "services of gRPC are spoken to as they are; grpc-web is for browsers",
	"header-cert-auth":             "mtls-auth judges certificates of handshakes",
	"jwe-decrypt":                  "tokens that are encrypted are not read here",
	"jwt-signer":                   "openid-connect judges tokens; nothing here signs them anew",
	"ldap-auth":                    "forward-auth asks a server that speaks LDAP, or openid-connect a provider that does",
	"ldap-auth-advanced":           "forward-auth asks a server that speaks LDAP, or openid-connect a provider that does",
	"mocking":                      "mock answers with what it is told",
	"oauth2":                       "nothing here gives tokens: have a provider do it, and openid-connect or oauth2-introspection judge them",
	"opa":                          "forward-auth asks a server whether a request may pass",
	"post-function":                "write a plugin in Lua (lua_plugins)",
	"pre-function":                 "write a plugin in Lua (lua_plugins)",
	"request-callout":              "aggregation asks several services, forward-auth one that decides",
	"request-validator":            "a firewall rule, or a plugin in Lua (lua_plugins)",
	"response-ratelimiting":        "rate-limiting counts requests, not what answers say that they have cost",
	"route-by-header":              "routes match headers themselves, and a release sends to another upstream",
	"route-transformer-advanced":   "rewrite changes where a request goes",
	"saml":                         "openid-connect logs people in at most such providers",
	"standard-webhooks":            "write a plugin in Lua (lua_plugins)",
	"statsd":                       "prometheus has these counts, at /metrics",
	"statsd-advanced":              "prometheus has these counts, at /metrics",
	"tls-handshake-modifier":       "mtls-auth asks for certificates by itself",
	"tls-metadata-headers":         "mtls-auth with skip_consumer_lookup tells the service X-Client-Cert-Dn",
	"upstream-timeout":             "retry has timeouts for a route",
	"vault-auth":                   "key-auth has keys of its own",
	"zipkin":                       "opentelemetry sends traces by OTLP, which collectors pass on to Zipkin",
}

// plugin makes one of ours of a plugin that is none, also none in Lua; false is one that
// can't be here.
func (k *kong) plugin(doc map[string]any, place string) bool {
	theirs, _ := doc["name"].(string)
	l, ok := likes[theirs]
	switch {
	case !ok && hints[theirs] != "":
		k.report.add(place, "not imported: there is no plugin %q here: %s", theirs, hints[theirs])
		return false
	case !ok:
		k.report.add(place, "not imported: there is no plugin %q here", theirs)
		return false
	}
	if l.config != nil {
		config, _ := doc["config"].(map[string]any)
		ours, ok := l.config(k, config, schema.Join(place, "config"))
		if !ok {
			return false
		}
		doc["config"] = ours
	}
	k.report.add(place, "%s is %s here", theirs, l.name)
	doc["name"] = l.name
	return true
}

// methods takes out of openid-connect what is on unless somebody says otherwise, and so in
// most files: tokens of Kong's own plugin oauth2.
func (k *kong) methods(doc map[string]any, place string) {
	const own = "kong_oauth2"
	config, _ := doc["config"].(map[string]any)
	list, _ := config["auth_methods"].([]any)
	is := func(m any) bool { s, _ := m.(string); return s == own }
	if doc["name"] != "openid-connect" || !slices.ContainsFunc(list, is) {
		return
	}
	config["auth_methods"] = slices.DeleteFunc(slices.Clone(list), is)
	k.report.add(schema.Join(schema.Join(place, "config"), "auth_methods"), "not imported: %s, for there is no plugin oauth2 here", own)
}

// rest reports fields that nothing was made of.
func (k *kong) rest(theirs map[string]any, place string, taken ...string) {
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		if theirs[name] != nil && !slices.Contains(taken, name) {
			k.report.add(schema.Join(place, name), "not imported: the field does not exist here")
		}
	}
}

// botDetection becomes the bots of a firewall that has nothing else. Kong's own list has
// libraries that programs are written with; ours has scanners.
func botDetection(k *kong, theirs map[string]any, place string) (map[string]any, bool) {
	bots := map[string]any{"scanners": true}
	for _, name := range []string{"allow", "deny"} {
		list, _ := theirs[name].([]any)
		out := []any{}
		for _, e := range list {
			s, _ := e.(string)
			if _, err := regexp.Compile(s); err != nil || s == "" {
				k.report.add(schema.Join(place, name), "not imported: %q is no regular expression here", s)
				if name == "deny" {
					continue
				}
				return nil, false // others would be refused than were meant
			}
			out = append(out, s)
		}
		bots[name] = out
	}
	k.rest(theirs, place, "allow", "deny")
	return map[string]any{"core_rules": false, "bots": bots}, true
}

// loggly takes the same records by HTTPS as by syslog.
func loggly(k *kong, theirs map[string]any, place string) (map[string]any, bool) {
	key, _ := theirs["key"].(string)
	if host, _ := theirs["host"].(string); key == "" || host != "" && host != "logs-01.loggly.com" {
		k.report.add(place, "not imported: syslog or tcp-log may reach %q", host)
		return nil, false
	}
	tags := []string{}
	list, given := theirs["tags"].([]any)
	for _, t := range list {
		if s, ok := t.(string); ok {
			tags = append(tags, url.PathEscape(s))
		}
	}
	if !given {
		tags = []string{"kong"}
	}
	to := "https://logs-01.loggly.com/inputs/" + url.PathEscape(key)
	if len(tags) > 0 {
		to += "/tag/" + strings.Join(tags, ",")
	}
	config := map[string]any{"http_endpoint": to + "/", "ssl_verify": true}
	if f := theirs["custom_fields_by_lua"]; f != nil {
		config["custom_fields_by_lua"] = f
	}
	k.rest(theirs, place, "key", "host", "port", "tags", "timeout", "custom_fields_by_lua")
	return config, true
}

// windows are lengths that have a name.
var windows = map[string]string{"1": "second", "60": "minute", "3600": "hour", "86400": "day"}

// rateLimitingAdvanced has windows of any length; ours have names, and are exact without
// being brought together from time to time.
func rateLimitingAdvanced(k *kong, theirs map[string]any, place string) (map[string]any, bool) {
	limits, _ := theirs["limit"].([]any)
	sizes, _ := theirs["window_size"].([]any)
	config := map[string]any{"strategy": "sliding"}
	for i, limit := range limits {
		if i >= len(sizes) {
			break
		}
		name := windows[str(sizes[i])]
		if name == "" || config[name] != nil {
			k.report.add(place, "not imported: a window of %s s has no name here", str(sizes[i]))
			return nil, false
		}
		config[name] = limit
	}
	if theirs["window_type"] == "fixed" {
		config["strategy"] = "fixed"
	}
	if theirs["strategy"] == "redis" {
		config["policy"] = "redis"
	}
	if by := theirs["identifier"]; by != nil {
		config["limit_by"] = by
	}
	same := []string{"header_name", "path", "hide_client_headers", "error_code", "error_message", "redis"}
	for _, name := range same {
		if v := theirs[name]; v != nil {
			config[name] = v
		}
	}
	k.rest(theirs, place, append(same, "limit", "window_size", "window_type", "strategy", "identifier", "sync_rate", "namespace", "dictionary_name")...)
	return config, true
}
