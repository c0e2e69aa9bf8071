package http1

// AcceptsGzip tells whether an Accept-Encoding value takes gzip with a q that is not 0 (ngx_http_gzip_accept_encoding; q must
// have the form of RFC 9110, 12.4.2, else it counts as 0).
func AcceptsGzip(value string) bool { return AcceptsCoding(value, "gzip") }

// AcceptsCoding is AcceptsGzip for any coding, named in lower case.
func AcceptsCoding(value, coding string) bool {
	n := len(coding)
	if len(value) > n && value[:n] == coding && value[n] == ',' {
		return true
	}
	from := 0
	for {
		i := indexFold(value[from:], coding)
		if i < 0 {
			return false
		}
		atStart := i == 0 // of what is left, so "xgzipgzip" is taken, as in nginx
		i += from
		from = i + n
		if atStart || value[i-1] == ',' || value[i-1] == ' ' {
			return weighed(value[from:])
		}
	}
}

// weighed reads what follows a coding's name.
func weighed(s string) bool {
	sawSemicolon := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ':
		case c == ',' && !sawSemicolon:
			return true
		case c == ';' && !sawSemicolon:
			sawSemicolon = true
		case c|0x20 == 'q' && sawSemicolon:
			return i+2 < len(s) && s[i+1] == '=' && quantity(s[i+2:]) > 0
		default:
			return false
		}
	}
	return true
}

// quantity is q times 100, 0 if it is malformed. The digits of the fraction are only added up (as in ngx_http_gzip_quantity),
// since all that matters is whether they are all 0.
func quantity(s string) int {
	if s[0] != '0' && s[0] != '1' {
		return 0
	}
	q := int(s[0]-'0') * 100
	if len(s) == 1 || s[1] == ',' || s[1] == ' ' {
		return q
	}
	if s[1] != '.' {
		return 0
	}
	digits := 0
	for i := 2; i < len(s) && s[i] != ',' && s[i] != ' '; i++ {
		if s[i]-'0' > 9 {
			return 0
		}
		q += int(s[i] - '0')
		digits++
	}
	if q > 100 || digits > 3 {
		return 0
	}
	return q
}
