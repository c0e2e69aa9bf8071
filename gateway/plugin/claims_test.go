package plugin

import (
	"encoding/json"
	"strings"
	"testing"
)

// A claim is a text, a number, a word, or each of a list; of others nothing can be asked.
func TestClaims(t *testing.T) {
	c := Claims{"sub": "alice", "level": 3.0, "id": json.Number("12345678901234567890"), "staff": true, "roles": []any{"dev", 7.5, nil, "ops"}, "deep": map[string]any{"a": "b"}, "none": nil}
	for name, want := range map[string]string{"sub": "alice", "level": "3", "id": "12345678901234567890", "staff": "true", "roles": "dev 7.5  ops", "deep": "", "none": "", "missing": ""} {
		var got []string
		for i := 0; ; i++ {
			v, ok := c.Claim(name, i)
			if !ok {
				break
			}
			got = append(got, v)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
