package http1

// Unescape is how %XX is undone.
type Unescape uint8

const (
	UnescapeAll      Unescape = iota // every %XX
	UnescapeURI                      // up to and with the first '?', plain or encoded
	UnescapeRedirect                 // the same, and only bytes that are printable and above '%'
)

// AppendUnescaped undoes percent-encoding (ngx_unescape_uri) and returns with it how many bytes of s it has used: fewer than
// all when it stopped behind a '?'. '%' before a byte that is no hexadecimal digit is dropped and the byte is kept; "%4x"
// is dropped whole. dst may be s's own bytes, cut to length 0, since the result is never longer.
func AppendUnescaped(dst []byte, s string, kind Unescape) ([]byte, int) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '%' {
			dst = append(dst, c)
			if c == '?' && kind != UnescapeAll {
				return dst, i + 1
			}
			continue
		}
		if i++; i == len(s) {
			break
		}
		hi := unhex[s[i]]
		if hi > 15 {
			dst = append(dst, s[i])
			continue
		}
		if i++; i == len(s) {
			break
		}
		lo := unhex[s[i]]
		if lo > 15 {
			continue
		}
		c = hi<<4 | lo
		switch {
		case kind == UnescapeAll:
			dst = append(dst, c)
		case c == '?':
			return append(dst, c), i + 1
		case kind == UnescapeRedirect && (c <= '%' || c >= 0x7f):
			dst = append(dst, '%', s[i-1], s[i])
		default:
			dst = append(dst, c)
		}
	}
	return dst, len(s)
}
