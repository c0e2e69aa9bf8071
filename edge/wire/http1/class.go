package http1

// Classes of bytes in a request target.
const (
	uriUsual    = 1 << iota // nothing to do before the '?'
	uriArgs                 // nothing to do behind the '?'
	hostChar                // letter, digit, '.', '-' of an absolute target's host
	literalChar             // inside [ ] of an IP literal
	schemeChar
	nameChar // a header name's byte that needs no second look
)

var class = func() (t [256]uint8) {
	for i := range t {
		c := byte(i)
		alpha := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if c > 0x20 && c != 0x7f {
			switch c {
			case '#':
			case '%', '+', '.', '/', '?':
				t[i] |= uriArgs
			default:
				t[i] |= uriUsual | uriArgs
			}
		}
		if alpha || digit || c == '.' || c == '-' {
			t[i] |= hostChar | literalChar
		}
		switch c {
		case ':', '_', '~', '!', '$', '&', '\'', '(', ')', '*', '+', ',', ';', '=':
			t[i] |= literalChar
		}
		if alpha || digit || c == '+' || c == '-' || c == '.' {
			t[i] |= schemeChar
		}
		if alpha || digit || c == '-' {
			t[i] |= nameChar
		}
	}
	return t
}()
