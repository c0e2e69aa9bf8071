package plugin

import (
	"moongate/edge/wire/http1"
	"moongate/engine/httpd"
)

// EscapePath writes a path as it may stand in a request line: what the router has decoded is
// encoded again, what it has left is left (kong/tools/uri.lua). r may be nil where there is
// no request.
func EscapePath(r *httpd.Request, path string) string {
	n := 0
	for i := range len(path) {
		if !inPath[path[i]] {
			n += 2
		}
	}
	if n == 0 {
		return path
	}
	b := room(r, len(path)+n)
	for i := range len(path) {
		c := path[i]
		if inPath[c] {
			b = append(b, c)
		} else {
			b = append(b, '%', digits[c>>4], digits[c&15])
		}
	}
	return http1.View(b)
}

const digits = "0123456789ABCDEF"

// inPath are the characters that stand for themselves: those of RFC 3986, and "%".
var inPath = func() (set [256]bool) {
	for c := range set {
		set[c] = c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
	}
	for _, c := range []byte("-._~!#$&'()*+,/:;=?@[]%") {
		set[c] = true
	}
	return set
}()
