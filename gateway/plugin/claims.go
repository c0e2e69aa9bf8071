package plugin

import (
	"encoding/json"
	"strconv"
	"strings"
)

// Claims are those of a token that has been verified, as releases ask for them.
type Claims map[string]any

// Claim implements release.Claims.
func (c Claims) Claim(name string, i int) (string, bool) {
	v := c[name]
	list, isList := v.([]any)
	switch {
	case isList && i < len(list):
		v = list[i]
	case isList || i > 0:
		return "", false
	}
	switch v := v.(type) {
	case string:
		return v, true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", isList // the next one may be of use
}

// ClaimText is a claim as a header may show it: lists with blanks between their members,
// objects as JSON; "" for what there is not.
func ClaimText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return oneLine(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	case []any:
		var list []string
		for _, e := range v {
			if s, ok := e.(string); ok && !strings.ContainsAny(s, " ") {
				list = append(list, oneLine(s))
			}
		}
		if len(list) == len(v) {
			return strings.Join(list, " ")
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// oneLine leaves out what would end a header.
func oneLine(s string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f {
			return -1
		}
		return c
	}, s)
}
