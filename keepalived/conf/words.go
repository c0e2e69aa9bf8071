package conf

import "strings"

// statement is what stands before a brace, or before the end of the line.
type statement struct {
	words []string
	brace byte // '{', '}', or 0
	pos   Pos
}

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

// split makes statements of a line: braces outside of quotes end them wherever they stand.
func split(line string, p Pos, f *File) (list []statement) {
	s := statement{pos: p}
	end := func(brace byte) {
		s.brace = brace
		if len(s.words) > 0 || brace != 0 {
			list = append(list, s)
		}
		s = statement{pos: p}
	}
	for i := 0; i < len(line); {
		switch c := line[i]; {
		case blank(c):
			i++
		case c == '{' || c == '}':
			end(c)
			i++
		default:
			word, n := cutWord(line[i:], p, f)
			s.words = append(s.words, word)
			i += n
		}
	}
	end(0)
	return list
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' }

// cutWord reads a word, in which quotes may begin anywhere, and says how long it is in the text.
func cutWord(text string, p Pos, f *File) (word string, n int) {
	var b strings.Builder
	var quote byte
	for n < len(text) {
		c := text[n]
		switch {
		case strings.HasPrefix(text[n:], "${") && strings.Contains(text[n:], "}"):
			// A name that is not defined. It stays as it is, and its braces are not those of a block.
			m := strings.IndexByte(text[n:], '}') + 1
			b.WriteString(text[n : n+m])
			n += m
		case quote == 0 && (blank(c) || c == '{' || c == '}'):
			return b.String(), n
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
	if quote != 0 {
		f.fault(p, "Unterminated quote '"+text+"'")
	}
	return b.String(), n
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
