package route

import (
	"bytes"
	"strings"
)

// Normalize is what Kong does to a path before it looks for a route (kong/tools/uri.lua): escapes are decoded except those of
// reserved characters, "." and ".." are resolved, slashes merged. It allocates only where there is something to do.
func Normalize(p string) string {
	if strings.IndexByte(p, '%') >= 0 {
		p = decode(p)
	}
	if !crooked(p) {
		return p
	}
	return resolve(p)
}

// crooked is careful: a dot that begins a segment, or two slashes.
func crooked(p string) bool {
	if p != "" && p[0] == '.' {
		return true
	}
	for i := 0; i+1 < len(p); i++ {
		j := strings.IndexByte(p[i:], '/')
		if j < 0 {
			return false
		}
		i += j
		if i+1 < len(p) && (p[i+1] == '/' || p[i+1] == '.') {
			return true
		}
	}
	return false
}

const reserved = "!*'();:@&=+$,/?%#[]"

func decode(p string) string {
	out := make([]byte, 0, len(p))
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c != '%' || i+2 >= len(p) || hex(p[i+1]) < 0 || hex(p[i+2]) < 0 {
			out = append(out, c)
			continue
		}
		c = byte(hex(p[i+1])<<4 | hex(p[i+2]))
		if strings.IndexByte(reserved, c) < 0 {
			out = append(out, c)
		} else {
			out = append(out, '%', upper(p[i+1]), upper(p[i+2]))
		}
		i += 2
	}
	return string(out)
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

func upper(c byte) byte {
	if c >= 'a' && c <= 'z' {
		c -= 'a' - 'A'
	}
	return c
}

// resolve is RFC 3986, 5.2.4, with Kong's merging of slashes in the same pass: "/a//../b" is "/b".
func resolve(p string) string {
	out := make([]byte, 0, len(p))
	for p != "" {
		switch {
		case p == "/.":
			p = "/"
		case p == "/..":
			p = "/"
			out = dropSegment(out)
		case p == "." || p == "..":
			p = ""
		case strings.HasPrefix(p, "../"):
			p = p[3:]
		case strings.HasPrefix(p, "./"):
			p = p[2:]
		case strings.HasPrefix(p, "/./"):
			p = p[2:]
		case strings.HasPrefix(p, "/../"):
			p = p[3:]
			out = dropSegment(out)
		case strings.HasPrefix(p, "//"):
			p = p[1:]
		default:
			end := strings.IndexByte(p[1:], '/') + 1
			if end == 0 {
				end = len(p)
			}
			out = append(out, p[:end]...)
			p = p[end:]
		}
	}
	return string(out)
}

func dropSegment(out []byte) []byte {
	return out[:max(0, bytes.LastIndexByte(out, '/'))]
}
