package gateway

import (
	"cmp"
	"slices"

	"moongate/gateway/plugin"
)

// kongs are Kong's priorities of its plugins. The running order is the list in order.go,
// which is Kong's; the numbers are for tools, and for the places of plugins in Lua. A
// plugin that Kong does not have goes with the one in front of it.
var kongs = map[string]int{
	"correlation-id":        100001,
	"cors":                  2000,
	"session":               1900,
	"oauth2-introspection":  1700,
	"mtls-auth":             1600,
	"jwt":                   1450,
	"key-auth":              1250,
	"basic-auth":            1100,
	"openid-connect":        1050,
	"hmac-auth":             1030,
	"ip-restriction":        990,
	"request-size-limiting": 951,
	"acl":                   950,
	"rate-limiting":         910,
	"request-transformer":   801,
	"response-transformer":  800,
	"redirect":              779,
	"proxy-cache":           100,
	"prometheus":            13,
	"kafka-log":             5,
	"http-log":              12,
	"file-log":              9,
	"udp-log":               8,
	"tcp-log":               7,
	"syslog":                4,
	"grpc-web":              3,
	"request-termination":   2,
}

// priorityOf is a plugin's own number, 0 without one.
func priorityOf(p *plugin.Plugin) int { return cmp.Or(p.Priority, kongs[p.Name]) }

// merged puts plugins from outside into the running order by their priorities: behind
// the last one whose priority is not lower, and what goes with it.
func merged(list, more []*plugin.Plugin) []*plugin.Plugin {
	list = slices.Clone(list)
	for _, p := range more {
		at := 0
		for i, q := range list {
			if n := priorityOf(q); n >= p.Priority && n != 0 {
				at = i + 1
			}
		}
		for at > 0 && at < len(list) && priorityOf(list[at]) == 0 {
			at++
		}
		list = slices.Insert(list, at, p)
	}
	return list
}

// priorities are those of a running order by name; a plugin without one has that of its
// neighbour in front.
func priorities(list []*plugin.Plugin) map[string]int {
	by := map[string]int{}
	last := 0
	for _, p := range list {
		if n := priorityOf(p); n != 0 {
			last = n
		}
		by[p.Name] = last
	}
	return by
}
