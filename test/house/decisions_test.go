package house

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

// A decision is a question with a date, a choice, its price, and what would overturn it.
func TestDecisionRecords(t *testing.T) {
	records, _ := filepath.Glob("../../docs/decisions/[0-9]*.md")
	if len(records) == 0 {
		t.Fatal("there are no records in docs/decisions")
	}
	title := regexp.MustCompile(`^# .*\?\n`)
	numbers := map[string]bool{}
	for _, path := range records {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if numbers[name[:4]] {
			t.Errorf("%s: the number is taken", name)
		}
		numbers[name[:4]] = true
		if !title.Match(b) {
			t.Errorf("%s: the title is not a question", name)
		}
		for _, part := range []string{"Date: 20", "## Choice", "## Price", "## What would change our mind"} {
			if !strings.Contains(string(b), part) {
				t.Errorf("%s: has no %q", name, part)
			}
		}
	}
}

// Links between our documents lead somewhere.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	files(t, func(path string) {
		if filepath.Ext(path) != ".md" {
			return
		}
		b, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if _, err := os.Stat(filepath.Join("../..", filepath.Dir(path), m[1])); err != nil {
				t.Errorf("%s links to %s, which does not exist", path, m[1])
			}
		}
	})
}
