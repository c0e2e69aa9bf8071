package route

import (
	"fmt"
	"strconv"
	"strings"
)

type hostShape uint8

const (
	anyHost   hostShape = iota // the rule names none
	exactHost                  // key is the name
	headHost                   // key is ".example.com" of "*.example.com"
	tailHost                   // key is "example." of "example.*"
)

// host is one of a rule's hosts, read.
type host struct {
	text  string // as written
	shape hostShape
	key   string
	port  uint16 // 0 is any
}

func parseHost(text string) (host, error) {
	name, port, ok := cutPort(strings.ToLower(text))
	h := host{text: text, shape: exactHost, key: name, port: port}
	bad := fmt.Errorf("host %q: not a name, *.name or name.*", text)
	if !ok || name == "" {
		return h, bad
	}
	switch {
	case strings.HasPrefix(name, "*.") && len(name) > 2:
		h.shape, h.key = headHost, name[1:]
	case strings.HasSuffix(name, ".*") && len(name) > 2:
		h.shape, h.key = tailHost, name[:len(name)-1]
	}
	if strings.Contains(h.key, "*") {
		return h, bad
	}
	return h, nil
}

func (h *host) matches(name string, port uint16) bool {
	if h.port != 0 && h.port != port {
		return false
	}
	switch h.shape {
	case exactHost:
		return name == h.key
	case headHost:
		return len(name) > len(h.key) && strings.HasSuffix(name, h.key)
	case tailHost:
		return len(name) > len(h.key) && strings.HasPrefix(name, h.key)
	}
	return true
}

// cutPort takes a port off, and the brackets of an IPv6 address. A bare IPv6 address has no port. ok is false for a port that
// is none.
func cutPort(s string) (name string, port uint16, ok bool) {
	var digits string
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return s, 0, false
		}
		name, digits = s[1:end], s[end+1:]
		if digits == "" {
			return name, 0, true
		}
		if digits[0] != ':' {
			return s, 0, false
		}
		digits = digits[1:]
	} else {
		colon := strings.IndexByte(s, ':')
		if colon < 0 || strings.IndexByte(s[colon+1:], ':') >= 0 {
			return s, 0, true
		}
		name, digits = s[:colon], s[colon+1:]
	}
	if digits == "" {
		return name, 0, true
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		return s, 0, false
	}
	return name, uint16(n), true
}

// SplitHost makes Request's Host and Port from a Host header: lower case, no brackets, no dot at the end, and the scheme's port
// where none is written. It allocates only for names that are not in lower case.
func SplitHost(header, scheme string) (name string, port uint16) {
	name, port, _ = cutPort(header)
	if n := len(name); n > 1 && name[n-1] == '.' {
		name = name[:n-1]
	}
	name = strings.ToLower(name)
	if port == 0 {
		port = 80
		if scheme == "https" {
			port = 443
		}
	}
	return name, port
}
