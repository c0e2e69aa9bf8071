package logging

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
)

// Constants are Kong's custom_fields_by_lua as far as they are constant: to run Lua for
// each request is the work of log_by_lua. What is not constant is refused, since a field
// that somebody wants hidden must not be written by mistake.
type Constants []constant

// constant takes a field's place; without a value it takes it away.
type constant struct {
	name  string
	value any
}

// UnmarshalJSON reads the field custom_fields_by_lua.
func (c *Constants) UnmarshalJSON(b []byte) error {
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		v, err := readConstant(m[name])
		if err != nil {
			return fmt.Errorf("custom_fields_by_lua: %s: %w", name, err)
		}
		*c = append(*c, constant{name, v})
	}
	return nil
}

var (
	returns = regexp.MustCompile(`^\s*return\s+(.*?)\s*;?\s*$`)
	plain   = regexp.MustCompile(`^("[^"\\\n]*"|'[^'\\\n]*')$`)
)

var errConstant = errors.New("only 'return' with nil, a text, a number, true or false is supported; use custom_fields or format")

func readConstant(lua string) (any, error) {
	if m := returns.FindStringSubmatch(lua); m != nil {
		word := m[1]
		if word == "nil" || word == "true" || word == "false" {
			return map[string]any{"true": true, "false": false}[word], nil
		}
		if plain.MatchString(word) {
			return word[1 : len(word)-1], nil
		}
		if n, err := strconv.ParseInt(word, 10, 53); err == nil {
			return n, nil
		}
	}
	return nil, errConstant
}

func checkConstant(v any) string {
	s, _ := v.(string)
	if _, err := readConstant(s); err != nil {
		return err.Error()
	}
	return ""
}

func (c *constant) apply(record map[string]any) {
	if c.value == nil {
		remove(record, c.name)
	} else {
		set(record, c.name, c.value)
	}
}
