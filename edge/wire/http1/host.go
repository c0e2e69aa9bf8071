package http1

// ParseHost checks a host as the Host header or the request line has it, and takes it apart (ngx_http_validate_host): the
// name in lower case, without port, brackets kept, without one trailing dot. The name is a view of s, unless it has capitals:
// then it is written behind scratch[:0], allocated if there is no room. A port that is missing is 0. Anything not a
// registered name, an address or an IP literal of RFC 3986, 3.2.2 is refused, as are two dots in a row, an empty name and a
// port above 65535.
func ParseHost(s string, scratch []byte) (name string, port int, ok bool) {
	end := len(s) // of the name
	dot := -2     // the last dot in it
	capital := false
	i := 0
	literal := len(s) > 0 && s[0] == '['
	if literal {
		i = 1
	}
name:
	for ; i < len(s); i++ {
		c := s[i]
		switch {
		case class[c]&hostChar != 0 && c != '.':
			capital = capital || c-'A' < 26
		case c == '.':
			if dot == i-1 {
				return "", 0, false
			}
			dot = i
		case c == ':':
			if !literal {
				end = i
				break name
			}
		case c == ']' && literal:
			i++
			end = i
			break name
		case c == '%' && !literal:
		case class[c]&literalChar == 0:
			return "", 0, false
		}
	}
	if literal && s[end-1] != ']' {
		return "", 0, false
	}
	if i < len(s) {
		if s[i] != ':' {
			return "", 0, false
		}
		for i++; i < len(s); i++ {
			if s[i]-'0' > 9 {
				return "", 0, false
			}
			if port = port*10 + int(s[i]-'0'); port > 65535 {
				return "", 0, false
			}
		}
	}
	if dot >= 0 && dot == end-1 {
		end--
	}
	if end == 0 {
		return "", 0, false
	}
	if !capital {
		return s[:end], port, true
	}
	out := scratch[:0]
	if cap(out) < end {
		out = make([]byte, 0, end)
	}
	for i := 0; i < end; i++ {
		out = append(out, lower(s[i]))
	}
	return View(out), port, true
}
