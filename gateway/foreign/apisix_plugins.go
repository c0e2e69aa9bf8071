package foreign

import (
	"maps"
	"slices"
)

// plugins are those of an object that have their like here.
func (a *apisix) plugins(o map[string]any, place string) (out []map[string]any) {
	all, _ := o["plugins"].(map[string]any)
	for _, theirs := range slices.Sorted(maps.Keys(all)) {
		c, _ := all[theirs].(map[string]any)
		config := map[string]any{}
		var ours string
		taken := []string{"_meta"}
		switch theirs {
		case "key-auth":
			ours = theirs
			if h := str(c["header"]); h != "" {
				config["key_names"] = []any{h}
			} else {
				config["key_names"] = []any{"apikey"}
			}
			taken = append(taken, "header")
		case "basic-auth":
			ours = theirs
		case "ip-restriction":
			ours = theirs
			config["allow"], config["deny"] = c["whitelist"], c["blacklist"]
			taken = append(taken, "whitelist", "blacklist")
		case "limit-count":
			unit := map[string]string{"1": "second", "60": "minute", "3600": "hour", "86400": "day"}[str(c["time_window"])]
			if unit == "" {
				a.report.add(place, "plugin limit-count is not imported: a window of %s s has no unit here", str(c["time_window"]))
				continue
			}
			ours = "rate-limiting"
			config[unit] = c["count"]
			taken = append(taken, "count", "time_window")
		case "request-id":
			ours = "correlation-id"
			config["header_name"] = "X-Request-Id"
			if h := str(c["header_name"]); h != "" {
				config["header_name"] = h
			}
			taken = append(taken, "header_name")
		default:
			a.report.add(place, "plugin %s is not imported", theirs)
			continue
		}
		for _, field := range slices.Sorted(maps.Keys(c)) {
			if !slices.Contains(taken, field) {
				a.report.add(place, "plugin %s: %s is not imported", theirs, field)
			}
		}
		out = append(out, map[string]any{"name": ours, "config": config})
	}
	return out
}

// consumer takes credentials out of the plugins, where APISIX has them.
func (a *apisix) consumer(c map[string]any) {
	user := str(c["username"])
	place := "consumers/" + user
	a.left(c, place, "username", "plugins", "group_id")
	out := map[string]any{"username": user}
	all, _ := c["plugins"].(map[string]any)
	for _, theirs := range slices.Sorted(maps.Keys(all)) {
		p, _ := all[theirs].(map[string]any)
		switch theirs {
		case "key-auth":
			out["keyauth_credentials"] = []any{map[string]any{"key": p["key"]}}
		case "basic-auth":
			out["basicauth_credentials"] = []any{map[string]any{"username": p["username"], "password": p["password"]}}
		default:
			a.report.add(place, "plugin %s is not imported", theirs)
		}
	}
	a.out.add("consumers", out)
}
