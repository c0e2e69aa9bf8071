package http1

import "strings"

// Escape is a kind of percent-encoding: what a text is written into decides which bytes must not stand there plainly.
type Escape uint8

const (
	EscapeURI Escape = iota // a path; '?', '#' and '%' are encoded
	EscapeArgs
	EscapeComponent // all but RFC 3986's unreserved characters
	EscapeHTML      // a link in an HTML page (autoindex, redirects)
	EscapeRefresh   // the Refresh header
	EscapeMemcached
	EscapeMailAuth
	EscapeXtext // mail: RFC 3461, 4, with '+' as the mark
)

// The bytes an Escape encodes, besides control characters, DEL and 0x80-0xff, which all but the memcached two encode.
var escapeSets = [...]string{
	EscapeURI:       " #%?\"<>\\^`{|}",
	EscapeArgs:      " #%?&+;\"<>\\^`{|}",
	EscapeComponent: " #%?&+;\"<>\\^`{|}!$'()*,/:=@[]",
	EscapeHTML:      " #%'\"<>\\^`{|}",
	EscapeRefresh:   " \"'<>\\^`{|~", // '~' and not '}': so in ngx_escape_uri's table
	EscapeMemcached: " %",
	EscapeMailAuth:  " %",
	EscapeXtext:     " +=",
}

// escaped has a bit for each kind that encodes the byte.
var escaped = func() (t [256]uint8) {
	for kind, set := range escapeSets {
		k := Escape(kind)
		for c := range t {
			binary := c < 0x20 || c >= 0x7f && k != EscapeMemcached && k != EscapeMailAuth
			if binary || strings.IndexByte(set, byte(c)) >= 0 {
				t[c] |= 1 << k
			}
		}
	}
	return t
}()

const upperHex = "0123456789ABCDEF"

// EscapeCount is the number of bytes of s that are to be encoded; each takes two bytes more.
func EscapeCount(s string, kind Escape) int {
	n := 0
	for i := 0; i < len(s); i++ {
		n += int(escaped[s[i]] >> kind & 1)
	}
	return n
}

// AppendEscaped writes s in percent-encoding (ngx_escape_uri).
func AppendEscaped(dst []byte, s string, kind Escape) []byte {
	mark := byte('%')
	if kind == EscapeXtext {
		mark = '+'
	}
	plain := 0
	for i := 0; i < len(s); i++ {
		if c := s[i]; escaped[c]>>kind&1 != 0 {
			dst = append(dst, s[plain:i]...)
			dst = append(dst, mark, upperHex[c>>4], upperHex[c&15])
			plain = i + 1
		}
	}
	return append(dst, s[plain:]...)
}
