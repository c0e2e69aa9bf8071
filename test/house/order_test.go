package house

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A package says what it is, who calls it and what it owns.
func TestPackagesAreDocumented(t *testing.T) {
	for _, p := range packages(t) {
		if len(p.GoFiles)+len(p.CgoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.inner())
		}
	}
}

// longFiles have their reason beside them.
var longFiles = map[string]string{}

func TestFilesAreRooms(t *testing.T) {
	source := regexp.MustCompile(`\.(go|c|h|lua|ts|tsx|js)$`)
	files(t, func(path string) {
		if !source.MatchString(path) || strings.Contains(path, "/dist/") || strings.Contains(path, "/testdata/") {
			return
		}
		b, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(b, []byte("\n")); n > 600 && longFiles[path] == "" {
			t.Errorf("%s has %d lines: make smaller rooms of it, or give the reason in longFiles", path, n)
		}
	})
}

// Words that unfinished work leaves behind, spelled so that this file has none of them.
var unfinished = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)

// Addresses belong into documents, not into what is built; a registry's name nowhere.
var places = regexp.MustCompile(`proxy\.golang\.` + `org|registry\.npmjs\.` + `org|/work/` + `main|/work/` + `shared|/ro` + `ot/|sub` + `agent|language ` + `model`)

func TestWords(t *testing.T) {
	files(t, func(path string) {
		if strings.HasPrefix(path, "LICENSE") || filepath.Ext(path) == ".sum" || strings.Contains(path, "/testdata/fuzz/") {
			return
		}
		b, err := os.ReadFile(filepath.Join("../..", path))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(b, 0) >= 0 {
			return // a picture, or what is packed
		}
		for i, line := range bytes.Split(b, []byte("\n")) {
			if m := unfinished.Find(line); m != nil {
				t.Errorf("%s:%d says %s: finish it, or write an issue", path, i+1, m)
			}
			if m := places.Find(line); m != nil {
				t.Errorf("%s:%d names %s, a place outside the project", path, i+1, m)
			}
		}
	})
}

// The list is checked in, so that a new dependency shows in its diff; each
// needs a decision record. UPDATE=1 go test ./test/house writes it.
func TestDependencies(t *testing.T) {
	cmd := exec.Command("go", "list", "-tags", "netgo,osusergo", "-deps", "-f", "{{with .Module}}{{if ne .Path \""+module+"\"}}{{.Path}}{{end}}{{end}}", "./cmd/...")
	cmd.Dir = "../.."
	out, err := cmd.CombinedOutput()
	if err != nil {
		if strings.Contains(string(out), "matched no packages") {
			t.Skip("there is no program yet")
		}
		t.Fatalf("%v\n%s", err, out)
	}
	seen := map[string]bool{}
	got := "# Modules that the program is built from, besides the standard library.\n# Written by: UPDATE=1 go test ./test/house -run Dependencies\n"
	lines := strings.Fields(string(out))
	for _, l := range sorted(lines) {
		if !seen[l] && strings.Contains(l, "/") {
			seen[l] = true
			got += l + "\n"
		}
	}
	const name = "../../docs/reference/dependencies.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the dependencies changed; docs/reference/dependencies.txt should be:\n%s", got)
	}
}

func TestCommitSubjects(t *testing.T) {
	out, err := exec.Command("git", "log", "--no-merges", "-n", "200", "--format=%h %s").Output()
	if err != nil {
		t.Skip("no commits yet")
	}
	for line := range strings.Lines(string(out)) {
		hash, subject, _ := strings.Cut(strings.TrimSpace(line), " ")
		if len([]rune(subject)) > 72 {
			t.Errorf("%s: the subject has %d characters, 72 are allowed: %s", hash, len([]rune(subject)), subject)
		}
		if strings.HasSuffix(subject, ".") {
			t.Errorf("%s: no full stop after a subject: %s", hash, subject)
		}
	}
}

// Every script says in its first line what it is about.
func TestScriptsHaveTitles(t *testing.T) {
	files(t, func(path string) {
		if !strings.HasSuffix(path, ".txtar") {
			return
		}
		b, _ := os.ReadFile(filepath.Join("../..", path))
		if !bytes.HasPrefix(b, []byte("# ")) {
			t.Errorf("%s does not begin with a line that says what it is about", path)
		}
	})
}
