package http1

// FindParam looks for "name=value" among the parts of one header value, parted by sep, names without regard to case
// (ngx_http_parse_multi_header_lines with ',', ngx_http_parse_cookie_lines with ';').
func FindParam(header, name string, sep byte) (value string, ok bool) {
	for header != "" {
		rest, found := paramName(header, name)
		if found && rest != "" {
			if rest[0] != '=' {
				// nginx has passed this byte already when it goes on to the next part, even if it is sep.
				header = nextPart(rest[1:], sep)
				continue
			}
			rest = trimSpaces(rest[1:])
			end := 0
			for end < len(rest) && rest[end] != sep {
				end++
			}
			return rest[:end], true
		}
		header = nextPart(rest, sep)
	}
	return "", false
}

// HasToken looks for the part "name" alone, as "no-cache" in Cache-Control.
func HasToken(header, name string, sep byte) bool {
	for header != "" {
		rest, found := paramName(header, name)
		if found && (rest == "" || rest[0] == sep) {
			return true
		}
		header = nextPart(rest, sep)
	}
	return false
}

// paramName takes the name and the spaces behind it; if it is not there it takes nothing.
func paramName(s, name string) (rest string, ok bool) {
	if len(s) < len(name) || !EqualFold(s[:len(name)], name) {
		return s, false
	}
	return trimSpaces(s[len(name):]), true
}

func trimSpaces(s string) string {
	for s != "" && s[0] == ' ' {
		s = s[1:]
	}
	return s
}

func nextPart(s string, sep byte) string {
	for s != "" {
		c := s[0]
		s = s[1:]
		if c == sep {
			break
		}
	}
	return trimSpaces(s)
}

// CookieValue is $cookie_NAME of one Cookie header.
func CookieValue(header, name string) (value string, ok bool) { return FindParam(header, name, ';') }

// SetCookieValue is the value a Set-Cookie header gives to name, if it is that cookie's header
// (ngx_http_parse_set_cookie_lines).
func SetCookieValue(header, name string) (value string, ok bool) {
	rest, found := paramName(header, name)
	if !found || rest == "" || rest[0] != '=' {
		return "", false
	}
	rest = trimSpaces(rest[1:])
	for i := 0; i < len(rest); i++ {
		if rest[i] == ';' {
			return rest[:i], true
		}
	}
	return rest, true
}

// Arg is $arg_NAME: the value of the first argument of that name, whose case does not count, not decoded (ngx_http_arg).
// An argument without '=' is not found.
func Arg(args, name string) (value string, ok bool) {
	for args != "" && name != "" {
		end := 0
		for end < len(args) && args[end] != '&' {
			end++
		}
		if end > len(name) && args[len(name)] == '=' && EqualFold(args[:len(name)], name) {
			return args[len(name)+1 : end], true
		}
		args = args[min(end+1, len(args)):]
	}
	return "", false
}

// MatchVariable tells whether a header is the one that a variable name asks for: dashes as underscores and without regard to
// case, "x_real_ip" for X-Real-IP ($http_, $sent_http_, $upstream_http_; ngx_http_variable_unknown_header).
func MatchVariable(header, variable string) bool {
	if len(header) != len(variable) {
		return false
	}
	for i := 0; i < len(header); i++ {
		c := lower(header[i])
		if c == '-' {
			c = '_'
		}
		if c != variable[i] {
			return false
		}
	}
	return true
}
