package route

import (
	"fmt"
	"strings"

	"moongate/engine/regex"
)

// regexLimits keeps a bad regex within milliseconds, as Kong's REGEX_PREFIX does.
const regexLimits = "(*LIMIT_MATCH=10000)"

// path is one of a rule's paths, read.
type path struct {
	text string       // as written
	key  string       // what a request's path must begin with, in any case
	re   *regex.Regex // nil for a plain prefix
}

func parsePath(text string) (path, error) {
	pattern, isRegex := strings.CutPrefix(text, "~")
	if !isRegex {
		if !strings.HasPrefix(text, "/") {
			return path{}, fmt.Errorf("path %q: begins neither with / nor with ~", text)
		}
		return path{text: text, key: Normalize(text)}, nil
	}
	re, err := pathRegex(pattern)
	if err != nil {
		return path{}, fmt.Errorf("path %q: %w", text, err)
	}
	return path{text: text, key: literal(pattern), re: re}, nil
}

func pathRegex(pattern string) (*regex.Regex, error) {
	// On its own first: the message speaks of the user's text, and "a)(b" must not pass.
	if _, err := regex.Compile(pattern, false); err != nil {
		return nil, err
	}
	return regex.Compile(regexLimits+`\A(?:`+pattern+`)`, false)
}

// CheckPath says what is wrong with a path's regular expression, which is behind the ~.
func CheckPath(pattern string) error {
	_, err := pathRegex(pattern)
	return err
}

// literal is what every match of the pattern begins with, as far as it is easy to see: the regex hangs in the tree there. ""
// is always right.
func literal(pattern string) string {
	if hasAlternatives(pattern) {
		return ""
	}
	var out []byte
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch c {
		case '^':
			if i == 0 {
				continue
			}
			return string(out)
		case '*', '?', '{':
			return string(shorter(out))
		case '(':
			if strings.HasPrefix(pattern[i:], "(?#") {
				return string(shorter(out)) // a star may follow the comment
			}
			return string(out)
		case ')', '[', '.', '$', '+', '|':
			return string(out)
		case '\\':
			i++
			switch {
			case i == len(pattern):
				return string(out)
			case pattern[i] == 'Q' || pattern[i] == 'E':
				return string(shorter(out)) // likewise
			case !punctuation(pattern[i]):
				return string(out)
			}
			c = pattern[i]
		}
		if c >= 0x80 {
			return string(out)
		}
		out = append(out, c)
	}
	return string(out)
}

// shorter lacks the last character, which may be missing in what is matched.
func shorter(b []byte) []byte { return b[:max(0, len(b)-1)] }

func punctuation(c byte) bool {
	return c > ' ' && c < 0x7f && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z')
}

// hasAlternatives tells whether the pattern may have a | outside all groups. Where that takes a real parser it says yes.
func hasAlternatives(pattern string) bool {
	if !strings.Contains(pattern, "|") {
		return false
	}
	for _, hard := range []string{"[", `\Q`, "(?#", "(?x", "(*"} {
		if strings.Contains(pattern, hard) {
			return true
		}
	}
	depth := 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth <= 0 {
				return true
			}
		}
	}
	return false
}
