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

// split makes lines of one. keepalived looks at quotes three times, and not in
// the same way: whether they are closed (a backslash takes the meaning of the
// next character), where braces end a line, and where words do.
func (r *reader) split(text string, p Pos) {
	if unterminated(text) {
		r.fault(p, "Unterminated quote '"+text+"'")
	}
	quoted, from := false, 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] == '"' {
			quoted = !quoted
		}
		if i < len(text) && (quoted || text[i] != '{' && text[i] != '}') {
			continue
		}
		if piece := strings.TrimFunc(text[from:i], func(c rune) bool { return c < 0x80 && blank(byte(c)) }); piece != "" {
			r.piece(piece, p)
		}
		if i < len(text) {
			r.add(Line{Brace: text[i], Pos: p})
		}
		from = i + 1
	}
}

// piece is a line without braces.
func (r *reader) piece(text string, p Pos) {
	words, ok := plain(text)
	if !ok {
		r.fault(p, "Unmatched quote: '"+text+"'")
	}
	if len(words) > 0 {
		r.add(Line{Words: words, Raw: text, Pos: p})
	}
}

func (r *reader) add(l Line) {
	l.Faults = r.faults
	r.faults = nil
	r.file.Lines = append(r.file.Lines, l)
}

func unterminated(text string) bool {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			quoted = !quoted
		}
	}
	return quoted
}

// plain splits a line into words: at blanks, and at double quotes, which hold
// blanks together. false: the last quote is open, and its word is left out.
func plain(text string) (words []string, ok bool) {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case blank(c):
			i++
		case c == '"':
			end := strings.IndexByte(text[i+1:], '"')
			if end < 0 {
				return words, false
			}
			words = append(words, text[i+1:i+1+end])
			i += end + 2
		default:
			n := strings.IndexFunc(text[i:], func(c rune) bool { return c == '"' || c < 0x80 && blank(byte(c)) })
			if n < 0 {
				n = len(text) - i
			}
			words = append(words, text[i:i+n])
			i += n
		}
	}
	return words, true
}

// Quoted splits a line as a shell does: for keywords whose value is a command.
// Both kinds of quotes may begin inside of a word, and a backslash outside of
// single quotes begins an escape. The text tells what is wrong.
func Quoted(text string) (words []string, wrong string) {
	for i := 0; ; {
		for i < len(text) && (blank(text[i]) || text[i] == '\n') {
			i++
		}
		if i == len(text) {
			return words, ""
		}
		word, n, wrong := shellWord(text[i:], text)
		if wrong != "" {
			return nil, wrong
		}
		words = append(words, word)
		i += n
	}
}

// shellWord reads one word of a whole text, and says how long it is in it.
func shellWord(text, whole string) (word string, n int, wrong string) {
	var b strings.Builder
	var quote byte
	for n < len(text) && (quote != 0 || !blank(text[n]) && text[n] != '\n') {
		c := text[n]
		n++
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote != 0 && c == quote:
			quote = 0
		case c == '\\' && quote != '\'':
			if n == len(text) {
				return "", n, "Missing escape char at end: '" + whole + "'"
			}
			r, m := escape(text[n:])
			b.WriteByte(r)
			n += m
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return "", n, "String '" + whole + "': missing terminating " + string(quote)
	}
	return b.String(), n, ""
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v' }

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
