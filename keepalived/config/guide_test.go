package config_test

import (
	"os"
	"strings"
	"testing"
)

// Nothing is wrong with the configurations of the guide.
func TestGuide(t *testing.T) {
	for name, count := range map[string]int{"keepalived.md": 4, "split-brain.md": 2} {
		b, err := os.ReadFile("../../docs/guide/" + name)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.Split(string(b), "```keepalived\n")[1:]
		if len(parts) != count {
			t.Fatalf("%s: %d configurations", name, len(parts))
		}
		for _, part := range parts {
			text, _, _ := strings.Cut(part, "```")
			text = strings.ReplaceAll(text, "@gate1", "")
			if _, list := load(t, text); shown(list) != "" {
				t.Errorf("%s%s", text, shown(list))
			}
		}
	}
}
