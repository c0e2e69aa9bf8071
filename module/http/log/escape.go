package log

import (
	"unsafe"

	"moongate/edge/wire/http1"
)

const hex = "0123456789ABCDEF"

// odd are the bytes that ngx_http_log_escape writes as \xHH.
var odd = func() (t [256]bool) {
	for c := range t {
		t[c] = c < 0x20 || c > 0x7e || c == '"' || c == '\\'
	}
	return t
}()

// appendEscaped is ngx_http_log_escape. Most values have nothing to escape:
// that is found out eight bytes at a time.
func appendEscaped(b []byte, s string) []byte {
	plain := prefix(s)
	b = append(b, s[:plain]...)
	for i := plain; i < len(s); i++ {
		c := s[i]
		if odd[c] {
			b = append(b, '\\', 'x', hex[c>>4], hex[c&15])
		} else {
			b = append(b, c)
		}
	}
	return b
}

// appendJSON is ngx_escape_json.
func appendJSON(b []byte, s string) []byte {
	if prefix(s) == len(s) {
		return append(b, s...)
	}
	return http1.AppendJSON(b, s)
}

const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// prefix is the length of a beginning of s that needs no escape: whole words of
// eight, then single bytes. A byte below n has its top bit set in
// (x - n*ones) &^ x; a byte equal to c is a byte below 1 in x ^ c*ones.
func prefix(s string) int {
	i := 0
	p := unsafe.StringData(s)
	for ; i+8 <= len(s); i += 8 {
		x := load(unsafe.Add(unsafe.Pointer(p), i))
		quote, slash, del := x^('"'*ones), x^('\\'*ones), x^(0x7f*ones)
		bad := (x - 0x20*ones) &^ x
		bad |= (quote - ones) &^ quote
		bad |= (slash - ones) &^ slash
		bad |= (del - ones) &^ del
		if (bad|x)&tops != 0 {
			break
		}
	}
	for i < len(s) && !odd[s[i]] {
		i++
	}
	return i
}

// load reads eight bytes. Their order does not matter to prefix.
func load(p unsafe.Pointer) uint64 { return *(*uint64)(p) }
