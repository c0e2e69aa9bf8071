package release

import (
	"errors"
	"net/netip"
	"strings"

	"moongate/engine/regex"
)

// Clause holds when all its conditions hold; an empty one always does.
type Clause []Condition

// Condition is one thing to ask of a request. It holds when one of the values that the request has is in one of the lists; with
// no list, when the request has a value at all.
type Condition struct {
	Of       string   // address, user, class, header:NAME, cookie:NAME, query:NAME, claim:NAME
	In       []string // these values; of address also networks; a single "~*..." is a regex that ignores case
	Networks []string // values that are addresses in these networks
	Set      Set      // values in a set that is kept elsewhere
	Versions []string // values that are one of these versions, or within all of the bounds: "2.1", ">=2.3", "<3"
	Fold     bool     // In ignores the case of ASCII letters, as the headers of a route do
	Not      bool     // the other way round
}

// Set is a list that is kept elsewhere, in Redis for one. Has may wait, but not for long: a request waits with it.
type Set interface{ Has(value string) bool }

// condition is a Condition, read.
type condition struct {
	key
	not      bool
	any      bool // a value is enough
	few      []string
	many     map[string]bool
	re       *regex.Regex
	networks networks
	set      Set
	versions versions
	fold     bool
	classes  Class
}

// few is up to how many values are compared one by one.
const few = 8

func compile(c *Condition) (*condition, error) {
	k, err := parseKey(c.Of)
	if err != nil {
		return nil, err
	}
	out := &condition{key: k, not: c.Not, set: c.Set, fold: c.Fold}
	out.any = len(c.In) == 0 && len(c.Networks) == 0 && c.Set == nil && len(c.Versions) == 0
	nets := c.Networks
	switch {
	case k.kind == ofClass:
		if len(nets) > 0 || c.Set != nil || len(c.Versions) > 0 || len(c.In) == 0 {
			return nil, errors.New("a class is one of a list of classes")
		}
		if out.classes, err = parseClasses(c.In); err != nil {
			return nil, err
		}
	case k.kind == ofAddress:
		nets = append(append([]string{}, c.In...), nets...)
	case len(c.In) == 1 && strings.HasPrefix(c.In[0], "~*"):
		if out.re, err = regex.Compile(c.In[0][2:], true); err != nil {
			return nil, err
		}
	default:
		out.list(c.In)
	}
	if out.networks, err = parseNetworks(nets); err != nil {
		return nil, err
	}
	if out.versions, err = parseVersions(c.Versions); err != nil {
		return nil, err
	}
	return out, nil
}

func (c *condition) list(in []string) {
	if len(in) > few {
		c.many = make(map[string]bool, len(in))
	}
	for _, s := range in {
		if c.fold {
			s = string(lowered([]byte(s)))
		}
		if c.many == nil {
			c.few = append(c.few, s)
		} else {
			c.many[s] = true
		}
	}
}

func lowered(b []byte) []byte {
	for i := range b {
		b[i] = lower(b[i])
	}
	return b
}

func (c *condition) holds(r *Request) bool { return c.found(r) != c.not }

func (c *condition) found(r *Request) bool {
	if c.kind == ofClass {
		return classOf(r)&c.classes != 0
	}
	if c.kind == ofAddress {
		if !r.Client.IsValid() {
			return false
		}
		if c.any || c.networks.has(r.Client) {
			return true
		}
		if c.set == nil && c.versions.empty() {
			return false
		}
	}
	for i := 0; ; i++ {
		v, ok := c.value(r, i)
		if !ok {
			return false
		}
		if c.any || c.has(v) {
			return true
		}
	}
}

func (c *condition) has(v string) bool {
	if c.listed(v) {
		return true
	}
	if c.re != nil {
		// A limit that was reached is no match.
		if ok, _ := c.re.Match(v); ok {
			return true
		}
	}
	if c.kind != ofAddress && len(c.networks) > 0 {
		if a, err := netip.ParseAddr(v); err == nil && c.networks.has(a) {
			return true
		}
	}
	if c.set != nil && c.set.Has(v) {
		return true
	}
	return c.versions.have(v)
}

func (c *condition) listed(v string) bool {
	var buf [128]byte
	if c.fold {
		low := lowered(append(buf[:0], v...))
		for _, s := range c.few {
			if s == string(low) {
				return true
			}
		}
		return c.many != nil && c.many[string(low)]
	}
	for _, s := range c.few {
		if s == v {
			return true
		}
	}
	return c.many != nil && c.many[v]
}
