package foreign

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"moongate/gateway/declarative"
)

// Orange takes what Orange's API answers: {"divide": answer of /divide/config, "redirect":
// ..., ...}. Its rules are lists of conditions with something to do, and each plugin has its
// own. Those of divide become services and routes, in their order; the rules of other
// plugins go to the routes with the same conditions, or to all where they have none. A rule
// that answers by itself (redirect, waf) becomes a route of its own.
func Orange(text []byte) (map[string]any, *Report, error) {
	doc, err := declarative.Parse(text)
	if err != nil {
		return nil, nil, err
	}
	o := &orange{out: newFile(), report: new(Report), names: names{}, routes: map[string]map[string]any{}, priority: firstPriority}
	known := map[string]func(*rule){
		"divide": o.divide, "redirect": o.redirect, "waf": o.waf, "rewrite": o.rewrite, "rate_limiting": o.limit,
		"property_rate_limiting": o.limitBy, "basic_auth": o.basicAuth, "key_auth": o.keyAuth,
	}
	// What answers by itself comes before divide, as in Orange's phases.
	order := []string{"redirect", "waf", "divide", "rewrite", "rate_limiting", "property_rate_limiting", "basic_auth", "key_auth"}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		if known[name] == nil {
			o.report.add(name, "not imported: there is nothing like it here")
		}
	}
	for _, name := range order {
		v, there := doc[name]
		if !there {
			continue
		}
		rules, err := o.rules(name, v)
		if err != nil {
			return nil, nil, err
		}
		for i := range rules {
			known[name](&rules[i])
		}
	}
	return o.out, o.report, nil
}

// firstPriority is the first rule's; the next ones count down.
const firstPriority = 100000

type orange struct {
	out      file
	report   *Report
	names    names
	routes   map[string]map[string]any // of divide, by their conditions
	priority int
}

// rule is what a rule and its selector say together.
type rule struct {
	place  string
	wish   string // a name
	judge  judge
	doc    map[string]any // the rule
	handle map[string]any
}

// rules are those of a plugin that are switched on.
func (o *orange) rules(name string, v any) (list []rule, err error) {
	conf, ok := v.(map[string]any)
	if data, is := conf["data"].(map[string]any); is {
		conf = data
	}
	selectors, isList := conf["selectors"].([]any)
	if !ok || !isList && conf["selectors"] != nil {
		return nil, fmt.Errorf("%s is not the answer of Orange's /%s/config: it has no selectors", name, name)
	}
	if on, _ := conf["enable"].(bool); !on {
		o.report.add(name, "not imported: it is switched off")
		return nil, nil
	}
	for i, e := range selectors {
		s, _ := e.(map[string]any)
		place := fmt.Sprintf("%s/%d %s", name, i+1, str(s["name"]))
		if on, _ := s["enable"].(bool); !on {
			o.report.add(place, "not imported: it is switched off")
			continue
		}
		rules, _ := s["rules"].([]any)
		for k, e := range rules {
			doc, _ := e.(map[string]any)
			r := rule{place: fmt.Sprintf("%s/%d %s", place, k+1, str(doc["name"])), wish: name1(doc, s), doc: doc}
			if on, _ := doc["enable"].(bool); !on {
				o.report.add(r.place, "not imported: it is switched off")
				continue
			}
			if r.handle, _ = doc["handle"].(map[string]any); r.handle == nil {
				r.handle = map[string]any{}
			}
			if str(s["type"]) != "0" {
				err = r.judge.add(s["judge"])
			}
			if err == nil && doc["judge"] != nil {
				err = r.judge.add(doc["judge"])
			}
			if err != nil {
				o.report.add(r.place, "not imported: %s", err)
				err = nil
				continue
			}
			list = append(list, r)
		}
	}
	return list, nil
}

func name1(doc, selector map[string]any) string {
	if n := name(str(doc["name"])); n != "" {
		return n
	}
	return name("rule", str(selector["name"]))
}

// route makes a route of a rule's conditions.
func (o *orange) route(r *rule) map[string]any {
	out := map[string]any{"name": o.names.fresh(r.wish), "strip_path": false, "priority": json.Number(strconv.Itoa(o.priority))}
	o.priority--
	r.judge.write(out)
	return out
}

func (o *orange) divide(r *rule) {
	u, err := url.Parse(str(r.doc["upstream_url"]))
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		o.report.add(r.place, "not imported: %q is no address of a service", str(r.doc["upstream_url"]))
		return
	case strings.Contains(u.Host+u.Path, "${") || strings.Contains(u.Host+u.Path, "{{"):
		o.report.add(r.place, "not imported: its address %s has variables", u)
		return
	}
	if u.Path != "" && u.Path != "/" {
		o.report.add(r.place, "the path %s took the request's place; here it goes in front", u.Path)
	}
	if !strings.ContainsAny(u.Host, ".:") {
		o.report.add(r.place, "%s is an upstream of Orange's nginx.conf: make one of this name", u.Host)
	}
	out := o.route(r)
	service := o.names.fresh(name("service", r.wish))
	o.out.add("services", map[string]any{"name": service, "url": u.String()})
	out["service"] = service
	switch host := str(r.doc["upstream_host"]); {
	case host == "":
		out["preserve_host"] = true
	case host != u.Host:
		plug(out, "rewrite", map[string]any{"host": host})
	}
	o.routes[r.judge.key()] = out
	o.out.add("routes", out)
}

