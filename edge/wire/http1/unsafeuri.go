package http1

import "strings"

// CheckInternalURI looks at a URI that an upstream or a script gives for an internal redirect (X-Accel-Redirect, SSI,
// ngx_http_parse_unsafe_uri): it parts the arguments from it, decodes the path behind scratch[:0] if it has a '%', and
// refuses what is empty, has a NUL, or has a ".." segment, plainly or encoded.
// Stricter than nginx in one point: "/..?args" is refused too.
//
// The log text, at level error, is: unsafe URI "URI" was detected.
func CheckInternalURI(uri string, scratch []byte) (path, args string, ok bool) {
	path = uri
	if i := strings.IndexByte(uri, '?'); i >= 0 {
		path, args = uri[:i], uri[i+1:]
	}
	if path == "" || climbs(path) {
		return path, args, false
	}
	if strings.IndexByte(path, '%') < 0 {
		return path, args, true
	}
	if cap(scratch) < len(path) {
		scratch = make([]byte, 0, len(path))
	}
	out, _ := AppendUnescaped(scratch[:0], path, UnescapeAll)
	return View(out), args, !climbs(View(out))
}

// climbs tells whether a path has a NUL or a ".." segment.
func climbs(path string) bool {
	if path == ".." || strings.HasPrefix(path, "../") {
		return true
	}
	for i := 0; i < len(path); i++ {
		switch path[i] {
		case 0:
			return true
		case '/':
			if rest := path[i+1:]; strings.HasPrefix(rest, "..") && (len(rest) == 2 || rest[2] == '/') {
				return true
			}
		}
	}
	return false
}
