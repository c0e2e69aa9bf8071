package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
	"moongate/gateway/plugin"
)

// asked is what rules look at, be it of a request or of a question about one.
type asked struct {
	r       *httpd.Request // nil where there is none
	addr    netip.Addr
	method  string
	path    string // decoded
	query   string
	headers []http1.Header
}

func ofRequest(x *plugin.Context) asked {
	r := x.R
	return asked{r, r.Conn.RemoteAddr().Addr(), r.MethodName, r.URI, r.Args, r.In.List}
}

func ofQuestion(q *plugin.Question) asked {
	return asked{nil, q.Client, q.Method, q.URI, q.Query, q.Headers}
}

// rule is one of the rules. What it doesn't name it doesn't look at.
type rule struct {
	name    string
	deny    bool
	nets    []netip.Prefix
	methods []string
	path    *pattern
	headers []named
	query   []named
	status  int
}

// named is a pattern for one of the values that have a name.
type named struct {
	name  string
	value *pattern
}

func newRule(c *ruleConf) (r rule, err error) {
	r = rule{name: c.Name, deny: c.Action == "deny", methods: c.Methods, status: c.Status}
	for _, s := range c.Addresses {
		p, err := network(s)
		if err != nil {
			return r, err
		}
		r.nets = append(r.nets, p)
	}
	if c.Path != "" {
		if r.path, err = newPattern(c.Path); err != nil {
			return r, fmt.Errorf("path: %w", err)
		}
	}
	if r.headers, err = patterns(c.Headers); err == nil {
		r.query, err = patterns(c.Query)
	}
	return r, err
}

func patterns(m map[string]string) (list []named, err error) {
	for name, s := range m {
		p, err := newPattern(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		list = append(list, named{name, p})
	}
	slices.SortFunc(list, func(a, b named) int { return strings.Compare(a.name, b.name) })
	return list, nil
}

// network reads an address or a network. IPv4 inside IPv6 counts as IPv4.
func network(s string) (netip.Prefix, error) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), err
	}
	p, err := netip.ParsePrefix(s)
	if a := p.Addr(); err == nil && a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked(), err
}

// first is the first rule that fits, or -1.
func first(rules []rule, q *asked) int {
	for k := range rules {
		if rules[k].fits(q) {
			return k
		}
	}
	return -1
}

func (r *rule) fits(q *asked) bool {
	if len(r.methods) > 0 && !slices.Contains(r.methods, q.method) {
		return false
	}
	if r.nets != nil && !within(r.nets, q.addr) {
		return false
	}
	if r.path != nil && !r.path.fits(q.path) {
		return false
	}
	for k := range r.headers {
		if !q.hasHeader(&r.headers[k]) {
			return false
		}
	}
	for k := range r.query {
		if !q.hasArg(&r.query[k]) {
			return false
		}
	}
	return true
}

func within(nets []netip.Prefix, a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	return slices.ContainsFunc(nets, func(p netip.Prefix) bool { return p.Contains(a) })
}

// hasHeader and hasArg look at all of that name: whoever sends two can't hide one.
func (q *asked) hasHeader(want *named) bool {
	for k := range q.headers {
		if h := &q.headers[k]; http1.EqualFold(h.Name, want.name) && want.value.fits(h.Value) {
			return true
		}
	}
	return false
}

func (q *asked) hasArg(want *named) bool {
	for pair := range strings.SplitSeq(q.query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if plugin.Unescape(q.r, name) == want.name && want.value.fits(plugin.Unescape(q.r, value)) {
			return true
		}
	}
	return false
}

// called is what a rule is called in logs: its name, or its place in the list from 1 on.
func called(rules []rule, k int) string {
	if name := rules[k].name; name != "" {
		return name
	}
	return "rule " + strconv.Itoa(k+1)
}
