// Tally counts tests. It reads what "go test -json" prints, shows only what
// failed, and ends with one line: how many passed, failed, were skipped. Figures
// of several runs are added up in a file, which -sum prints as the last line.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"
)

type counts struct{ passed, failed, skipped int }

func (c counts) String() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", c.passed, c.failed, c.skipped)
}

func main() {
	add := flag.String("add", "", "file that this run's figures are added to")
	step := flag.String("step", "", "run the command after -- and count it as one test of this name")
	sum := flag.String("sum", "", "print the sum of a file and end")
	flag.Parse()
	if *sum != "" {
		total, err := read(*sum)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(total)
		if total.failed > 0 || total.passed == 0 {
			os.Exit(1)
		}
		return
	}
	var c counts
	if *step != "" {
		c = runStep(*step, flag.Args())
	} else {
		c = events(os.Stdin, os.Stdout)
		fmt.Println(c)
	}
	if *add != "" {
		if err := appendTo(*add, c); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if c.failed > 0 {
		os.Exit(1)
	}
}

func runStep(name string, argv []string) counts {
	began := time.Now()
	out, err := exec.Command(argv[0], argv[1:]...).CombinedOutput()
	if err != nil {
		fmt.Printf("FAIL  %s: %v\n%s", name, err, out)
		return counts{failed: 1}
	}
	fmt.Printf("ok    %s (%.1fs)\n", name, time.Since(began).Seconds())
	return counts{passed: 1}
}

// event is a line of go test -json, as cmd/test2json documents it.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// events counts leaves only: a test with subtests is not one more test. A
// package that fails without a failing test (it does not build, or panics) is.
func events(in io.Reader, out io.Writer) counts {
	var c counts
	result := map[string]map[string]string{} // package, test: how it ended
	text := map[string]*strings.Builder{}
	say := func(key string) *strings.Builder {
		if text[key] == nil {
			text[key] = &strings.Builder{}
		}
		return text[key]
	}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil || e.Action == "" {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		pkg := e.Package
		if pkg == "" {
			pkg, _, _ = strings.Cut(e.ImportPath, " ")
		}
		key := pkg + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			say(key).WriteString(e.Output)
		case "build-fail":
			fmt.Fprintf(out, "FAIL  %s does not build\n%s", pkg, say(key))
		case "pass", "fail", "skip":
			if result[pkg] == nil {
				result[pkg] = map[string]string{}
			}
			if e.Test != "" {
				result[pkg][e.Test] = e.Action
				if e.Action == "skip" {
					fmt.Fprintf(out, "skip  %s: %s\n", key, reason(say(key).String()))
				}
				if e.Action == "fail" {
					fmt.Fprintf(out, "FAIL  %s\n%s", key, say(key))
				}
				delete(text, key)
				continue
			}
			before := c
			c.count(result[pkg])
			if e.Action == "fail" && c.failed == before.failed {
				c.failed++
				fmt.Fprintf(out, "FAIL  %s\n%s", pkg, say(key))
				unfinished(out, pkg, text)
			}
			if n := c.passed - before.passed; e.Action == "pass" && n > 0 {
				fmt.Fprintf(out, "ok    %s: %d (%.1fs)\n", pkg, n, e.Elapsed)
			}
			delete(text, key)
			delete(result, pkg)
		}
	}
	return c
}

// unfinished shows what the tests said that a panic or the time limit ended: the stacks
// of all goroutines are there.
func unfinished(out io.Writer, pkg string, text map[string]*strings.Builder) {
	for _, key := range slices.Sorted(maps.Keys(text)) {
		if test, ok := strings.CutPrefix(key, pkg+" "); ok && test != "" {
			fmt.Fprintf(out, "did not end: %s\n%s", key, text[key])
			delete(text, key)
		}
	}
}

func (c *counts) count(tests map[string]string) {
	for name, how := range tests {
		if hasChildren(tests, name) {
			continue
		}
		switch how {
		case "pass":
			c.passed++
		case "fail":
			c.failed++
		case "skip":
			c.skipped++
		}
	}
}

func hasChildren(tests map[string]string, name string) bool {
	for other := range tests {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

// reason is what a skipped test said last.
func reason(output string) string {
	last := ""
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "---") && !strings.HasPrefix(line, "===") {
			last = line
		}
	}
	return last
}

func appendTo(name string, c counts) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintln(f, c); err != nil {
		return err
	}
	return f.Close()
}

func read(name string) (total counts, err error) {
	f, err := os.Open(name)
	if err != nil {
		return total, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var c counts
		if _, err := fmt.Sscanf(lines.Text(), "%d passed, %d failed, %d skipped", &c.passed, &c.failed, &c.skipped); err != nil {
			return total, fmt.Errorf("%s: %q: %w", name, lines.Text(), err)
		}
		total.passed += c.passed
		total.failed += c.failed
		total.skipped += c.skipped
	}
	return total, lines.Err()
}
