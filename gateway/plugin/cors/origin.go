package cors

import (
	"fmt"
	"strings"

	"moongate/engine/regex"
)

// origin is one that is allowed.
type origin struct {
	any    bool
	text   string // as normalize leaves it
	re     *regex.Regex
	byHost bool // re looks at the host only, since it has no colon
}

// plain tells whether an entry is no regular expression.
func plain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte(".:/-", c) >= 0) {
			return false
		}
	}
	return s != ""
}

func newOrigin(s string) (o origin, err error) {
	if s == "*" {
		return origin{any: true}, nil
	}
	if plain(s) {
		o.text, _ = normalize(s)
		return o, nil
	}
	o.byHost = !strings.Contains(s, ":")
	// The whole of an origin must match, also where the pattern has alternatives.
	if o.re, err = regex.Compile("^(?:"+s+")$", false); err != nil {
		return o, fmt.Errorf("origins: %w", err)
	}
	return o, nil
}

// normalize leaves out what an origin need not say, as the usual port; host is its host.
func normalize(s string) (text, host string) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		return s, s
	}
	rest, _, _ = strings.Cut(rest, "/")
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	host = rest
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, ']') {
		host = rest[:i]
		if port := rest[i+1:]; port == "" || scheme == "http" && port == "80" || scheme == "https" && port == "443" {
			rest = host
		}
	}
	if host == "" {
		return s, s
	}
	return scheme + "://" + rest, strings.Trim(host, "[]")
}

// match tells whether an origin that asks is this one.
func (o *origin) match(text, host string) bool {
	if o.re == nil {
		return o.text == text
	}
	if o.byHost {
		text = host
	}
	ok, err := o.re.Match(text)
	return ok && err == nil
}
