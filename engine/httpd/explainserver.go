package httpd

import (
	"fmt"
	"slices"
	"strings"
)

// explain is find that says which name it was.
func (n *names) explain(r *Request) (s *Server, how string) {
	host := r.Host
	title := func(s *Server) string {
		if s.Name == "" {
			return "the server without a name"
		}
		return s.Name
	}
	s = n.find(r, host)
	switch {
	case n.only:
		return s, title(s) + ": the only server here"
	case n.exact[host] == s:
		return s, fmt.Sprintf("%s: the name is exactly %q", title(s), host)
	case n.named(host) == s:
		for _, sn := range s.names {
			head, isHead := strings.CutPrefix(sn.name, "*")
			tail, isTail := strings.CutSuffix(sn.name, "*")
			if isHead && strings.HasSuffix(host, head) || isTail && strings.HasPrefix(host, tail) || sn.name[0] == '.' && strings.HasSuffix(host, sn.name) {
				return s, fmt.Sprintf("%s: %q fits the wildcard %s", title(s), host, sn.name)
			}
		}
		return s, title(s) + ": by a wildcard"
	}
	for i := range n.re {
		if n.re[i].srv == s && r.Match(n.re[i].re, host) {
			for _, sn := range s.names {
				if sn.re == n.re[i].re {
					return s, fmt.Sprintf("%s: %q matches %s", title(s), host, sn.name)
				}
			}
		}
	}
	return s, fmt.Sprintf("%s: the default, as no server here is named %q", title(s), host)
}

// title is a location as it is written.
func (l *Location) title() string {
	switch l.Kind {
	case LocExact:
		return "= " + l.Name
	case LocNoRegex:
		return "^~ " + l.Name
	case LocRegex:
		return "~ " + l.Name
	case LocGround:
		return "none"
	case LocIf:
		return "if in " + l.parent.title()
	case LocLimitExcept:
		return "limit_except in " + l.parent.title()
	}
	return l.Name
}

// title is the location's title with what only its text says.
func (x *Explanation) title(l *Location) string {
	for _, w := range x.notes.levels[l.parent] {
		if w.row.Name == "location" && w.node.Pos == l.Pos {
			return strings.Join(w.node.Args, " ")
		}
	}
	return l.title()
}

// locations tells which locations of a level are looked at, in nginx's order, down to the
// one that is chosen: exact ones, prefixes with the longest first, then patterns. settled
// tells that patterns of the levels around are not tried (Request.findLocation).
func (x *Explanation) locations(at *Location) (chosen *Location, settled bool) {
	r := x.R
	tell := func(l *Location, why string) { x.at("location", x.title(l)+": "+why, l.Pos) }
	var prefixes []*Location
	for _, l := range at.subs {
		switch {
		case l.Kind == LocExact && l.Name == r.URI:
			tell(l, "is exactly the URI")
			return l, true
		case l.Kind == LocExact:
			tell(l, "is not the URI")
		case (l.Kind == LocPrefix || l.Kind == LocNoRegex) && strings.HasPrefix(r.URI, l.Name):
			prefixes = append(prefixes, l)
		case l.Kind == LocPrefix || l.Kind == LocNoRegex:
			tell(l, "the URI does not begin so")
		}
	}
	slices.SortStableFunc(prefixes, func(a, b *Location) int { return len(b.Name) - len(a.Name) })
	var prefix *Location
	for i, l := range prefixes {
		if i > 0 {
			tell(l, "is shorter")
			continue
		}
		prefix = l
		why := "the longest prefix"
		if l.Kind == LocNoRegex {
			why += ", and no pattern is tried"
		} else if len(at.regexs) > 0 {
			why += ", unless a pattern matches"
		}
		tell(l, why)
	}
	if chosen = prefix; prefix != nil {
		inner, settled := x.inside(prefix)
		if inner != nil {
			chosen = inner
		}
		if settled || prefix.Kind == LocNoRegex {
			return chosen, settled
		}
	}
	for _, l := range at.regexs {
		if !r.Match(l.re, r.URI) {
			tell(l, "does not match")
			continue
		}
		tell(l, "matches")
		if inner, _ := x.inside(l); inner != nil {
			return inner, true
		}
		return l, true
	}
	return chosen, false
}

// inside looks for a location in another one.
func (x *Explanation) inside(l *Location) (*Location, bool) {
	if len(l.subs) == 0 {
		return nil, false
	}
	return x.locations(l)
}
