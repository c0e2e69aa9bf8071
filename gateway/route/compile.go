package route

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// compiled is a rule, read: what is compared with a request, cheap things first.
type compiled struct {
	rule    *Rule
	hosts   []host
	paths   []path
	methods []string
	sources []Source
	classes []string
	snis    []string
	values  []value // of headers, queries, cookies; the regexes come last
	needTLS bool
	keys    []key
	entries []*entry // one for each host and path
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
	c := &compiled{rule: r, needTLS: needTLS(r.Protocols)}
	if r.ID == "" {
		return nil, c.fault(errors.New("no id"), "id")
	}
	for _, read := range []func() error{c.readHosts, c.readPaths, c.readConnection, c.readValues} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	if c.kinds() == 0 {
		return nil, c.fault(errors.New("needs at least one of hosts, paths, methods, headers, queries, cookies, client classes, sources, snis"))
	}
	c.keys = c.splitKeys()
	c.place()
	return c, nil
}

// fault says what is wrong and where: the parts of a JSON pointer.
func (c *compiled) fault(err error, at ...any) error {
	pointer := ""
	for _, part := range at {
		pointer += "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(fmt.Sprint(part))
	}
	return &Fault{c.rule.ID, pointer, err}
}

func (c *compiled) readHosts() error {
	seen := map[string]bool{}
	for i, text := range c.rule.Hosts {
		h, err := parseHost(text)
		if err != nil {
			return c.fault(err, "hosts", i)
		}
		if !seen[text] {
			c.hosts = append(c.hosts, h)
		}
		seen[text] = true
	}
	return nil
}

func (c *compiled) readPaths() error {
	seen := map[string]bool{}
	for i, text := range c.rule.Paths {
		p, err := parsePath(text)
		if err != nil {
			return c.fault(err, "paths", i)
		}
		if !seen[text] {
			c.paths = append(c.paths, p)
		}
		seen[text] = true
	}
	return nil
}

// readConnection reads what is neither host, path nor one of many values.
func (c *compiled) readConnection() error {
	r := c.rule
	for _, m := range unique(r.Methods) {
		c.methods = append(c.methods, strings.ToUpper(m))
	}
	c.methods = unique(c.methods)
	c.classes = unique(r.Classes)
	for _, s := range r.SNIs {
		c.snis = append(c.snis, lowerText(strings.TrimSuffix(s, ".")))
	}
	for i, s := range r.Sources {
		if !s.Prefix.IsValid() && s.Port == 0 {
			return c.fault(errors.New("a source has neither address nor port"), "sources", i)
		}
		if s.Prefix.IsValid() {
			s.Prefix = plainPrefix(s.Prefix)
		}
		c.sources = append(c.sources, s)
	}
	return nil
}

func (c *compiled) readValues() error {
	for _, part := range []struct {
		kind uint64
		at   string
		all  map[string][]string
	}{{kindHeader, "headers", c.rule.Headers}, {kindQuery, "queries", c.rule.Queries}, {kindCookie, "cookies", c.rule.Cookies}} {
		for name, texts := range part.all {
			v, err := parseValue(part.kind, name, texts)
			if err != nil {
				return c.fault(err, part.at, name)
			}
			if part.kind == kindHeader && v.name == "host" {
				continue // Hosts is for that
			}
			c.values = append(c.values, v)
		}
	}
	slices.SortFunc(c.values, compareValues)
	return nil
}

// kinds are the bits of what the rule asks for.
func (c *compiled) kinds() uint64 {
	var kinds uint64
	for _, k := range []struct {
		bit  uint64
		some int
	}{{kindHost, len(c.hosts)}, {kindPath, len(c.paths)}, {kindMethod, len(c.methods)}, {kindSNI, len(c.snis)}, {kindSource, len(c.sources)}, {kindClass, len(c.classes)}} {
		if k.some > 0 {
			kinds |= k.bit
		}
	}
	for i := range c.values {
		kinds |= c.values[i].kind
	}
	return kinds
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
	if len(c.classes) > 0 {
		add(key{kindClass, "", c.classes})
	}
	return keys
}

// place makes the entries.
func (c *compiled) place() {
	hosts, paths := []*host{nil}, []*path{nil}
	if len(c.hosts) > 0 {
		hosts = pointers(c.hosts)
	}
	if len(c.paths) > 0 {
		paths = pointers(c.paths)
	}
	kinds := c.kinds()
	plain := len(c.hosts) > 0 && !slices.ContainsFunc(c.hosts, func(h host) bool { return h.shape != exactHost })
	for _, p := range paths {
		for _, h := range hosts {
			o := newOrder(c.rule, kinds, subKinds(plain, h, p), len(c.values), pathLen(p))
			o.part = len(c.entries)
			c.entries = append(c.entries, &entry{o, c, h, p})
		}
	}
}

func subKinds(plain bool, h *host, p *path) uint64 {
	var sub uint64
	if plain {
		sub |= subPlainHosts
	}
	if h != nil && h.port != 0 {
		sub |= subPort
	}
	if p != nil && p.re != nil {
		sub |= subRegex
	}
	return sub
}

// pathLen counts plain paths only, as Kong does.
func pathLen(p *path) int {
	if p == nil || p.re != nil {
		return 0
	}
	return len(p.key)
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

func plainPrefix(p netip.Prefix) netip.Prefix {
	if a := p.Addr(); a.Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(a.Unmap(), p.Bits()-96)
	}
	return p.Masked()
}

func pointers[T any](all []T) []*T {
	out := make([]*T, len(all))
	for i := range all {
		out[i] = &all[i]
	}
	return out
}
