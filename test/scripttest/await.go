package scripttest

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long anything expected may take before the script fails. It
// is long because a loaded machine is slow, and costs nothing when things work.
const patience = 15 * time.Second

// until waits for a condition that only another process can make true, and
// reports whether it became so. It is the only wait in this package that is not
// a blocking read.
func until(ok func() bool) bool {
	if ok() {
		return true
	}
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		select {
		case <-tick.C:
			if ok() {
				return true
			}
		case <-deadline:
			return ok()
		}
	}
}

// await waits for a file to appear, or with ! to go away: await logs/x.log
func (w *world) await(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "[!] await FILE")
	path := filepath.Join(w.dir, args[0])
	there := func() bool { _, err := os.Stat(path); return (err == nil) != neg }
	if !until(there) {
		ts.Fatalf("%s: waited in vain (negated: %v)", args[0], neg)
	}
}

// fileVerb makes a file of some size: file html/big.bin 1m
func (w *world) fileVerb(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2, "file PATH SIZE[k|m] [TEXT]")
	n, err := size(args[1])
	ts.Check(err)
	text := "0123456789abcdef"
	if len(args) > 2 {
		text = unescape(args[2])
	}
	path := filepath.Join(w.dir, args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, []byte(strings.Repeat(text, n/len(text)+1)[:n]), 0o644))
}
