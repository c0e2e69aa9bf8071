package plugin

// IsHeaderName tells whether a text may be the name of a header: letters, digits, "_"
// and "-", as Kong allows.
func IsHeaderName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-') {
			return false
		}
	}
	return s != ""
}
