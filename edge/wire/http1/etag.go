package http1

// AppendETag writes a file's entity tag: time of change and length in hexadecimal, "5f3c1a2b-264" in quotes.
func AppendETag(dst []byte, modified, length int64) []byte {
	dst = append(dst, '"')
	dst = AppendHex(dst, uint64(modified)) // a negative number by the bits it is made of, as %xT shows it
	dst = append(dst, '-')
	dst = AppendHex(dst, uint64(length))
	return append(dst, '"')
}

// AppendWeakETag writes etag made weak for a body that was changed on the way: "W/" before it, unless it is there. It writes nothing when
// etag is no quoted string and so cannot be kept (ngx_http_weak_etag).
func AppendWeakETag(dst []byte, etag string) []byte {
	if len(etag) > 2 && etag[0] == 'W' && etag[1] == '/' {
		return append(dst, etag...)
	}
	if etag == "" || etag[0] != '"' {
		return dst
	}
	dst = append(dst, 'W', '/')
	return append(dst, etag...)
}

// MatchETag looks for etag in the list of an If-Match (weak false) or If-None-Match (weak true) header, RFC 9110, 13.1; an
// empty etag means the response has none, and only "*" matches (ngx_http_test_if_match).
func MatchETag(list, etag string, weak bool) bool {
	if list == "*" {
		return true
	}
	if etag == "" {
		return false
	}
	if weak {
		etag = stripWeak(etag)
	}
	for list != "" {
		if weak {
			list = stripWeak(list)
		}
		if len(etag) > len(list) {
			return false
		}
		if list[:len(etag)] == etag {
			list = trimBlanks(list[len(etag):], false)
			if list == "" || list[0] == ',' {
				return true
			}
		}
		for list != "" && list[0] != ',' {
			list = list[1:]
		}
		list = trimBlanks(list, true)
	}
	return false
}

func stripWeak(s string) string {
	if len(s) > 2 && s[0] == 'W' && s[1] == '/' {
		return s[2:]
	}
	return s
}

func trimBlanks(s string, commas bool) string {
	for s != "" && (s[0] == ' ' || s[0] == '\t' || commas && s[0] == ',') {
		s = s[1:]
	}
	return s
}

// NoTime stands for a Last-Modified that is not known.
const NoTime = -1

// MatchIfRange tells whether a Range header may be followed under this If-Range: the entity tag is the same to the byte, or
// the date is exactly the time of the last change.
func MatchIfRange(value, etag string, modified int64) bool {
	if len(value) >= 2 && value[len(value)-1] == '"' {
		return etag != "" && value == etag
	}
	if modified == NoTime {
		return false
	}
	sec, ok := ParseDate(value)
	return ok && sec == modified
}
