package conf

import "strings"

// uncomment cuts a comment off: "!" and "#" begin one, but not in double quotes or behind a backslash.
func uncomment(line string) string {
	quoted := false
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		case '!', '#':
			if !quoted {
				return line[:i]
			}
		}
	}
	return line
}

// split makes lines of one: braces outside of quotes end it wherever they stand.
func (r *reader) split(text string, p Pos) {
	var words []string
	add := func(l Line) {
		l.Pos, l.Faults = p, r.faults
		r.faults = nil
		r.file.Lines = append(r.file.Lines, l)
	}
	flush := func() {
		if len(words) > 0 {
			add(Line{Words: words})
			words = nil
		}
	}
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case blank(c):
			i++
		case c == '{' || c == '}':
			flush()
			add(Line{Brace: c})
			i++
		default:
			word, n, closed := cutWord(text[i:])
			i += n
			if !closed {
				r.fault(p, "Unterminated quote '"+text+"'")
				r.fault(p, "Unmatched quote: '"+text+"'")
				continue
			}
			words = append(words, word)
		}
	}
	flush()
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' }

// cutWord reads a word and says how long it is in the text, and whether its
// quotes are closed. A quote inside of a word begins one that continues it.
func cutWord(text string) (word string, n int, closed bool) {
	var b strings.Builder
	var quote byte
	for n < len(text) {
		c := text[n]
		switch {
		case quote == 0 && (blank(c) || c == '{' || c == '}'):
			return b.String(), n, true
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
			n++
		case quote != 0 && c == quote:
			quote = 0
			n++
		case c == '\\' && n+1 < len(text):
			r, m := escape(text[n+1:])
			b.WriteByte(r)
			n += 1 + m
		default:
			b.WriteByte(c)
			n++
		}
	}
	return b.String(), n, quote == 0
}

// escape reads what follows a backslash: the shell's, octal and hexadecimal numbers, \cC; another character is itself.
func escape(text string) (c byte, n int) {
	if i := strings.IndexByte(`abEefnrtv`, text[0]); i >= 0 {
		return "\a\b\x1b\x1b\f\n\r\t\v"[i], 1
	}
	switch {
	case text[0] == 'c' && len(text) > 1:
		return text[1] & 0x1f, 2
	case text[0] == 'x':
		if v, n := number(text[1:], 16, 2); n > 0 {
			return v, 1 + n
		}
	case text[0] >= '0' && text[0] <= '7':
		return number(text, 8, 3)
	}
	return text[0], 1
}

// number reads at most so many digits.
func number(text string, base, digits int) (v byte, n int) {
	for n < len(text) && n < digits {
		d := strings.IndexByte("0123456789abcdef", text[n]|0x20)
		if text[n] < '0' || d < 0 || d >= base {
			break
		}
		v = v*byte(base) + byte(d)
		n++
	}
	return v, n
}
