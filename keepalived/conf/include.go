package conf

import (
	"fmt"
	"path/filepath"
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

	all = readable | matching | wildcard | braced
)

var includes = map[string]checks{
	"include": 0, "includer": readable, "includem": readable | matching, "includew": readable | wildcard,
	"includeb": readable | braced, "includea": all,
}

// checkWords are those of include_check.
var checkWords = map[string]checks{"readable": readable, "match": readable | matching, "wildcard_match": readable | wildcard, "brace_match": readable | braced}

// include does what an include says; false: it is none.
func (r *reader) include(s *source, line string, p Pos) bool {
	word, pattern, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
	if word == "include_check" {
		r.check(strings.Fields(pattern))
		return false
	}
	check, is := includes[word]
	// Braces in the pattern are csh's, not those of a block.
	pattern = strings.Trim(strings.TrimSpace(pattern), `"'`)
	if !is || pattern == "" {
		return false
	}
	if len(r.open) >= maxIncludes {
		r.fault(p, fmt.Sprintf("'%s' is the %dth file inside another - ignoring", pattern, maxIncludes))
		return true
	}
	check |= s.checks
	var files []found
	for _, one := range braces(pattern) {
		names, err := r.options.Glob(s.path(one))
		if err != nil || len(names) == 0 {
			r.missing(pattern, check, p)
		}
		for _, name := range names {
			files = append(files, found{name, s.shows(one, name)})
		}
	}
	s.files, s.includedAt, s.strict = files, p, check&readable != 0
	return true
}

// found is a file by the name to read it by, and as the include has it.
type found struct{ name, shown string }

// shows is a file that fits a pattern, in the words of the pattern.
func (s *source) shows(pattern, name string) string {
	if filepath.IsAbs(pattern) {
		return name
	}
	dir, _ := filepath.Split(strings.TrimRight(pattern, "/"))
	if !strings.ContainsAny(dir, "*?[\\") {
		return dir + name[strings.LastIndexByte(strings.TrimSuffix(name, "/"), '/')+1:]
	}
	return strings.TrimPrefix(name, filepath.Dir(s.name)+"/")
}

// check is include_check: it holds for the rest of the file and what that includes.
func (r *reader) check(words []string) {
	i := len(r.open) - 1
	for i > 0 && r.open[i].pos != 0 {
		i--
	}
	s := r.open[i]
	if len(words) == 0 {
		s.checks = all
	}
	mode := byte('=')
	for _, w := range words {
		if w[0] == '+' || w[0] == '-' {
			mode, w = w[0], w[1:]
		} else if mode == '=' {
			s.checks = 0
		}
		if mode == '-' {
			s.checks &^= checkWords[w]
			continue
		}
		s.checks |= checkWords[w]
		if mode == '=' {
			mode = '+'
		}
	}
}

// begin opens the next file of an include.
func (r *reader) begin(s *source) {
	name, shown := s.files[0].name, s.files[0].shown
	s.files = s.files[1:]
	told := func(text string, required bool) {
		r.faults = append(r.faults, Fault{Pos: s.includedAt, Text: text, Required: required, Once: true})
	}
	if slices.ContainsFunc(r.open, func(s *source) bool { return s.pos == 0 && s.name == name }) {
		told("'"+shown+"' includes itself - ignoring", false)
		return
	}
	if strings.HasSuffix(name, "/") {
		told("Configuration file '"+shown+"' is a directory - skipping", s.strict)
		return
	}
	if err := r.enter(name, shown); err != nil {
		told(fmt.Sprintf("Configuration file '%s' open problem (%s) - skipping", shown, reason(err)), s.strict)
	}
}

// missing tells that nothing fits a pattern.
func (r *reader) missing(pattern string, check checks, p Pos) {
	want, text := matching, "Config files missing '"+pattern+"'."
	switch {
	case strings.ContainsAny(pattern, "{"):
		want, text = braced, "Some config files missing: \""+pattern+"\"."
	case strings.ContainsAny(pattern, "*?["):
		want, text = wildcard, "No config files matched '"+pattern+"'."
		if check&want == 0 {
			// Without the directory that is another thing.
			dir := filepath.Dir(r.open[len(r.open)-1].path(pattern))
			if found, _ := r.options.Glob(dir); len(found) > 0 {
				return
			}
			text = "Config files missing '" + pattern + "'."
		}
	}
	r.faults = append(r.faults, Fault{Pos: p, Text: text, Required: check&want != 0, Once: true})
}

// reason is why a file can't be opened, in the system's words.
func reason(err error) string {
	text := err.Error()
	text = text[strings.LastIndex(text, ": ")+1:]
	text = strings.TrimSpace(text)
	if text == "" {
		return "?"
	}
	return strings.ToUpper(text[:1]) + text[1:]
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
					if out = append(out, pattern[:open]+rest); len(out) > maxPatterns {
						return out
					}
				}
			}
			return out
		}
	}
	return []string{pattern}
}

// maxPatterns bounds what braces become.
const maxPatterns = 1024
