package httpd

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/edge/wire/http1"
	"moongate/engine/regex"
)

// readLocation is ngx_http_core_location.
func readLocation(c *directive.Call, _ *CoreConf) error {
	b, at := BuilderOf(c), LocationOf(c)
	kind, name, err := locationName(c.Args)
	if err != nil {
		return err
	}
	l := b.newLocation(LocPrefix, name, at.server, at)
	l.Pos = c.Node.Pos
	switch kind {
	case "=":
		l.Kind = LocExact
	case "^~":
		l.Kind = LocNoRegex
	case "~", "~*":
		l.Kind = LocRegex
		if l.re, err = b.Regex(name, kind == "~*"); err != nil {
			return directive.Errorf("%s", err)
		}
	case "@":
		l.Kind = LocNamed
	}
	if at.Kind != LocGround {
		if err := checkNesting(at, l); err != nil {
			return err
		}
	}
	at.subs = append(at.subs, l)
	return b.WalkIn(c, l, directive.Location)
}

// locationName splits the arguments into the kind of match and the name.
func locationName(args []string) (kind, name string, err error) {
	if len(args) == 2 {
		switch args[0] {
		case "=", "^~", "~", "~*":
			return args[0], args[1], nil
		}
		return "", "", directive.Errorf("invalid location modifier \"%s\"", args[0])
	}
	name = args[0]
	switch {
	case strings.HasPrefix(name, "="):
		return "=", name[1:], nil
	case strings.HasPrefix(name, "^~"):
		return "^~", name[2:], nil
	case strings.HasPrefix(name, "~*"):
		return "~*", name[2:], nil
	case strings.HasPrefix(name, "~"):
		return "~", name[1:], nil
	case strings.HasPrefix(name, "@"):
		return "@", name, nil
	}
	return "", name, nil
}

func checkNesting(at, l *Location) error {
	// Confs of if{} and limit_except{} stand between; the location counts.
	for at.Kind == LocIf || at.Kind == LocLimitExcept {
		at = at.parent
	}
	switch {
	case at.Kind == LocExact:
		return directive.Errorf("location \"%s\" cannot be inside the exact location \"%s\"", l.Name, at.Name)
	case at.Kind == LocNamed:
		return directive.Errorf("location \"%s\" cannot be inside the named location \"%s\"", l.Name, at.Name)
	case l.Kind == LocNamed:
		return directive.Errorf("named location \"%s\" can be on the server level only", l.Name)
	case l.Kind != LocRegex && at.Kind != LocGround && !strings.HasPrefix(l.Name, at.Name):
		// The text of a pattern counts too, as in nginx.
		return directive.Errorf("location \"%s\" is outside location \"%s\"", l.Name, at.Name)
	}
	return nil
}

// buildLocations makes the look-up structures of a level and those below.
func (s *Server) buildLocations(at *Location) error {
	var static []*Location
	seen := map[string]bool{}
	for _, l := range at.subs {
		if l.Kind <= LocNoRegex {
			key := l.Name
			if l.Kind == LocExact {
				key = "=" + key
			}
			if seen[key] {
				return directive.ErrorAt(l.Pos, "duplicate location \"%s\"", l.Name)
			}
			seen[key] = true
			static = append(static, l)
		}
		switch l.Kind {
		case LocRegex:
			at.regexs = append(at.regexs, l)
		case LocNamed:
			if s.named == nil {
				s.named = map[string]*Location{}
			}
			if s.named[l.Name] == nil { // nginx lets others stand behind the first
				s.named[l.Name] = l
			}
		}
		l.core.escapedName = string(http1.AppendEscaped(nil, l.Name, http1.EscapeURI))
		if err := s.buildLocations(l); err != nil {
			return err
		}
	}
	at.tree = newLocTree(static)
	return nil
}

// readLimitExcept is ngx_http_core_limit_except.
func readLimitExcept(c *directive.Call, _ *CoreConf) error {
	b, at := BuilderOf(c), LocationOf(c)
	if at.LimitExcept != nil {
		return directive.Duplicate
	}
	var allowed Method
	for _, a := range c.Args {
		m := http1.ParseMethod(strings.ToUpper(a))
		if m == http1.Unknown {
			return directive.Errorf("invalid method \"%s\"", a)
		}
		if m == http1.GET {
			m |= http1.HEAD
		}
		allowed |= m
	}
	l := b.NewSub(c, LocLimitExcept)
	at.LimitExcept = &limitExcept{allowed: allowed, loc: l}
	return b.WalkIn(c, l, directive.LimitExcept)
}

// Regex compiles a pattern; its named groups become variables.
func (b *Builder) Regex(pattern string, caseless bool) (*Regex, error) {
	re, err := regex.Compile(pattern, caseless)
	if err != nil {
		return nil, err
	}
	x := &Regex{re: re}
	for _, g := range re.Names() {
		i, err := b.DefineVar(Variable{Name: g.Name, Get: missing, Changeable: true})
		if err != nil {
			return nil, err
		}
		x.named = append(x.named, namedGroup{index: i, group: g.Group})
	}
	return x, nil
}

func missing(*Request) (string, bool) { return "", false }
