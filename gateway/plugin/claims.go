package plugin

import (
	"encoding/json"
	"strconv"
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
