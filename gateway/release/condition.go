package release

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"moongate/engine/regex"
)

// Clause holds when all its conditions hold; an empty one always does.
type Clause []Condition

// Condition is one thing to ask of a request. It holds when one of the values that the request has is in one of the lists; with
// no list, when the request has a value at all.
type Condition struct {
	Of       string   // address, user, class, header:NAME, cookie:NAME, query:NAME
	In       []string // these values; of address also networks; a single "~*..." is a regex that ignores case
	Networks []string // values that are addresses in these networks
	Set      Set      // values in a set that is kept elsewhere
	Version  string   // values that are versions in a range: ">=2.3 <3"
	Not      bool     // the other way round
}

// Set is a list that is kept elsewhere, in Redis for one. Has must not wait.
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
	versions []bound
	classes  Class
}

// few is up to how many values are compared one by one.
const few = 8

func compile(c *Condition) (*condition, error) {
	k, err := parseKey(c.Of)
	if err != nil {
		return nil, err
	}
	out := &condition{key: k, not: c.Not, set: c.Set}
	out.any = len(c.In) == 0 && len(c.Networks) == 0 && c.Set == nil && c.Version == ""
	nets := c.Networks
	switch {
	case k.kind == ofClass:
		if len(nets) > 0 || c.Set != nil || c.Version != "" || len(c.In) == 0 {
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
	case len(c.In) <= few:
		out.few = c.In
	default:
		out.many = make(map[string]bool, len(c.In))
		for _, s := range c.In {
			out.many[s] = true
		}
	}
	if out.networks, err = parseNetworks(nets); err != nil {
		return nil, err
	}
	if c.Version != "" {
		if out.versions, err = parseBounds(c.Version); err != nil {
			return nil, fmt.Errorf("version: %w", err)
		}
	}
	return out, nil
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
		if c.set == nil && c.versions == nil {
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
	for _, s := range c.few {
		if s == v {
			return true
		}
	}
	if c.many != nil && c.many[v] {
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
	return c.versions != nil && within(v, c.versions)
}
