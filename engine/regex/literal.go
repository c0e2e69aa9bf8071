package regex

import "strings"

// literal is what a subject must begin and end with if a pattern is to match it. A list of locations asks each of its
// patterns, and nearly all of them say no: comparing a few bytes here is ten times cheaper than a call to C, and a
// worker that was idle does not wake Go's monitor thread, as a call to C does.
//
// It is found by reading the pattern's text, and only where no doubt is left: "^/api/(v1|v2)/" begins with "/api/",
// "\.php$" ends with ".php", while "^/a|b" says nothing at all.
type literal struct {
	prefix, suffix string
	caseless       bool
}

func literalOf(pattern string, caseless bool) literal {
	l := literal{caseless: caseless}
	if !plain(pattern) {
		return l
	}
	l.prefix, l.suffix = prefixOf(pattern), suffixOf(pattern)
	if caseless {
		l.prefix, l.suffix = strings.ToLower(l.prefix), strings.ToLower(l.suffix)
	}
	return l
}

// rejects tells that the pattern certainly doesn't match s.
func (l *literal) rejects(s string) bool {
	if len(s) < len(l.prefix) || len(s) < len(l.suffix) {
		// A final newline may stand behind what "$" matches: it makes s longer, never shorter.
		return true
	}
	if !l.same(s[:len(l.prefix)], l.prefix) {
		return true
	}
	if l.suffix == "" || s[len(s)-1] < ' ' || s[len(s)-1] >= 0x80 {
		return false // perhaps a newline, of whatever kind
	}
	return !l.same(s[len(s)-len(l.suffix):], l.suffix)
}

func (l *literal) same(s, lower string) bool {
	if !l.caseless {
		return s == lower
	}
	for i := range len(lower) {
		c := s[i]
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// plain tells that the pattern is one whole, read from left to right: it has no alternative outside of parentheses
// and nothing that changes how the rest is read or where it ends, such as (*CRLF), (*ACCEPT), (?x), (?#, \Q; \E alone
// is nothing at all, and a "?" behind it belongs to what is in front.
func plain(p string) bool {
	if strings.Contains(p, "(*") || strings.Contains(p, `\Q`) || strings.Contains(p, `\E`) {
		return false
	}
	depth, class := 0, strings.IndexByte(p, '[') >= 0
	for i := 0; i < len(p); i++ {
		switch p[i] {
		case '\\':
			i++
		case '(':
			depth++
			if i+2 < len(p) && p[i+1] == '?' && !strings.ContainsRune(":<P=!>", rune(p[i+2])) {
				return false
			}
		case ')':
			depth--
		case '|':
			// In a pattern with a class, a parenthesis may be one of its characters, and depth says nothing.
			if depth == 0 || class {
				return false
			}
		}
	}
	return true
}

// prefixOf reads the plain characters behind a "^".
func prefixOf(p string) string {
	if !strings.HasPrefix(p, "^") {
		return ""
	}
	var b []byte
	for i := 1; i < len(p); i++ {
		c := p[i]
		if c == '\\' {
			if i++; i == len(p) || !punctuation(p[i]) {
				break
			}
			b = append(b, p[i])
			continue
		}
		if strings.IndexByte("?*{", c) >= 0 && len(b) > 0 {
			b = b[:len(b)-1] // the last one may be missing
		}
		if c >= 0x80 || strings.IndexByte("^$.[|()?*+{", c) >= 0 {
			break
		}
		b = append(b, c)
	}
	return string(b)
}

// suffixOf reads backwards from a "$".
func suffixOf(p string) string {
	end := len(p) - 1
	if end < 1 || p[end] != '$' {
		return ""
	}
	i := end
	for i > 0 {
		c := p[i-1]
		if c == '.' && i > 1 && p[i-2] == '\\' && backslashes(p[:i-1])%2 == 1 {
			i -= 2
			continue
		}
		if c != '/' && c != '-' && c != '_' && !alphanumeric(c) {
			break
		}
		i--
	}
	if backslashes(p[:i])%2 == 1 {
		return "" // what follows belongs to it, as in "\x2e$"
	}
	return strings.ReplaceAll(p[i:end], `\`, "")
}

func backslashes(s string) int { return len(s) - len(strings.TrimRight(s, `\`)) }

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func punctuation(c byte) bool { return c > ' ' && c < 0x7f && !alphanumeric(c) }
