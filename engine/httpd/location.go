package httpd

import (
	"sort"
	"strings"

	"moongate/core/config/syntax"
)

// Location is a location{}, a named location, an if{} or limit_except{} block
// inside one, or the ground of a server outside all of them.
type Location struct {
	Name  string // as in the request's URI; "" for the ground; "@x" when named
	Kind  LocationKind
	Pos   syntax.Pos
	conf  []any // by Module.index
	chain *chain

	// Core settings, filled from the core module's conf.
	core *CoreConf

	// Handler pre-empts the content phase (nginx's clcf->handler), set by
	// proxy_pass, content_by_lua and their like.
	Handler Handler

	AutoRedirect bool // proxy_pass and others: /x is redirected to /x/
	LimitExcept  *limitExcept

	server *Server
	parent *Location
	subs   []*Location // nested, ifs and limit_except as well
	tree   *locTree
	regexs []*Location
	re     *Regex
}

// LocationKind says how a location was written.
type LocationKind uint8

const (
	LocPrefix      LocationKind = iota
	LocExact                    // =
	LocNoRegex                  // ^~
	LocRegex                    // ~ and ~*
	LocNamed                    // @
	LocGround                   // a server's own conf
	LocIf                       // if (...) {}
	LocLimitExcept              // limit_except M {}
)

type limitExcept struct {
	allowed Method
	loc     *Location
}

// Server is the virtual server that a location belongs to.
func (l *Location) Server() *Server { return l.server }

// locTree finds prefix and exact locations: a sorted list of names with, for
// each, the longest other name that is a proper prefix of it.
type locTree struct {
	names []string
	nodes []locNode
}

type locNode struct {
	name      string
	exact     *Location
	inclusive *Location
	up        int // index of the longest shorter name that is a prefix, or -1
}

func newLocTree(locs []*Location) *locTree {
	byName := map[string]*locNode{}
	for _, l := range locs {
		n := byName[l.Name]
		if n == nil {
			n = &locNode{name: l.Name}
			byName[l.Name] = n
		}
		if l.Kind == LocExact {
			n.exact = l
		} else {
			n.inclusive = l
		}
	}
	t := &locTree{}
	for _, n := range byName {
		t.nodes = append(t.nodes, *n)
	}
	sort.Slice(t.nodes, func(i, j int) bool { return t.nodes[i].name < t.nodes[j].name })
	for i := range t.nodes {
		t.names = append(t.names, t.nodes[i].name)
		t.nodes[i].up = -1
		// The nearest earlier name that is a prefix: walk the chain of the
		// previous one, since every prefix of this name sorts before it.
		for j := i - 1; j >= 0; j = t.nodes[j].up {
			if strings.HasPrefix(t.nodes[i].name, t.nodes[j].name) {
				t.nodes[i].up = j
				break
			}
		}
	}
	return t
}

// find is ngx_http_find_static_location: the exact location, or the longest
// prefix. redirect is a location "uri/" that asks for the missing slash.
func (t *locTree) find(uri string) (exact, prefix, redirect *Location) {
	if t == nil || len(t.names) == 0 {
		return nil, nil, nil
	}
	lo, hi := 0, len(t.names)
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if t.names[mid] <= uri {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	i := lo - 1
	if i >= 0 && t.names[i] == uri {
		if n := &t.nodes[i]; n.exact != nil {
			return n.exact, nil, nil
		} else if n.inclusive != nil {
			return nil, n.inclusive, nil
		}
	}
	// "uri/" is the next name after uri if nothing sorts between them, which
	// only bytes below '/' could do.
	for k := lo; k < len(t.names) && strings.HasPrefix(t.names[k], uri); k++ {
		if len(t.names[k]) == len(uri)+1 && t.names[k][len(uri)] == '/' {
			n := &t.nodes[k]
			if n.exact != nil && n.exact.AutoRedirect {
				redirect = n.exact
			} else if n.inclusive != nil && n.inclusive.AutoRedirect {
				redirect = n.inclusive
			}
			break
		}
		if t.names[k][len(uri)] > '/' {
			break
		}
	}
	for ; i >= 0; i = t.nodes[i].up {
		n := &t.nodes[i]
		if n.inclusive != nil && strings.HasPrefix(uri, n.name) {
			return nil, n.inclusive, redirect
		}
	}
	return nil, nil, redirect
}

// findLocation sets r.Loc for the URI (ngx_http_core_find_location). It returns
// the location to redirect to with a slash, if that is the answer.
func (r *Request) findLocation(at *Location) (redirect *Location, found bool) {
	exact, prefix, redirect := at.tree.find(r.URI)
	if exact != nil {
		r.setLocation(exact)
		return nil, true
	}
	if redirect != nil {
		return redirect, false
	}
	noRegex := false
	if prefix != nil {
		r.setLocation(prefix)
		noRegex = prefix.Kind == LocNoRegex
		if red, ok := r.findLocation(prefix); red != nil {
			return red, false
		} else if ok {
			return nil, true
		}
	}
	if noRegex {
		return nil, false
	}
	for _, l := range at.regexs {
		if r.Match(l.re, r.URI) {
			r.setLocation(l)
			r.findLocation(l)
			return nil, true
		}
	}
	return nil, false
}
