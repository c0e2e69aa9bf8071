package route

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"moongate/engine/regex"
)

// compiled is a rule, read: what is compared with a request, cheap things first.
type compiled struct {
	rule    *Rule
	hosts   []host
	paths   []path
	methods []string
	sources []Source
	snis    []string
	values  []value // of headers, queries, cookies; the regexes come last
	needTLS bool
	keys    []key
	entries []*entry // one for each host and path
}

// value is what one header, query or cookie must be.
type value struct {
	kind uint64
	name string
	any  []string     // of these; in lower case for a header
	re   *regex.Regex // or like this
	text string       // the regex as written
}

// entry is a rule at one place of the index.
type entry struct {
	order
	*compiled
	host *host // nil when the rule names none
	path *path // likewise
}

// key is something that an entry asks for with certain values: long lists are split by it.
type key struct {
	kind   uint64
	name   string
	values []string
}

// spread is in how many lists of the index one entry may lie.
const spread = 64

func (e *entry) key(level int) *key {
	if level < len(e.keys) {
		return &e.keys[level]
	}
	return nil
}

func compile(r *Rule) (*compiled, error) {
	c := &compiled{rule: r, sources: make([]Source, 0, len(r.Sources))}
	fail := func(err error) (*compiled, error) { return nil, fmt.Errorf("route %s: %w", r.ID, err) }
	if r.ID == "" {
		return nil, errors.New("route: no id")
	}
	var kinds, sub uint64
	wildcards := false
	for _, text := range unique(r.Hosts) {
		h, err := parseHost(text)
		if err != nil {
			return fail(err)
		}
		c.hosts = append(c.hosts, h)
		kinds |= kindHost
		if h.shape != exactHost {
			wildcards = true
			if h.port != 0 {
				sub |= subWildcardPort
			}
		}
	}
	if kinds&kindHost != 0 && !wildcards {
		sub |= subPlainHosts
	}
	for _, text := range unique(r.Paths) {
		p, err := parsePath(text)
		if err != nil {
			return fail(err)
		}
		c.paths = append(c.paths, p)
		kinds |= kindPath
	}
	for _, m := range unique(r.Methods) {
		c.methods = append(c.methods, strings.ToUpper(m))
		kinds |= kindMethod
	}
	for _, s := range r.SNIs {
		c.snis = append(c.snis, lowerText(strings.TrimSuffix(s, ".")))
		kinds |= kindSNI
	}
	for _, s := range r.Sources {
		if !s.Prefix.IsValid() && s.Port == 0 {
			return fail(errors.New("a source has neither address nor port"))
		}
		if s.Prefix.IsValid() {
			s.Prefix = plainPrefix(s.Prefix)
		}
		c.sources = append(c.sources, s)
		kinds |= kindSource
	}
	for kind, all := range map[uint64]map[string][]string{kindHeader: r.Headers, kindQuery: r.Queries, kindCookie: r.Cookies} {
		for name, values := range all {
			v, err := parseValue(kind, name, values)
			if err != nil {
				return fail(err)
			}
			if kind == kindHeader && v.name == "host" {
				continue // Hosts is for that
			}
			c.values = append(c.values, v)
			kinds |= kind
		}
	}
	if kinds == 0 {
		return fail(errors.New("needs at least one of hosts, paths, methods, headers, queries, cookies, sources, snis"))
	}
	slices.SortFunc(c.values, compareValues)
	c.needTLS = needTLS(r.Protocols)
	c.keys = c.splitKeys()
	c.place(kinds, sub)
	return c, nil
}

func parseValue(kind uint64, name string, values []string) (value, error) {
	v := value{kind: kind, name: name}
	if len(values) == 0 {
		return v, fmt.Errorf("%s %q: no value", kindName(kind), name)
	}
	if kind == kindHeader {
		v.name = lowerText(name)
	}
	if pattern, ok := strings.CutPrefix(values[0], "~*"); ok && len(values) == 1 {
		re, err := regex.Compile(pattern, true)
		if err != nil {
			return v, fmt.Errorf("%s %q: %w", kindName(kind), name, err)
		}
		v.re, v.text = re, values[0]
		return v, nil
	}
	for _, s := range unique(values) {
		if kind == kindHeader {
			s = lowerText(s)
		}
		v.any = append(v.any, s)
	}
	v.any = unique(v.any)
	return v, nil
}

func compareValues(a, b value) int {
	switch {
	case a.re == nil && b.re != nil:
		return -1
	case a.re != nil && b.re == nil:
		return 1
	case a.kind != b.kind:
		return int(b.kind) - int(a.kind)
	}
	return strings.Compare(a.name, b.name)
}

// splitKeys are what the rule's entries may be found by, unless that put them into too many lists.
func (c *compiled) splitKeys() []key {
	var keys []key
	lists := 1
	add := func(k key) {
		if lists*len(k.values) <= spread {
			lists *= len(k.values)
			keys = append(keys, k)
		}
	}
	for i := range c.values {
		if v := &c.values[i]; v.re == nil {
			add(key{v.kind, v.name, v.any})
		}
	}
	if len(c.methods) > 0 {
		add(key{kindMethod, "", c.methods})
	}
	return keys
}

// place makes the entries.
func (c *compiled) place(kinds, sub uint64) {
	hosts, paths := []*host{nil}, []*path{nil}
	if len(c.hosts) > 0 {
		hosts = pointers(c.hosts)
	}
	if len(c.paths) > 0 {
		paths = pointers(c.paths)
	}
	for _, p := range paths {
		s, n := sub, 0
		if p != nil && p.re != nil {
			s |= subRegex
		} else if p != nil {
			n = len(p.key)
		}
		o := newOrder(c.rule, kinds, s, len(c.values), n)
		for _, h := range hosts {
			o.part = len(c.entries)
			c.entries = append(c.entries, &entry{o, c, h, p})
		}
	}
}

// needTLS is Kong's test: only protocols with TLS are allowed, so a plain request is to be answered with 426 or a redirect.
func needTLS(protocols []string) bool {
	secure := false
	for _, p := range protocols {
		switch p {
		case "http", "grpc", "ws":
			return false
		case "https", "grpcs", "wss":
			secure = true
		}
	}
	return secure
}

// lowerText changes ASCII letters only, as the comparisons with it do.
func lowerText(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = lowerByte(b[i])
	}
	return string(b)
}

func plainPrefix(p netip.Prefix) netip.Prefix {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

func unique(all []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool {
		again := seen[s]
		seen[s] = true
		return again
	})
}

func pointers[T any](all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}

var kindNames = map[uint64]string{
	kindHost: "host", kindHeader: "header", kindQuery: "query", kindCookie: "cookie",
	kindPath: "path", kindMethod: "method", kindSNI: "sni", kindSource: "source",
}

func kindName(kind uint64) string { return kindNames[kind] }
