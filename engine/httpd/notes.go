package httpd

import (
	"slices"
	"strings"

	"moongate/core/config"
	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

// Notes are what was written in each level of http{}: which directive, by whose row. A
// configuration that serves has none; it is for those who explain one.
type Notes struct {
	levels  map[*Location][]written
	content map[*Location]written // what gave a location its handler
}

// written is a directive.
type written struct {
	module *Module
	row    *config.Row
	node   *syntax.Node
}

// Watch takes notes while a configuration is read: see config.Walker.
func (n *Notes) Watch(s directive.Scope, row *config.Row, node *syntax.Node, set func() error) error {
	sc, ok := s.(*scope)
	m, owned := row.Owner.(*Module)
	if !ok || !owned {
		return set()
	}
	l := sc.loc
	before := l.Handler
	l.Handler = nil
	err := set()
	w := written{m, row, node}
	if l.Handler != nil {
		n.content[l] = w
	} else {
		l.Handler = before
	}
	n.levels[l] = append(n.levels[l], w)
	return err
}

// above is the level that a level inherits from.
func (l *Location) above() *Location {
	switch {
	case l.parent != nil:
		return l.parent
	case l.server != nil:
		return l.server.http.ground
	}
	return nil
}

// inForce are the directives of a module that count in a location, by the beginnings of
// their names: of each name those of the nearest level.
func (n *Notes) inForce(l *Location, m *Module, of string) []written {
	var out []written
	names := strings.Fields(of)
	seen := map[string]bool{}
	for ; l != nil; l = l.above() {
		here := map[string]bool{}
		var level []written
		for _, w := range n.levels[l] {
			name := w.row.Name
			if m.Together {
				name = ""
			}
			about := len(names) == 0 || slices.ContainsFunc(names, func(start string) bool { return strings.HasPrefix(w.row.Name, start) })
			if w.module == m && about && !seen[name] {
				here[name] = true
				level = append(level, w)
			}
		}
		for name := range here {
			seen[name] = true
		}
		out = append(out, level...)
	}
	return out
}

// handlerOf is what gave a location its handler; an if{} has that of the level around.
func (n *Notes) handlerOf(l *Location) (written, bool) {
	for ; l != nil; l = l.parent {
		if w, ok := n.content[l]; ok {
			return w, true
		}
		if l.Kind != LocIf && l.Kind != LocLimitExcept {
			break
		}
	}
	return written{}, false
}

// text is the directive as it was written, on one line; of Lua its beginning.
func (w written) text() string {
	words := []string{w.node.Name}
	for _, a := range w.node.Args {
		words = append(words, quoted(a))
	}
	switch {
	case w.node.IsRaw:
		code := strings.Join(strings.Fields(w.node.Raw), " ")
		if r := []rune(code); len(r) > 60 {
			code = string(r[:60]) + "..."
		}
		words = append(words, "{ "+code+" }")
	case w.node.HasBody:
		words = append(words, "{...}")
	}
	return strings.Join(words, " ")
}

// quoted is an argument in quotes where it needs them.
func quoted(a string) string {
	if a == "" || strings.ContainsAny(a, " \t\r\n;{}\"'\\") {
		return "'" + strings.ReplaceAll(strings.ReplaceAll(a, `\`, `\\`), "'", `\'`) + "'"
	}
	return a
}

func place(p syntax.Pos) string {
	if p.File == "" {
		return ""
	}
	return p.String()
}
