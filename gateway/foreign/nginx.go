package foreign

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"moongate/core/config/syntax"
)

// Nginx takes locations with proxy_pass, and the upstreams that they name. place names
// the file in the report. A file that is included is not read: it is reported.
func Nginx(place string, text []byte) (map[string]any, *Report, error) {
	nodes := syntax.Parse(place, text)
	if err := syntax.Fault(nodes); err != nil {
		return nil, nil, err
	}
	n := &nginx{out: newFile(), report: new(Report), names: names{}, used: map[string]string{}}
	n.upstreamsIn(nodes)
	n.top(nodes)
	return n.out, n.report, nil
}

type nginx struct {
	out    file
	report *Report
	names  names
	used   map[string]string // proxy_pass to the service's name
}

func (n *nginx) no(d *syntax.Node, why string) {
	n.report.add(d.Pos.String(), "%s: %s", strings.Join(append([]string{d.Name}, d.Args...), " "), why)
}

const notOurs = "not imported, the gateway has no entity for it"

// upstreamsIn comes first: a proxy_pass may stand before what it names.
func (n *nginx) upstreamsIn(nodes []*syntax.Node) {
	for _, d := range nodes {
		switch {
		case d.Name == "http":
			n.upstreamsIn(d.Body)
		case d.Name == "upstream" && len(d.Args) == 1:
			n.upstream(d)
		}
	}
}

func (n *nginx) upstream(d *syntax.Node) {
	u := map[string]any{"name": d.Args[0]}
	if name(d.Args[0]) != d.Args[0] {
		n.no(d, "the name is no host name")
		return
	}
	var targets []any
	for _, c := range d.Body {
		switch {
		case c.Name == "server" && len(c.Args) > 0:
			if t := n.target(c); t != nil {
				targets = append(targets, t)
			}
		case c.Name == "ip_hash":
			u["algorithm"], u["hash_on"] = "consistent-hashing", "ip"
		case c.Name == "least_conn":
			u["algorithm"] = "least-connections"
		case c.Name == "hash" && len(c.Args) > 0 && strings.HasPrefix(c.Args[0], "$http_"):
			u["algorithm"], u["hash_on"] = "consistent-hashing", "header"
			u["hash_on_header"] = strings.ReplaceAll(strings.TrimPrefix(c.Args[0], "$http_"), "_", "-")
		case c.Name == "hash" && len(c.Args) > 0 && c.Args[0] == "$remote_addr":
			u["algorithm"], u["hash_on"] = "consistent-hashing", "ip"
		default:
			n.no(c, notOurs)
		}
	}
	if len(targets) > 0 {
		u["targets"] = targets
	}
	n.out.add("upstreams", u)
}

func (n *nginx) target(c *syntax.Node) map[string]any {
	address := c.Args[0]
	if strings.HasPrefix(address, "unix:") || strings.Contains(address, "$") {
		n.no(c, "a target is a host and a port")
		return nil
	}
	if !strings.Contains(address, ":") {
		address += ":80"
	}
	t := map[string]any{"target": address}
	for _, a := range c.Args[1:] {
		key, value, _ := strings.Cut(a, "=")
		w, err := strconv.Atoi(value)
		switch {
		case key == "weight" && err == nil:
			t["weight"] = w
		case key == "down":
			t["weight"] = 0
		default:
			n.no(c, a+" is not imported")
		}
	}
	return t
}

func (n *nginx) top(nodes []*syntax.Node) {
	for _, d := range nodes {
		switch d.Name {
		case "http":
			n.top(d.Body)
		case "server":
			n.server(d)
		case "upstream":
		default:
			n.no(d, notOurs)
		}
	}
}

func (n *nginx) server(s *syntax.Node) {
	var hosts []any
	for _, d := range s.Body {
		if d.Name != "server_name" {
			continue
		}
		for _, h := range d.Args {
			switch {
			case h == "" || h == "_":
			case strings.HasPrefix(h, "~"), strings.HasPrefix(h, "."), strings.HasPrefix(h, "$"):
				n.no(d, h+" is no host of a route: write *.name or the name")
			default:
				hosts = append(hosts, h)
			}
		}
	}
	for _, d := range s.Body {
		switch d.Name {
		case "server_name":
		case "location":
			n.location(d, hosts)
		default:
			n.no(d, notOurs)
		}
	}
}

