package syntax

import (
	"os"
	"slices"
	"strings"
)

// globDisk is glob(3) without flags, as nginx calls it: sorted, a leading dot
// only matched by a dot, unreadable folders passed over. (path/filepath's
// Glob shows hidden files and refuses a lone "[".)
func globDisk(pattern string) []string {
	var found []string
	rest := strings.TrimLeft(pattern, "/")
	expand(pattern[:len(pattern)-len(rest)], rest, &found)
	slices.Sort(found)
	return found
}

// expand matches the first component of pattern below dir, which is empty
// or ends with a slash.
func expand(dir, pattern string, found *[]string) {
	part, rest, more := strings.Cut(pattern, "/")
	slashes := ""
	if more {
		trimmed := strings.TrimLeft(rest, "/")
		slashes = "/" + rest[:len(rest)-len(trimmed)]
		rest = trimmed
	}
	if part == "" {
		if dir != "" {
			*found = append(*found, dir)
		}
		return
	}
	for _, name := range matches(dir, part) {
		switch full := dir + name; {
		case !more:
			*found = append(*found, full)
		case isDir(full):
			expand(full+slashes, rest, found)
		}
	}
}

func matches(dir, part string) []string {
	if !strings.ContainsAny(part, `*?[\`) {
		if _, err := os.Lstat(dir + part); err != nil {
			return nil
		}
		return []string{part}
	}
	where := dir
	if where == "" {
		where = "."
	}
	entries, err := os.ReadDir(where)
	if err != nil && len(entries) == 0 {
		return nil
	}
	var names []string
	for _, e := range entries {
		name := e.Name()
		if name[0] == '.' && part[0] != '.' && !strings.HasPrefix(part, `\.`) {
			continue
		}
		if match(part, name) {
			names = append(names, name)
		}
	}
	return names
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// match is fnmatch(3) for one component. Only the last star needs to be gone
// back to, so that no pattern takes exponential time.
func match(pattern, name string) bool {
	p, n := 0, 0
	starP, starN := -1, 0
	for n < len(name) || p < len(pattern) {
		if p < len(pattern) {
			if pattern[p] == '*' {
				starP, starN = p, n
				p++
				continue
			}
			if n < len(name) {
				if width, ok := matchOne(pattern[p:], name[n]); ok {
					p += width
					n++
					continue
				}
			}
		}
		if starP < 0 || starN >= len(name) {
			return false
		}
		starN++
		p, n = starP+1, starN
	}
	return true
}

// matchOne matches one character with the element at the start of pattern,
// whose width it tells.
func matchOne(pattern string, ch byte) (width int, ok bool) {
	switch pattern[0] {
	case '?':
		return 1, true
	case '[':
		if width, ok, valid := matchSet(pattern, ch); valid {
			return width, ok
		}
	case '\\':
		if len(pattern) > 1 {
			return 2, pattern[1] == ch
		}
	}
	return 1, pattern[0] == ch
}

// matchSet is a bracket expression; one that is never closed is no
// expression but a plain "[".
func matchSet(pattern string, ch byte) (width int, ok, valid bool) {
	i := 1
	negated := i < len(pattern) && (pattern[i] == '!' || pattern[i] == '^')
	if negated {
		i++
	}
	for begin := i; i < len(pattern); {
		if pattern[i] == ']' && i > begin {
			return i + 1, ok != negated, true
		}
		if class, after := charClass(pattern[i:]); class != nil {
			ok = ok || class(ch)
			i += after
			continue
		}
		lo := pattern[i]
		if lo == '\\' && i+1 < len(pattern) {
			i++
			lo = pattern[i]
		}
		hi := lo
		i++
		if i+1 < len(pattern) && pattern[i] == '-' && pattern[i+1] != ']' {
			hi = pattern[i+1]
			i += 2
			if hi == '\\' && i < len(pattern) {
				hi = pattern[i]
				i++
			}
		}
		ok = ok || lo <= ch && ch <= hi
	}
	return 0, false, false
}

func charClass(s string) (class func(byte) bool, width int) {
	if !strings.HasPrefix(s, "[:") {
		return nil, 0
	}
	name, _, closed := strings.Cut(s[2:], ":]")
	if !closed {
		return nil, 0
	}
	between := func(ranges string) func(byte) bool {
		return func(ch byte) bool {
			for i := 0; i < len(ranges); i += 2 {
				if ranges[i] <= ch && ch <= ranges[i+1] {
					return true
				}
			}
			return false
		}
	}
	ranges := map[string]string{
		"digit": "09", "lower": "az", "upper": "AZ", "alpha": "azAZ", "alnum": "azAZ09", "xdigit": "09afAF",
		"space": "\t\r  ", "blank": "\t\t  ", "punct": "!/:@[`{~", "cntrl": "\x00\x1f\x7f\x7f", "print": " ~", "graph": "!~",
	}[name]
	if ranges == "" {
		return nil, 0
	}
	return between(ranges), len(name) + 4
}
