package plugin

import (
	"strings"

	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// Unescape decodes a part of a query. What it returns lives as long as the request; r may be
// nil where there is none.
func Unescape(r *httpd.Request, s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	b := room(r, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '+':
			c = ' '
		case c == '%' && i+2 < len(s) && digit(s[i+1]) >= 0 && digit(s[i+2]) >= 0:
			c = byte(digit(s[i+1])<<4 | digit(s[i+2]))
			i += 2
		}
		b = append(b, c)
	}
	return http1.View(b)
}

// room is n bytes of the request's memory, to be appended to.
func room(r *httpd.Request, n int) []byte {
	if r == nil {
		return make([]byte, 0, n)
	}
	return r.Alloc(n)[:0]
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
