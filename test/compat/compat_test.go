package compat

import (
	"encoding/csv"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
)

// result is one file of a suite: assertions planned and passed.
type result struct{ planned, passed int }

// The runner is called as: RUNNER --suite NAME --binary BIN --out FILE.tsv, and
// writes lines of "file area planned passed failed skipped todo status ...".
func TestNginx(t *testing.T) { suite(t, "nginx") }
func TestLua(t *testing.T)   { suite(t, "lua") }

func suite(t *testing.T, name string) {
	runner := os.Getenv("MOONGATE_CONFORMANCE")
	if runner == "" {
		t.Skip("MOONGATE_CONFORMANCE does not name a runner of the suites (docs/compat.md)")
	}
	bin, err := filepath.Abs("../../bin/nginx")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		t.Skip("bin/nginx is not built: make build")
	}
	out := filepath.Join(t.TempDir(), name+".tsv")
	args := []string{"--suite", name, "--binary", bin, "--out", out}
	if only := os.Getenv("ONLY"); only != "" {
		args = append(args, "--tests", only)
	}
	cmd := exec.Command(runner, args...)
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	runErr := cmd.Run()
	now, err := readResults(out)
	if err != nil {
		t.Fatalf("%v (the runner: %v)", err, runErr)
	}
	list := name + ".passes"
	before, err := readPasses(list)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE") != "" {
		if err := writePasses(list, before, now); err != nil {
			t.Fatal(err)
		}
		return
	}
	for file, n := range before {
		if r, ran := now[file]; ran && r.passed < n {
			t.Errorf("%s: %d of %d assertions pass, %d did", file, r.passed, r.planned, n)
		}
	}
	for file, r := range now {
		if r.passed > before[file] {
			t.Errorf("%s: %d assertions pass, the list says %d: UPDATE=1 make compat writes it down", file, r.passed, before[file])
		}
	}
}

func readResults(name string) (map[string]result, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.FieldsPerRecord, r.LazyQuotes = '\t', -1, true
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: %d rows: %v", name, len(rows), err)
	}
	column := map[string]int{}
	for i, h := range rows[0] {
		column[h] = i
	}
	out := map[string]result{}
	for _, row := range rows[1:] {
		field := func(h string) int {
			i, ok := column[h]
			if !ok || i >= len(row) {
				return 0
			}
			n, _ := strconv.Atoi(row[i])
			return n
		}
		out[row[column["file"]]] = result{field("planned"), field("passed")}
	}
	return out, nil
}

// readPasses reads "number file" lines.
func readPasses(name string) (map[string]int, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	out := map[string]int{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "" {
			continue
		}
		var n int
		var file string
		if _, err := fmt.Sscan(line, &n, &file); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", name, line, err)
		}
		out[file] = n
	}
	return out, nil
}

// writePasses keeps what is not in this run, so that ONLY=... updates a part.
func writePasses(name string, before map[string]int, now map[string]result) error {
	for file, r := range now {
		before[file] = r.passed
	}
	var files []string
	for file, n := range before {
		if n > 0 {
			files = append(files, file)
		}
	}
	sort.Strings(files)
	var b strings.Builder
	b.WriteString("# Assertions that pass, by file. They only go up. Written by: UPDATE=1 make compat\n")
	for _, file := range files {
		fmt.Fprintf(&b, "%d %s\n", before[file], file)
	}
	return os.WriteFile(name, []byte(b.String()), 0o644)
}
