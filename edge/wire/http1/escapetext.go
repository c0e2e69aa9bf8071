package http1

// AppendHTML writes s as text of an HTML page: < > & and " as entities (ngx_escape_html).
func AppendHTML(dst []byte, s string) []byte {
	plain := 0
	for i := 0; i < len(s); i++ {
		var entity string
		switch s[i] {
		case '<':
			entity = "&lt;"
		case '>':
			entity = "&gt;"
		case '&':
			entity = "&amp;"
		case '"':
			entity = "&quot;"
		default:
			continue
		}
		dst = append(dst, s[plain:i]...)
		dst = append(dst, entity...)
		plain = i + 1
	}
	return append(dst, s[plain:]...)
}

// AppendJSON writes s as the inside of a JSON string (ngx_escape_json); bytes above 0x7f stay, be they UTF-8 or not.
func AppendJSON(dst []byte, s string) []byte {
	plain := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > 0x1f && c != '\\' && c != '"' {
			continue
		}
		dst = append(dst, s[plain:i]...)
		plain = i + 1
		switch c {
		case '\\', '"':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', '0'+c>>4, upperHex[c&15])
		}
	}
	return append(dst, s[plain:]...)
}
