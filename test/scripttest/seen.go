package scripttest

import (
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// seen NAME REGEX: the last request that the origin got, head and body, matches.
func (w *world) seen(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2, "seen ORIGIN REGEX")
	o := w.origins[args[0]]
	if o == nil {
		ts.Fatalf("origin %s was not started", args[0])
	}
	o.mu.Lock()
	last := ""
	if n := len(o.requests); n > 0 {
		last = o.requests[n-1]
	}
	o.mu.Unlock()
	w.match(ts, neg, "request at "+args[0], args[1], strings.ReplaceAll(last, "\r\n", "\n"))
}

// count NAME requests|connections N: how many the origin got so far. It waits,
// since a request may still be on its way (mirrors, background work).
func (w *world) count(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 3, "count ORIGIN requests|connections N")
	o := w.origins[args[0]]
	if o == nil {
		ts.Fatalf("origin %s was not started", args[0])
	}
	want, err := strconv.Atoi(args[2])
	ts.Check(err)
	got := func() int {
		o.mu.Lock()
		defer o.mu.Unlock()
		if args[1] == "connections" {
			return o.connections
		}
		return len(o.requests)
	}
	if neg {
		if got() == want {
			ts.Fatalf("%s has %d %s", args[0], want, args[1])
		}
		return
	}
	if !until(func() bool { return got() >= want }) || got() != want {
		ts.Fatalf("%s has %d %s, want %d", args[0], got(), args[1], want)
	}
}