// redirect and waf answer by themselves.
func (o *orange) redirect(r *rule) {
	to, status := str(r.handle["url_tmpl"]), str(r.handle["redirect_status"])
	if strings.Contains(to, "${") || strings.Contains(to, "{{") || !strings.HasPrefix(to, "http") {
		o.report.add(r.place, "not imported: %q has variables, or no host", to)
		return
	}
	if status != "302" {
		status = "301"
	}
	if trim, _ := r.handle["trim_qs"].(bool); !trim {
		o.report.add(r.place, "the query of the request is not added to the address")
	}
	out := o.route(r)
	plug(out, "redirect", map[string]any{"location": to, "status_code": json.Number(status)})
	o.out.add("routes", out)
}

func (o *orange) waf(r *rule) {
	if str(r.handle["perform"]) == "allow" {
		o.report.add(r.place, "not imported: a rule that allows only counts")
		return
	}
	status := str(r.handle["code"])
	if status == "" {
		status = "403"
	}
	out := o.route(r)
	plug(out, "request-termination", map[string]any{"status_code": json.Number(status)})
	o.out.add("routes", out)
}

// of is the route that a rule of another plugin goes to; nil: all.
func (o *orange) of(r *rule) (route map[string]any, ok bool) {
	if r.judge.empty() {
		return nil, true
	}
	if route = o.routes[r.judge.key()]; route == nil {
		o.report.add(r.place, "not imported: no rule of divide has the same conditions")
	}
	return route, route != nil
}

func (o *orange) put(r *rule, plugin string, config map[string]any) {
	if route, ok := o.of(r); !ok {
		return
	} else if route != nil {
		plug(route, plugin, config)
	} else {
		o.out.add("plugins", map[string]any{"name": plugin, "config": config})
	}
}

// plug adds a plugin to a route.
func plug(route map[string]any, plugin string, config map[string]any) {
	list, _ := route["plugins"].([]any)
	route["plugins"] = append(list, map[string]any{"name": plugin, "config": config})
}

func (o *orange) rewrite(r *rule) {
	to := str(r.handle["uri_tmpl"])
	if strings.Contains(to, "${") || strings.Contains(to, "{{") || !strings.HasPrefix(to, "/") {
		o.report.add(r.place, "not imported: %q has variables: write an expression and what becomes of it into regex_uri", to)
		return
	}
	o.put(r, "rewrite", map[string]any{"uri": to})
}

var periods = map[string]string{"1": "second", "60": "minute", "3600": "hour", "86400": "day"}

func (o *orange) limit(r *rule) { o.limited(r, map[string]any{"limit_by": "route"}) }

// limitBy counts by what the extractor finds.
func (o *orange) limitBy(r *rule) {
	extractor, _ := r.doc["extractor"].(map[string]any)
	list, _ := extractor["extractions"].([]any)
	if len(list) == 1 {
		e, _ := list[0].(map[string]any)
		switch str(e["type"]) {
		case "IP":
			o.limited(r, map[string]any{"limit_by": "ip"})
			return
		case "Header":
			o.limited(r, map[string]any{"limit_by": "header", "header_name": str(e["name"])})
			return
		}
	}
	o.report.add(r.place, "not imported: limits are by address or by one header here")
}

func (o *orange) limited(r *rule, config map[string]any) {
	period := periods[str(r.handle["period"])]
	n, err := strconv.Atoi(str(r.handle["count"]))
	if period == "" || err != nil || n < 1 {
		o.report.add(r.place, "not imported: %s requests in %s seconds", str(r.handle["count"]), str(r.handle["period"]))
		return
	}
	config[period] = json.Number(strconv.Itoa(n))
	o.put(r, "rate-limiting", config)
}

func (o *orange) basicAuth(r *rule) {
	list, _ := r.handle["credentials"].([]any)
	if _, ok := o.of(r); !ok {
		return
	}
	for _, e := range list {
		c, _ := e.(map[string]any)
		o.out.add("consumers", map[string]any{"username": o.names.fresh(name("user", str(c["username"]))),
			"basicauth_credentials": []any{map[string]any{"username": str(c["username"]), "password": str(c["password"])}}})
	}
	o.put(r, "basic-auth", map[string]any{})
	o.anybody(r, len(list))
}

func (o *orange) keyAuth(r *rule) {
	list, _ := r.handle["credentials"].([]any)
	if _, ok := o.of(r); !ok {
		return
	}
	var keys []any
	in := map[string]any{"key_in_header": false, "key_in_query": false, "key_in_body": false}
	for _, e := range list {
		c, _ := e.(map[string]any)
		where := map[string]string{"1": "key_in_header", "2": "key_in_query", "3": "key_in_body"}[str(c["type"])]
		if where == "" || str(c["key"]) == "" {
			o.report.add(r.place, "a credential of type %q is not imported", str(c["type"]))
			continue
		}
		in[where] = true
		if !slices.Contains(keys, any(str(c["key"]))) {
			keys = append(keys, str(c["key"]))
		}
		o.out.add("consumers", map[string]any{"username": o.names.fresh(name("key", r.wish)),
			"keyauth_credentials": []any{map[string]any{"key": str(c["target_value"])}}})
	}
	if keys == nil {
		o.report.add(r.place, "not imported: no credential is left")
		return
	}
	in["key_names"] = keys
	o.put(r, "key-auth", in)
	o.anybody(r, len(list))
}

// anybody says how credentials differ: Orange's belong to a rule.
func (o *orange) anybody(r *rule, n int) {
	if n > 0 && !r.judge.empty() {
		o.report.add(r.place, "its credentials are good wherever credentials are asked for: add acl where that is too much")
	}
}
