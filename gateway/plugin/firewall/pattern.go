package firewall

import (
	"regexp"
	"strings"

	"moongate/gateway/plugin"
)

// pattern is a text as it is, one with * for any text, or ~ and a regular expression. Those
// are Go's, whose time grows with the length of the text and no faster: a stranger can't
// make one slow.
type pattern struct {
	re    *regexp.Regexp
	parts []string // between the stars
}

func newPattern(s string) (*pattern, error) {
	if re, ok := strings.CutPrefix(s, "~"); ok {
		x, err := regexp.Compile(re)
		return &pattern{re: x}, err
	}
	return &pattern{parts: strings.Split(s, "*")}, nil
}

func (p *pattern) fits(s string) bool {
	if p.re != nil {
		return p.re.MatchString(s)
	}
	last := len(p.parts) - 1
	if last == 0 {
		return s == p.parts[0]
	}
	s, ok := strings.CutPrefix(s, p.parts[0])
	if !ok {
		return false
	}
	// The leftmost place of each part leaves most to those behind it.
	for _, part := range p.parts[1:last] {
		at := strings.Index(s, part)
		if at < 0 {
			return false
		}
		s = s[at+len(part):]
	}
	return strings.HasSuffix(s, p.parts[last])
}

func checkRegexp(v any) string {
	s, _ := v.(string)
	if _, err := regexp.Compile(s); err != nil {
		return "invalid regex: " + err.Error()
	}
	return ""
}

func checkPattern(v any) string {
	s, _ := v.(string)
	if _, err := newPattern(s); err != nil {
		return "invalid regex: " + err.Error()
	}
	return ""
}

func checkPath(v any) string {
	s, _ := v.(string)
	if !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "*") && !strings.HasPrefix(s, "~") {
		return "should start with: /, * or ~"
	}
	return checkPattern(v)
}

func checkHeader(v any) string {
	if s, _ := v.(string); !plugin.IsHeaderName(s) {
		return "'" + s + "' is not a valid header"
	}
	return ""
}

// checkMethod refuses what is no method: it would be a part of a directive.
func checkMethod(v any) string {
	s, _ := v.(string)
	for _, c := range s {
		if (c < 'A' || c > 'Z') && c != '-' {
			return "invalid value: " + s
		}
	}
	return ""
}
