package foreign

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"moongate/gateway/declarative"
	"moongate/gateway/schema"
)

// Apisix takes the file of the standalone mode, a list of the Admin API, or what
// "etcdctl get -w json" prints.
func Apisix(text []byte) (map[string]any, *Report, error) {
	doc, err := declarative.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	a := &apisix{out: newFile(), report: new(Report), names: names{}, services: map[string]string{}, upstreams: map[string]map[string]any{}}
	kinds := map[string][]map[string]any{}
	if err := gather(doc, kinds); err != nil {
		return nil, nil, err
	}
	for _, u := range kinds["upstreams"] {
		a.upstreams[str(u["id"])] = u
	}
	for _, s := range kinds["services"] {
		a.service(s)
	}
	for _, r := range kinds["routes"] {
		a.route(r)
	}
	for _, c := range kinds["consumers"] {
		a.consumer(c)
	}
	for _, g := range kinds["global_rules"] {
		for _, p := range a.plugins(g, "global_rules/"+str(g["id"])) {
			a.out.add("plugins", p)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		switch kind {
		case "upstreams", "services", "routes", "consumers", "global_rules":
			continue
		}
		for _, e := range kinds[kind] {
			a.report.add(kind+"/"+str(e["id"]), "not imported, there is no such kind of entity here")
		}
	}
	return a.out, a.report, nil
}

type apisix struct {
	out       file
	report    *Report
	names     names
	services  map[string]string // id to name
	upstreams map[string]map[string]any
}

// gather sorts the objects of any of the forms by their kind.
func gather(doc map[string]any, kinds map[string][]map[string]any) error {
	list, isList := doc["list"].([]any)
	kvs, isEtcd := doc["kvs"].([]any)
	switch {
	case isEtcd:
		for _, e := range kvs {
			kv, _ := e.(map[string]any)
			key, err1 := base64.StdEncoding.DecodeString(str(kv["key"]))
			value, err2 := base64.StdEncoding.DecodeString(str(kv["value"]))
			if err := errors.Join(err1, err2); err != nil {
				return fmt.Errorf("a key or value of etcd is not base64: %w", err)
			}
			if len(value) == 0 || string(value) == "init_dir" {
				continue
			}
			object, err := schema.DecodeObject(value)
			if err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
			put(kinds, string(key), object)
		}
	case isList:
		for _, e := range list {
			m, _ := e.(map[string]any)
			object, _ := m["value"].(map[string]any)
			put(kinds, str(m["key"]), object)
		}
	default:
		for kind, v := range doc {
			list, _ := v.([]any)
			for i, e := range list {
				object, _ := e.(map[string]any)
				put(kinds, kind+"/"+strconv.Itoa(i+1), object)
			}
		}
	}
	return nil
}

// put files an object under its kind; one without an id gets its key's.
func put(kinds map[string][]map[string]any, key string, object map[string]any) {
	if object == nil {
		return
	}
	kind := path.Base(path.Dir(key))
	if object["id"] == nil {
		object["id"] = path.Base(key)
	}
	kinds[kind] = append(kinds[kind], object)
}

func str(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

// left reports the fields that nobody has taken.
func (a *apisix) left(object map[string]any, place string, taken ...string) {
	taken = append(taken, "id", "create_time", "update_time", "desc", "name", "labels")
	for _, field := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(taken, field) && object[field] != nil {
			a.report.add(place, "%s is not imported", field)
		}
	}
}

func (a *apisix) service(s map[string]any) {
	id := str(s["id"])
	place := "services/" + id
	a.left(s, place, "upstream", "upstream_id", "plugins")
	a.services[id] = a.serviceOf(s, place, cmpName(s, "service-"+id), true)
}

func cmpName(o map[string]any, otherwise string) string {
	if n := name(str(o["name"])); n != "" {
		return n
	}
	return name(otherwise)
}

// serviceOf makes a service for the upstream that an object has or names; "" without.
func (a *apisix) serviceOf(o map[string]any, place, wish string, plugins bool) string {
	u, _ := o["upstream"].(map[string]any)
	if u == nil {
		u = a.upstreams[str(o["upstream_id"])]
	}
	if u == nil {
		a.report.add(place, "not imported: it has no upstream that is in the file")
		return ""
	}
	service := a.names.fresh(wish)
	s := map[string]any{"name": service, "host": service + ".upstream", "protocol": "http", "port": 80}
	if scheme := str(u["scheme"]); scheme == "https" {
		s["protocol"], s["port"] = scheme, 443
	} else if scheme != "" && scheme != "http" {
		a.report.add(place, "scheme %s is not imported", scheme)
	}
	if u["retries"] != nil {
		s["retries"] = u["retries"]
	}
	if t, _ := u["timeout"].(map[string]any); t != nil {
		for theirs, ours := range map[string]string{"connect": "connect_timeout", "send": "write_timeout", "read": "read_timeout"} {
			if f, err := strconv.ParseFloat(str(t[theirs]), 64); err == nil {
				s[ours] = json.Number(strconv.Itoa(int(f * 1000)))
			}
		}
	}
	if plugins {
		if list := a.plugins(o, place); list != nil {
			s["plugins"] = anys(list)
		}
	}
	a.out.add("services", s)
	a.upstream(u, service+".upstream", place)
	return service
}

func anys(list []map[string]any) (out []any) {
	for _, m := range list {
		out = append(out, m)
	}
	return out
}

func (a *apisix) upstream(u map[string]any, called, place string) {
	a.left(u, place+" upstream", "type", "nodes", "scheme", "retries", "timeout", "hash_on", "key", "pass_host")
	out := map[string]any{"name": called}
	switch t := str(u["type"]); {
	case t == "chash" && (str(u["hash_on"]) == "" || str(u["hash_on"]) == "vars") && str(u["key"]) == "remote_addr":
		out["algorithm"], out["hash_on"] = "consistent-hashing", "ip"
	case t == "chash" && str(u["hash_on"]) == "header":
		out["algorithm"], out["hash_on"], out["hash_on_header"] = "consistent-hashing", "header", u["key"]
	case t == "chash":
		a.report.add(place, "chash by %s %s is not imported: round robin instead", str(u["hash_on"]), str(u["key"]))
	case t == "least_conn":
		out["algorithm"] = "least-connections"
	case t != "" && t != "roundrobin":
		a.report.add(place, "%s is not imported: round robin instead", t)
	}
	var targets []any
	switch nodes := u["nodes"].(type) {
	case map[string]any:
		for _, address := range slices.Sorted(maps.Keys(nodes)) {
			targets = append(targets, map[string]any{"target": withPort(address), "weight": nodes[address]})
		}
	case []any:
		for _, e := range nodes {
			n, _ := e.(map[string]any)
			address := str(n["host"])
			if p := str(n["port"]); p != "" {
				address += ":" + p
			}
			targets = append(targets, map[string]any{"target": withPort(address), "weight": n["weight"]})
		}
	}
	if targets != nil {
		out["targets"] = targets
	}
	a.out.add("upstreams", out)
}

func withPort(address string) string {
	if strings.Contains(address, ":") {
		return address
	}
	return address + ":80"
}

func (a *apisix) route(r map[string]any) {
	id := str(r["id"])
	place := "routes/" + id
	a.left(r, place, "uri", "uris", "host", "hosts", "methods", "priority", "plugins", "upstream", "upstream_id", "service_id", "status")
	if str(r["status"]) == "0" {
		a.report.add(place, "not imported: it is switched off")
		return
	}
	called := cmpName(r, "route-"+id)
	service := a.services[str(r["service_id"])]
	if r["service_id"] == nil || r["upstream"] != nil || r["upstream_id"] != nil {
		service = a.serviceOf(r, place, called, false)
	}
	if service == "" {
		return // it has been reported with its service
	}
	out := map[string]any{"name": a.names.fresh(name("route", called)), "service": service, "strip_path": false, "preserve_host": true}
	var paths []any
	for _, u := range both(r, "uri", "uris") {
		switch s := str(u); {
		case strings.Contains(s, ":"), strings.Contains(strings.TrimSuffix(s, "*"), "*"):
			a.report.add(place, "the path %s is not imported: write an expression, ~/...", s)
		case strings.HasSuffix(s, "*"):
			paths = append(paths, strings.TrimSuffix(s, "*"))
		default:
			paths = append(paths, "~"+quote(s)+"$")
		}
	}
	if paths == nil {
		a.report.add(place, "not imported: no path is left")
		return
	}
	out["paths"] = paths
	if hosts := both(r, "host", "hosts"); hosts != nil {
		out["hosts"] = hosts
	}
	if r["methods"] != nil {
		out["methods"] = r["methods"]
	}
	if r["priority"] != nil {
		out["regex_priority"] = r["priority"]
		a.report.add(place, "priority became regex_priority: it decides between expressions only")
	}
	if list := a.plugins(r, place); list != nil {
		out["plugins"] = anys(list)
	}
	a.out.add("routes", out)
}

// both is a field that is there as one value or as a list.
func both(o map[string]any, one, many string) []any {
	if v := str(o[one]); v != "" {
		return []any{v}
	}
	list, _ := o[many].([]any)
	return list
}
