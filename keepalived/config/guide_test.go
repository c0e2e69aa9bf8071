package config_test

import (
	"os"
	"strings"
	"testing"
)

// Nothing is wrong with the configurations of the guide.
func TestGuide(t *testing.T) {
	b, err := os.ReadFile("../../docs/guide/keepalived.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(b), "```keepalived\n")[1:]
	if len(parts) != 3 {
		t.Fatalf("%d configurations", len(parts))
	}
	for _, part := range parts {
		text, _, _ := strings.Cut(part, "```")
		if _, list := load(t, text); shown(list) != "" {
			t.Errorf("%s%s", text, shown(list))
		}
	}
}
