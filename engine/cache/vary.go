package cache

import (
	"crypto/md5"
	"strings"

	"moongate/edge/wire/http1"
)

// variantOf is the name of the variant that a request gets: the digest of the main
// key and of the values of the headers that Vary names (ngx_http_file_cache_vary).
func variantOf(main [keySize]byte, vary []byte, fields []http1.Header) [keySize]byte {
	var room [512]byte
	b := append(room[:0], main[:]...)
	for name := range words(http1.View(vary)) {
		start := len(b)
		b = append(b, name...)
		for i := start; i < len(b); i++ {
			if c := b[i]; c >= 'A' && c <= 'Z' {
				b[i] = c | 0x20
			}
		}
		b = append(b, ':')
		b = appendValues(b, name, fields)
		b = append(b, '\r', '\n')
	}
	return md5.Sum(b)
}

// appendValues appends the values of a header. Spaces make no difference in lists
// that browsers send in many ways.
func appendValues(b []byte, name string, fields []http1.Header) []byte {
	tidy := strings.EqualFold(name, "Accept-Charset") || strings.EqualFold(name, "Accept-Encoding") || strings.EqualFold(name, "Accept-Language")
	more := false
	add := func(v string) {
		if more {
			b = append(b, ',')
		}
		more = true
		b = append(b, v...)
	}
	for i := range fields {
		if !strings.EqualFold(fields[i].Name, name) {
			continue
		}
		if !tidy {
			add(fields[i].Value)
			continue
		}
		for word := range words(fields[i].Value) {
			add(word)
		}
	}
	return b
}

// words gives what stands between spaces and commas.
func words(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i < len(s); {
			for i < len(s) && (s[i] == ' ' || s[i] == ',') {
				i++
			}
			start := i
			for i < len(s) && s[i] != ' ' && s[i] != ',' {
				i++
			}
			if i > start && !yield(s[start:i]) {
				return
			}
		}
	}
}
