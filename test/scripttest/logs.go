package scripttest

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// errorlog REGEX waits for a line in logs/error.log; -n N for exactly N of them, -f FILE for another file.
func (w *world) errorLog(ts *testscript.TestScript, neg bool, args []string) {
	w.logLine(ts, neg, "logs/error.log", args)
}

func (w *world) noErrorLog(ts *testscript.TestScript, neg bool, args []string) {
	w.logLine(ts, true, "logs/error.log", args)
}

func (w *world) accessLog(ts *testscript.TestScript, neg bool, args []string) {
	w.logLine(ts, neg, "logs/access.log", args)
}

func (w *world) logLine(ts *testscript.TestScript, neg bool, file string, args []string) {
	n := -1
	for len(args) > 1 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-n":
			v, err := strconv.Atoi(args[1])
			ts.Check(err)
			n = v
		case "-f":
			file = args[1]
		default:
			ts.Fatalf("unknown flag %s", args[0])
		}
		args = args[2:]
	}
	need(ts, args, 1, "errorlog|accesslog [-n N] [-f FILE] REGEX")
	re, err := regexp.Compile("(?m)" + args[0])
	ts.Check(err)
	read := func() string {
		b, _ := os.ReadFile(filepath.Join(w.dir, file))
		return string(b)
	}
	lines := func() int { return len(re.FindAllString(read(), -1)) }
	if neg {
		// Nothing tells that a line will not come; requests were answered before this is asked.
		if lines() > 0 {
			ts.Fatalf("%s has a line that matches %q:\n%s", file, args[0], tail(read(), 3000))
		}
		return
	}
	if !until(func() bool { got := lines(); return n < 0 && got > 0 || got == n }) {
		ts.Fatalf("%s: %d lines match %q (want %d; -1 is any):\n%s", file, lines(), args[0], n, tail(read(), 3000))
	}
}
