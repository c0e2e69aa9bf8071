package syntax

import "bytes"

// limit is nginx's NGX_CONF_BUFFER: no word (and no comment) may be longer.
const limit = 4096

type terminator uint8

const (
	semicolon  terminator = iota // words were ended by ";"
	blockStart                   // words were ended by "{"
	blockDone                    // "}"
	fileDone
)

// lexer is nginx's ngx_conf_read_token: it reads the words of one directive
// up to its terminator.
type lexer struct {
	data  []byte
	pos   int
	line  int
	first int // line of the first word of the directive being read
	file  string
	param bool // -g text: no file, no limit
}

func newLexer(data []byte, file string, param bool) *lexer {
	l := &lexer{data: data, file: file, param: param, line: 1}
	if param {
		l.line = 0
		l.file = CommandLine
	}
	return l
}

func (l *lexer) here() Pos { return Pos{l.file, l.line} }

func (l *lexer) fault(text string) *Error { return &Error{Text: text, Pos: l.here()} }

func blank(ch byte) bool { return ch == ' ' || ch == '\t' || ch == '\r' || ch == '\n' }

// next keeps nginx's state machine, flag by flag: what it does with odd
// text ('a"b', "${", ')' behind a quote, a backslash before ";") follows
// from the order of these tests.
func (l *lexer) next() (words []string, end terminator, fault *Error) {
	var (
		start     = l.pos
		startLine = l.line
		needSpace bool
		lastSpace = true
		comment   bool
		variable  bool // the "$" of a possible "${" was the last character
		escaped   bool
		quote     byte
	)
	l.first = l.line
	for {
		if l.pos >= len(l.data) {
			if len(words) == 0 && lastSpace {
				return nil, fileDone, nil
			}
			if l.param {
				return nil, 0, l.fault(`unexpected end of parameter, expecting ";"`)
			}
			return nil, 0, l.fault(`unexpected end of file, expecting ";" or "}"`)
		}
		if l.pos-start >= limit && !l.param {
			l.line = startLine
			if quote != 0 {
				return nil, 0, l.fault(`too long parameter, probably missing terminating "` + string(quote) + `" character`)
			}
			return nil, 0, l.fault(`too long parameter "` + string(l.data[start:start+10]) + `..." started`)
		}
		ch := l.data[l.pos]
		l.pos++
		if ch == '\n' {
			l.line++
			comment = false
		}
		if comment {
			continue
		}
		if escaped {
			escaped = false
			continue
		}
		if needSpace {
			switch {
			case blank(ch):
				lastSpace, needSpace = true, false
				continue
			case ch == ';':
				return words, semicolon, nil
			case ch == '{':
				return words, blockStart, nil
			case ch == ')':
				// the end of an "if": (... "value")
				lastSpace, needSpace = true, false
			default:
				return nil, 0, l.unexpected(ch)
			}
		}
		if lastSpace {
			start, startLine = l.pos-1, l.line
			if blank(ch) {
				continue
			}
			if ch != '#' && len(words) == 0 {
				l.first = l.line
			}
			switch ch {
			case ';', '{':
				if len(words) == 0 {
					return nil, 0, l.unexpected(ch)
				}
				if ch == '{' {
					return words, blockStart, nil
				}
				return words, semicolon, nil
			case '}':
				if len(words) != 0 {
					return nil, 0, l.unexpected(ch)
				}
				return nil, blockDone, nil
			case '#':
				comment = true
				continue
			case '\\':
				escaped = true
			case '"', '\'':
				start++
				quote = ch
			case '$':
				variable = true
			}
			lastSpace = false
			continue
		}
		if ch == '{' && variable {
			continue
		}
		variable = false
		found := false
		switch {
		case ch == '\\':
			escaped = true
		case ch == '$':
			variable = true
		case quote != 0:
			if ch == quote {
				quote = 0
				needSpace, found = true, true
			}
		case blank(ch) || ch == ';' || ch == '{':
			lastSpace, found = true, true
		}
		if !found {
			continue
		}
		words = append(words, unescape(l.data[start:l.pos-1]))
		// a quote is still to be followed by a blank or a terminator
		switch ch {
		case ';':
			return words, semicolon, nil
		case '{':
			return words, blockStart, nil
		}
	}
}

func (l *lexer) unexpected(ch byte) *Error {
	return l.fault(`unexpected "` + string([]byte{ch}) + `"`)
}

// unescape resolves the escapes that nginx knows and leaves every other
// backslash where it is, quoted word or not.
func unescape(src []byte) string {
	if bytes.IndexByte(src, '\\') < 0 {
		return string(src)
	}
	dst := make([]byte, 0, len(src))
	for i := 0; i < len(src); i++ {
		if src[i] == '\\' && i+1 < len(src) {
			switch src[i+1] {
			case '"', '\'', '\\':
				i++
			case 't':
				dst = append(dst, '\t')
				i++
				continue
			case 'r':
				dst = append(dst, '\r')
				i++
				continue
			case 'n':
				dst = append(dst, '\n')
				i++
				continue
			}
		}
		dst = append(dst, src[i])
	}
	return string(dst)
}
