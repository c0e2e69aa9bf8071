package declarative

import (
	"regexp"
	"strings"

	"moongate/gateway/route"
)

// Until Kong 3 a path with anything but these was a regular expression; since then
// one begins with ~. Files of _format_version 1.1 and 2.1 are read as Kong 3 reads
// them: nothing else in them means another thing now.
var plain = regexp.MustCompile(`^[a-zA-Z0-9._~/%-]*$`)

// newPaths is a route's paths as 3.0 has them; what is no path is left for
// validation.
func newPaths(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	out := make([]any, len(list))
	for i, e := range list {
		out[i] = e
		path, ok := e.(string)
		switch {
		case !ok, strings.HasPrefix(path, "~"):
		case plain.MatchString(path):
			out[i] = route.Normalize(path)
		default:
			out[i] = "~" + decode(path)
		}
	}
	return out
}

var escaped = regexp.MustCompile(`%[0-9a-fA-F]{2}`)

// decode takes the escapes out of an expression that stand for no reserved character:
// paths are compared without them now.
func decode(expression string) string {
	return escaped.ReplaceAllStringFunc(expression, func(s string) string {
		c := unhex(s[1])<<4 | unhex(s[2])
		switch {
		case strings.IndexByte("!#$%&'()*+,/:;=?@[]", c) >= 0:
			return strings.ToUpper(s)
		case strings.IndexByte(`.^-{}\|`, c) >= 0:
			return `\` + string(rune(c))
		}
		return string([]byte{c})
	})
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}
