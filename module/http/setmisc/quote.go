package setmisc

import (
	"fmt"
	"unicode/utf8"
)

// quoteSQL is a literal of MySQL's.
func quoteSQL(s string) string {
	b := append(make([]byte, 0, len(s)+8), '\'')
	for i := range len(s) {
		switch c := s[i]; c {
		case 0:
			b = append(b, `\0`...)
		case 0x1a:
			b = append(b, `\Z`...)
		case '\\', '\'', '"', '$':
			b = append(b, '\\', c)
		default:
			b = appendControl(b, c)
		}
	}
	return string(append(b, '\''))
}

// quotePgSQL is a literal of PostgreSQL's with backslashes (E”). Bytes that are no
// UTF-8 are written in octal, in the way of a bytea.
func quotePgSQL(s string) string {
	if s == "" {
		return "''"
	}
	b := append(make([]byte, 0, len(s)+8), "E'"...)
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			if c, n := utf8.DecodeRuneInString(s[i:]); c != utf8.RuneError || n > 1 {
				b = append(b, s[i:i+n]...)
				i += n
				continue
			}
		}
		i++
		switch {
		case c == 0 || c >= utf8.RuneSelf:
			b = fmt.Appendf(b, `\\%03o`, c)
		case c == '\\' || c == '\'' || c == '"':
			b = append(b, '\\', c)
		default:
			b = appendControl(b, c)
		}
	}
	return string(append(b, '\''))
}

func appendControl(b []byte, c byte) []byte {
	switch c {
	case '\n':
		return append(b, `\n`...)
	case '\r':
		return append(b, `\r`...)
	case '\t':
		return append(b, `\t`...)
	case '\b':
		return append(b, `\b`...)
	}
	return append(b, c)
}

// quoteJSON is a string of JSON's; nothing is null.
func quoteJSON(s string) string {
	if s == "" {
		return "null"
	}
	b := append(make([]byte, 0, len(s)+8), '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\f':
			b = append(b, `\f`...)
		case c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\b':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = appendControl(b, c)
		}
	}
	return string(append(b, '"'))
}
