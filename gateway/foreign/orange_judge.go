package foreign

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// judge is conditions of Orange in a route's words: for each field, values of which one must
// fit.
type judge struct {
	fields map[string][]string            // paths, hosts, methods, sources
	named  map[string]map[string][]string // headers, queries, cookies: by name
}

func (j *judge) empty() bool { return len(j.fields)+len(j.named) == 0 }

// key is the same for the same conditions.
func (j *judge) key() string {
	b, _ := json.Marshal([]any{j.fields, j.named}) // keys of maps are sorted
	return string(b)
}

// write adds the conditions to a route; one that has none takes all paths.
func (j *judge) write(route map[string]any) {
	for field, values := range j.fields {
		if field != "sources" {
			route[field] = texts(values)
			continue
		}
		var list []any
		for _, v := range values {
			list = append(list, map[string]any{"ip": v})
		}
		route[field] = list
	}
	for field, by := range j.named {
		m := map[string]any{}
		for name, values := range by {
			m[name] = texts(values)
		}
		route[field] = m
	}
	if j.empty() {
		route["paths"] = []any{"/"}
	}
}

func texts(list []string) (out []any) {
	for _, s := range list {
		out = append(out, s)
	}
	return out
}

// The types of a judge: one condition, all of them, any of them, or an expression.
const (
	judgeOne = "0"
	judgeAll = "1"
	judgeAny = "2"
)

var errBoth = errors.New("it has two conditions for the same thing, both of which must hold")

// add adds the conditions of a selector or a rule, which must hold besides.
func (j *judge) add(v any) error {
	doc, _ := v.(map[string]any)
	list, _ := doc["conditions"].([]any)
	kind := str(doc["type"])
	if len(list) == 0 {
		return errors.New("without conditions it is for nobody")
	}
	one := judge{}
	for _, e := range list {
		c, _ := e.(map[string]any)
		field, name, value, err := condition(c)
		if err != nil {
			return err
		}
		if kind != judgeAny && one.has(field, name) {
			return errBoth
		}
		one.put(field, name, value)
	}
	switch kind {
	case judgeOne, judgeAll:
	case judgeAny:
		if one.size() != 1 {
			return errors.New("its conditions are about different things, any of which may hold: make a rule for each")
		}
	default:
		return fmt.Errorf("its judge is an expression: %s", str(doc["expression"]))
	}
	for field, values := range one.fields {
		if j.has(field, "") {
			return errBoth
		}
		for _, v := range values {
			j.put(field, "", v)
		}
	}
	for field, by := range one.named {
		for _, name := range slices.Sorted(maps.Keys(by)) {
			if j.has(field, name) {
				return errBoth
			}
			for _, v := range by[name] {
				j.put(field, name, v)
			}
		}
	}
	return nil
}

func (j *judge) size() (n int) {
	for _, by := range j.named {
		n += len(by)
	}
	return n + len(j.fields)
}

func (j *judge) has(field, name string) bool {
	if name != "" {
		return j.named[field][name] != nil
	}
	return j.fields[field] != nil
}

func (j *judge) put(field, name, value string) {
	if name == "" {
		if j.fields == nil {
			j.fields = map[string][]string{}
		}
		j.fields[field] = append(j.fields[field], value)
		return
	}
	if j.named == nil {
		j.named = map[string]map[string][]string{}
	}
	if j.named[field] == nil {
		j.named[field] = map[string][]string{}
	}
	j.named[field][name] = append(j.named[field][name], value)
}

// condition says one condition as a field of a route, a name for those that have one, and a
// value.
func condition(c map[string]any) (field, name, value string, err error) {
	kind, operator, value := str(c["type"]), str(c["operator"]), str(c["value"])
	equal, match := operator == "=", operator == "match"
	if !equal && !match {
		return "", "", "", fmt.Errorf("the condition %s %s %s can't be said here", kind, operator, value)
	}
	// A pattern of Orange fits anywhere, whatever the case of letters.
	pattern := "~*" + value
	switch kind {
	case "URI":
		if equal {
			return "paths", "", "~" + quote(value) + "$", nil
		}
		// A path's pattern begins with the slash that all paths begin with.
		if at, ok := strings.CutPrefix(value, "^/"); ok {
			return "paths", "", "~/(?i)" + at, nil
		}
		if rest, ok := strings.CutPrefix(value, "/"); ok {
			return "paths", "", "~/(?i)(?:" + rest + "|.*(?:" + value + "))", nil
		}
		if !strings.HasPrefix(value, "^") {
			return "paths", "", "~/(?i).*(?:" + value + ")", nil
		}
	case "Host":
		if equal {
			return "hosts", "", strings.ToLower(value), nil
		}
	case "Method":
		if equal {
			return "methods", "", strings.ToUpper(value), nil
		}
	case "IP":
		if equal {
			return "sources", "", value, nil
		}
	case "Header", "UserAgent", "Referer":
		name := map[string]string{"Header": str(c["name"]), "UserAgent": "user-agent", "Referer": "referer"}[kind]
		if name == "" {
			break
		}
		if equal {
			pattern = value
		}
		return "headers", strings.ToLower(name), pattern, nil
	case "Query", "Cookie":
		if equal && str(c["name"]) != "" {
			return map[string]string{"Query": "queries", "Cookie": "cookies"}[kind], str(c["name"]), value, nil
		}
	}
	return "", "", "", fmt.Errorf("the condition %s %s %s can't be said here", kind, operator, value)
}
