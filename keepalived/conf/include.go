package conf

import (
	"fmt"
	"slices"
	"strings"
)

// checks are what an include must find.
type checks uint8

const (
	readable checks = 1 << iota // each file that fits
	matching                    // a file, where there is no wildcard
	wildcard                    // a file, where there is one
	braced                      // a file for each word in braces
)

var includes = map[string]checks{
	"include": 0, "includer": readable, "includem": matching, "includew": wildcard, "includeb": braced,
	"includea": readable | matching | wildcard | braced,
}

// include does what an include says; false: it is none.
func (r *reader) include(s *source, list []statement, p Pos) bool {
	words := list[0].words
	if len(words) == 0 {
		return false
	}
	check, is := includes[words[0]]
	if !is {
		return false
	}
	// Braces in the pattern are csh's, not those of a block.
	pattern := strings.TrimSpace(s.lines[s.at-1])
	pattern = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(uncomment(pattern)), words[0]))
	pattern = strings.Trim(pattern, `"'`)
	if pattern == "" {
		r.file.fault(p, fmt.Sprintf("*** Configuration line starting `%s` is missing a parameter after keyword `%s` at word position 1", words[0], words[0]))
		return true
	}
	if len(r.open) >= maxIncludes {
		r.file.fault(p, fmt.Sprintf("'%s' is the %dth file inside another - ignoring", pattern, maxIncludes))
		return true
	}
	check |= s.checks
	var names []string
	for _, one := range braces(s.path(pattern)) {
		found, err := r.options.Glob(one)
		if err != nil || len(found) == 0 {
			r.missing(pattern, check, p)
		}
		names = append(names, found...)
	}
	s.files, s.includedAt, s.strict = names, p, check&readable != 0
	return true
}

// begin opens the next file of an include.
func (r *reader) begin(s *source) {
	name := s.files[0]
	s.files = s.files[1:]
	if slices.ContainsFunc(r.open, func(s *source) bool { return s.pos == 0 && s.name == name }) {
		r.file.fault(s.includedAt, "'"+name+"' includes itself - ignoring")
		return
	}
	if err := r.enter(name); err != nil {
		r.file.Faults = append(r.file.Faults, Fault{Pos: s.includedAt, Text: fmt.Sprintf("Unable to open config file '%s': %s", name, err), Required: s.strict})
	}
}

// missing tells that nothing fits a pattern.
func (r *reader) missing(pattern string, check checks, p Pos) {
	want := matching
	switch {
	case strings.ContainsAny(pattern, "{"):
		want = braced
	case strings.ContainsAny(pattern, "*?["):
		want = wildcard
	}
	text := "Config files missing '" + pattern + "'."
	r.file.Faults = append(r.file.Faults, Fault{Pos: p, Text: text, Required: check&want != 0})
}

// braces are the patterns that one with csh's braces stands for.
func braces(pattern string) []string {
	open := strings.IndexByte(pattern, '{')
	if open < 0 {
		return []string{pattern}
	}
	depth, from := 0, open+1
	var parts []string
	for i := open; i < len(pattern); i++ {
		switch c := pattern[i]; {
		case c == '{':
			depth++
		case c == ',' && depth == 1:
			parts = append(parts, pattern[from:i])
			from = i + 1
		case c == '}':
			if depth--; depth > 0 {
				continue
			}
			parts = append(parts, pattern[from:i])
			var out []string
			for _, part := range parts {
				for _, rest := range braces(part + pattern[i+1:]) {
					out = append(out, pattern[:open]+rest)
				}
			}
			return out
		}
	}
	return []string{pattern}
}
