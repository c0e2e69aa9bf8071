package config

import (
	"strings"

	"moongate/core/config/directive"
	"moongate/core/config/syntax"
)

const byteOrderMark = "\ufeff"

// refuse words why a directive has no row in this context. What nginx would
// take here and we do not is said to be missing, never unknown.
func (t *Table) refuse(n *syntax.Node, in directive.Context) *syntax.Error {
	ours, theirs := t.contexts(n.Name), KnownContexts(n.Name)
	if theirs&in != 0 {
		return fault(n, `"%s" directive is not implemented yet`, n.Name)
	}
	if ours|theirs != 0 {
		e := fault(n, `"%s" directive is not allowed here`, n.Name)
		e.Help = "allowed in: " + (ours | theirs).String()
		return e
	}
	e := fault(n, `unknown directive "%s"`, n.Name)
	if strings.HasPrefix(n.Name, byteOrderMark) {
		e.Help = "the file begins with a byte order mark; save it without"
	} else if similar := t.similar(n.Name, in); similar != "" {
		e.Help = `did you mean "` + similar + `"?`
	}
	return e
}

// argumentHelp finds the usual cause of too many arguments: the next
// directive was swallowed because a ";" is missing.
func (t *Table) argumentHelp(n *syntax.Node, row *Row) string {
	if n.First != n.Pos.Line {
		for _, arg := range n.Args {
			if t.byName[arg] != nil {
				return `is a ";" missing before "` + arg + `"?`
			}
		}
	}
	if row.Syntax != "" {
		return "syntax: " + n.Name + " " + row.Syntax
	}
	return ""
}

// similar is the directive of ours that is spelled most like name: first
// among those allowed here, then anywhere.
func (t *Table) similar(name string, in directive.Context) string {
	if len(name) < 3 || len(name) > 64 {
		return ""
	}
	name = strings.ToLower(name)
	best, bestScore := "", 1+min(4, 2*(len(name)/3))
	for candidate := range t.byName {
		score := 2 * distance(name, candidate)
		if t.contexts(candidate)&in == 0 {
			score++
		}
		if score < bestScore || score == bestScore && best != "" && candidate < best {
			best, bestScore = candidate, score
		}
	}
	return best
}

// distance counts the letters to insert, drop, change or swap with their
// neighbour (optimal string alignment).
func distance(a, b string) int {
	if d := len(a) - len(b); d > 3 || d < -3 {
		return 4
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
