package http1

import "unsafe"

// View is b as a string without a copy. It lives and changes with b.
func View(b []byte) string {
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func cut(b []byte, from, to int32) string {
	if to <= from {
		return ""
	}
	return View(b[from:to])
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c | 0x20
	}
	return c
}

// EqualFold compares ASCII letters without regard to case, as ngx_strncasecmp does; other bytes as they are.
func EqualFold(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := 0; i < len(a); i++ {
		if a[i] != b[i] && lower(a[i]) != lower(b[i]) {
			return false
		}
	}
	return true
}

// indexFold is the first place of needle (lower case) in s without regard to case, or -1.
func indexFold(s, needle string) int {
	for i := 0; i+len(needle) <= len(s); i++ {
		if lower(s[i]) == needle[0] && EqualFold(s[i:i+len(needle)], needle) {
			return i
		}
	}
	return -1
}
