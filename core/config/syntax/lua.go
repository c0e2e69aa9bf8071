package syntax

import "bytes"

// lua reads the body of a *_by_lua_block, the "{" being behind us, up to the
// brace that closes it. As lua-nginx-module does (its util/gen-lexer-c names
// the tokens), it looks only for braces and for what may hide them: strings,
// long strings, comments. A quote that does not close on its line is no
// string. Unlike there a string may go on behind a backslash at the end of a
// line, which is Lua's rule, and a block may have any length.
func (l *lexer) lua() (string, *Error) {
	body := l.pos
	braceLine := l.line
	for level := 1; l.pos < len(l.data); {
		rest := l.data[l.pos:]
		width := 1
		switch rest[0] {
		case '\n':
			l.line++
		case '{':
			level++
			braceLine = l.line
		case '}':
			level--
			if level == 0 {
				raw := string(l.data[body:l.pos])
				l.pos++
				return raw, nil
			}
		case '"', '\'':
			width = luaString(rest)
		case '[', '-':
			prefix := 0
			if rest[0] == '-' {
				if !bytes.HasPrefix(rest, []byte("--")) {
					break
				}
				prefix = 2
			}
			open := longBracket(rest[prefix:])
			if open == 0 {
				if prefix > 0 {
					width = lineLength(rest)
				}
				break
			}
			closing := longClose(open)
			at := bytes.Index(rest[prefix+open:], closing)
			if at < 0 {
				return string(l.data[body:]), l.fault(`Lua code block missing the closing long bracket "` +
					string(closing) + `", the inlined Lua code may be too long`)
			}
			width = prefix + open + at + len(closing)
		}
		if width > 1 {
			l.line += bytes.Count(rest[:width], []byte("\n"))
		}
		l.pos += width
	}
	l.line = braceLine
	return string(l.data[body:]), l.fault("unexpected end of file, expecting terminating characters for lua code block")
}

// luaString is the length of the string at the start of s, 1 when it is none.
func luaString(s []byte) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case s[0]:
			return i + 1
		case '\n':
			return 1
		case '\\':
			i++
		}
	}
	return 1
}

// longBracket is the length of "[", any number of "=", "[" at the start of s.
func longBracket(s []byte) int {
	if len(s) == 0 || s[0] != '[' {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '=':
		case '[':
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

func longClose(open int) []byte {
	closing := bytes.Repeat([]byte("="), open)
	closing[0], closing[open-1] = ']', ']'
	return closing
}

func lineLength(s []byte) int {
	if at := bytes.IndexByte(s, '\n'); at >= 0 {
		return at
	}
	return len(s)
}
