package upstream

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
	"moongate/engine/resolver"
)

// Set is the groups of one protocol's configuration: those written as
// upstream{} and those that stand for a host in proxy_pass.
type Set struct {
	order  []*Group
	byName map[string][]*Group // lower case; by port

	reading *Group
}

// NewSet makes an empty set.
func NewSet() *Set { return &Set{byName: map[string][]*Group{}} }

// Add adds a group that was written as upstream{}. One that a proxy_pass above
// has named already becomes it (ngx_http_upstream_add with its texts).
func (s *Set) Add(name string, at syntax.Pos) (*Group, error) {
	if known := s.byName[strings.ToLower(name)]; len(known) > 0 {
		g := known[0]
		switch {
		case g.Written:
			return nil, directive.Errorf("duplicate upstream \"%s\"", name)
		case !g.NoPort:
			return nil, directive.ErrorAt(g.At, "upstream \"%s\" may not have port %d", name, g.Port)
		}
		g.Written, g.Port, g.At, g.Accepts, g.Servers = true, 0, at, AcceptAll, nil
		g.Keep = DefaultKeepAlive
		s.reading = g
		return g, nil
	}
	g := &Group{Name: name, Written: true, NoPort: true, At: at, Accepts: AcceptAll, Keep: DefaultKeepAlive}
	s.put(g)
	s.reading = g
	return g, nil
}

// Reading is the group whose upstream{} is being read: the one that was added last.
func (s *Set) Reading() *Group { return s.reading }

// Refer gives the group that a URL of a proxy_pass means, making one if there is
// none yet. The host is looked up when the whole configuration is known.
func (s *Set) Refer(u *resolver.URL, at syntax.Pos) (*Group, error) {
	for _, g := range s.byName[strings.ToLower(u.Host)] {
		if g.Written && !u.NoPort {
			return nil, directive.Errorf("upstream \"%s\" may not have port %d", u.Host, u.Port)
		}
		if g.Port != 0 && u.Port != 0 && g.Port != u.Port {
			continue
		}
		return g, nil
	}
	g := &Group{Name: u.Host, At: at, Port: u.Port, NoPort: u.NoPort}
	if len(u.Addrs) == 1 && (u.Port != 0 || u.Unix) {
		g.Servers = []Server{{Name: u.Addrs[0].Name, Addrs: u.Addrs, Weight: 1, implicit: true}}
	}
	s.put(g)
	return g, nil
}

func (s *Set) put(g *Group) {
	key := strings.ToLower(g.Name)
	s.byName[key] = append(s.byName[key], g)
	s.order = append(s.order, g)
}

// Lookup finds a group by name, nil without one.
func (s *Set) Lookup(name string) *Group {
	for _, g := range s.find(name) {
		return g
	}
	return nil
}

// Find is the group that a host of a proxy_pass with variables means: one
// written as upstream{}, or one with just that port.
func (s *Set) Find(host string, port uint16, noPort bool) *Group {
	for _, g := range s.find(host) {
		if g.Port == 0 && noPort || g.Port == port {
			return g
		}
	}
	return nil
}

func (s *Set) find(name string) []*Group {
	if list, ok := s.byName[name]; ok {
		return list
	}
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 'A' && c <= 'Z' {
			return s.byName[strings.ToLower(name)]
		}
	}
	return nil
}

// Groups are all groups in the order they were first named.
func (s *Set) Groups() []*Group { return s.order }