// location becomes a route, and a service for its proxy_pass.
func (n *nginx) location(l *syntax.Node, hosts []any) {
	pass := l.Body[:0:0]
	for _, d := range l.Body {
		switch d.Name {
		case "proxy_pass":
			pass = append(pass, d)
		case "location":
			n.location(d, hosts)
		}
	}
	path, ok := n.path(l)
	if len(pass) == 0 {
		n.no(l, "it has no proxy_pass")
	}
	if len(pass) == 0 || !ok {
		n.rest(l)
		return
	}
	u, err := url.Parse(strings.Join(pass[0].Args, " "))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || strings.Contains(u.Host, "$") || strings.Contains(u.Path, "$") || u.Hostname() == "unix" {
		n.no(pass[0], "a service is http://host:port/path, without variables")
		n.rest(l)
		return
	}
	r := map[string]any{"paths": []any{path}, "strip_path": false}
	if u.Path != "" {
		// nginx puts the path in the place of the location's: so does a route that is
		// stripped, in front of the rest.
		r["strip_path"] = true
		if strings.HasPrefix(path, "~") || strings.HasSuffix(path, "/") != strings.HasSuffix(u.Path, "/") {
			n.no(pass[0], "the path is put in front of what the route leaves over: check what the service is asked for")
		}
	}
	service := n.service(u)
	called := service
	if len(hosts) > 0 {
		called = fmt.Sprint(hosts[0])
	}
	r["name"] = n.names.fresh(name(called, path))
	r["service"] = service
	if len(hosts) > 0 {
		r["hosts"] = hosts
	}
	if proxyHost(l) != "" {
		r["preserve_host"] = true
	}
	n.rest(l)
	n.out.add("routes", r)
}

// path is a route's for a location: = and ~ have their like, ~* has not quite.
func (n *nginx) path(l *syntax.Node) (string, bool) {
	switch {
	case len(l.Args) == 1 && strings.HasPrefix(l.Args[0], "/"):
		return l.Args[0], true
	case len(l.Args) == 2 && l.Args[0] == "^~":
		return l.Args[1], true
	case len(l.Args) == 2 && l.Args[0] == "=":
		return "~" + quote(l.Args[1]) + "$", true
	case len(l.Args) == 2 && (l.Args[0] == "~" || l.Args[0] == "~*") && strings.HasPrefix(l.Args[1], "^/"):
		if l.Args[0] == "~*" {
			return "~/(?i)" + l.Args[1][2:], true
		}
		return "~" + l.Args[1][1:], true
	}
	n.no(l, "a route's path begins with / or, as an expression, with ^/")
	return "", false
}

func quote(path string) string {
	var b strings.Builder
	for _, c := range path {
		if strings.ContainsRune(`\.+*?()|[]{}^$`, c) {
			b.WriteByte('\\')
		}
		b.WriteRune(c)
	}
	return b.String()
}

// proxyHost says whether a location hands on the Host that it was asked with.
func proxyHost(l *syntax.Node) string {
	for _, d := range l.Body {
		if d.Name == "proxy_set_header" && len(d.Args) == 2 && strings.EqualFold(d.Args[0], "Host") && (d.Args[1] == "$host" || d.Args[1] == "$http_host") {
			return d.Args[1]
		}
	}
	return ""
}

// rest reports what else is in a location.
func (n *nginx) rest(l *syntax.Node) {
	host := proxyHost(l)
	for _, d := range l.Body {
		switch {
		case d.Name == "location", d.Name == "proxy_pass":
		case d.Name == "proxy_set_header" && host != "" && len(d.Args) == 2 && d.Args[1] == host:
		default:
			n.no(d, notOurs)
		}
	}
}

// service finds or makes the one for an address.
func (n *nginx) service(u *url.URL) string {
	key := u.Scheme + "://" + u.Host + u.Path
	if s := n.used[key]; s != "" {
		return s
	}
	s := map[string]any{"protocol": u.Scheme, "host": u.Hostname(), "port": 80}
	if u.Scheme == "https" {
		s["port"] = 443
	}
	if p, err := strconv.Atoi(u.Port()); err == nil {
		s["port"] = p
	}
	if path := strings.TrimSuffix(u.Path, "/"); path != "" {
		s["path"] = path
	}
	service := n.names.fresh(name(u.Host, strings.Trim(u.Path, "/")))
	s["name"], n.used[key] = service, service
	n.out.add("services", s)
	return service
}
