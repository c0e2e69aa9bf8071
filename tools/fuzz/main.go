// Fuzz runs every fuzz target of the module, a few at a time, and prints what
// "go test -json" would, so that each target is counted as one test.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"
)

type target struct {
	dir, name string
	time      time.Duration
}

func main() {
	short := flag.Duration("time", 10*time.Second, "how long a target runs")
	long := flag.Duration("long", time.Minute, "how long a target of a -longpkg runs")
	jobs := flag.Int("jobs", 2, "targets at a time")
	budget := flag.Duration("budget", 6*time.Minute, "what all short targets together may take")
	longDirs := map[string]bool{}
	flag.Func("longpkg", "folder whose targets run for -long", func(s string) error { longDirs[filepath.Clean(s)] = true; return nil })
	flag.Parse()

	targets, err := find(".")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	setTimes(targets, longDirs, *short, *long, *budget, *jobs)
	var wg sync.WaitGroup
	var mu sync.Mutex
	work := make(chan target)
	for range *jobs {
		wg.Go(func() {
			for t := range work {
				ok, out := run(t)
				mu.Lock()
				report(t, ok, out)
				mu.Unlock()
			}
		})
	}
	for _, t := range targets {
		work <- t
	}
	close(work)
	wg.Wait()
}

// setTimes gives long targets their minute and lets the others share the budget.
func setTimes(targets []target, long map[string]bool, short, minute, budget time.Duration, jobs int) {
	n := 0
	for _, t := range targets {
		if !long[t.dir] {
			n++
		}
	}
	if n > 0 {
		short = min(short, (budget * time.Duration(jobs) / time.Duration(n)).Truncate(time.Second))
	}
	for i := range targets {
		if targets[i].time = short; long[targets[i].dir] {
			targets[i].time = minute
		}
	}
}

var declaration = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(\w+ \*testing\.F\)`)

func find(root string) (all []target, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(path)
		for _, m := range declaration.FindAllSubmatch(src, -1) {
			all = append(all, target{dir: filepath.Dir(path), name: string(m[1])})
		}
		return err
	})
	return all, err
}

// run runs a target. The fuzzer sometimes fails with nothing but its own deadline when
// the time is over on a busy machine; what it has found it writes down. Such a run is
// made once more.
func run(t target) (ok bool, output []byte) {
	ok, output = try(t)
	if !ok && bytes.Contains(output, []byte("context deadline exceeded")) && !bytes.Contains(output, []byte("Failing input written")) {
		return try(t)
	}
	return ok, output
}

func try(t target) (ok bool, output []byte) {
	cmd := exec.Command("go", "test", "-tags", "netgo,osusergo", "-run", "^$", "-fuzz", "^"+t.name+"$",
		"-fuzztime", t.time.String(), "-parallel", "1", "./"+filepath.ToSlash(t.dir))
	output, err := cmd.CombinedOutput()
	return err == nil, output
}

func report(t target, ok bool, output []byte) {
	e := json.NewEncoder(os.Stdout)
	action := "pass"
	name := fmt.Sprintf("%s (%v)", t.name, t.time)
	pkg := "fuzz " + t.dir + " " + t.name
	if !ok {
		action = "fail"
		e.Encode(map[string]any{"Action": "output", "Package": pkg, "Test": name, "Output": string(output)})
	}
	e.Encode(map[string]any{"Action": action, "Package": pkg, "Test": name})
	e.Encode(map[string]any{"Action": action, "Package": pkg, "Elapsed": t.time.Seconds()})
}
