package http1

// HeaderVariable is the value of $http_NAME, $upstream_http_NAME and the like: the value of the one header that fits (see
// MatchVariable), or those of all that fit, joined by ", ", written behind scratch[:0]. Only the joining needs room.
func HeaderVariable(hs []Header, variable string, scratch []byte) (value string, found bool) {
	out := scratch[:0]
	count := 0
	for i := range hs {
		if !MatchVariable(hs[i].Name, variable) {
			continue
		}
		switch count++; count {
		case 1:
			value = hs[i].Value
			continue
		case 2:
			out = append(out, value...)
		}
		out = append(out, ',', ' ')
		out = append(out, hs[i].Value...)
	}
	if count > 1 {
		return View(out), true
	}
	return value, count == 1
}

// CookieVariable is $cookie_NAME: the first Cookie header that has the cookie decides.
func CookieVariable(hs []Header, name string) (value string, found bool) {
	for i := range hs {
		if hs[i].ID == Cookie {
			if value, found = CookieValue(hs[i].Value, name); found {
				return value, true
			}
		}
	}
	return "", false
}
