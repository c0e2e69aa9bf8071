package scripttest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

func (w *world) last(ts *testscript.TestScript) *response {
	if w.resp == nil {
		ts.Fatalf("there is no answer yet")
	}
	return w.resp
}

// status 200, or status 200 OK with the reason.
func (w *world) status(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "status CODE [REASON]")
	r := w.last(ts)
	_, rest, _ := strings.Cut(r.line, " ")
	got := strconv.Itoa(r.code)
	if len(args) > 1 {
		got = rest
	}
	if want := strings.Join(args, " "); (got == want) == neg {
		ts.Fatalf("status is %q, want %q (negated: %v)\n%s%s", rest, want, neg, r.head, tail(r.body, 500))
	}
}

// header NAME VALUE: the header stands there, with exactly this value. header NAME: it stands there.
func (w *world) header(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "header NAME [VALUE]")
	r := w.last(ts)
	ok := false
	for _, h := range r.headers {
		if strings.EqualFold(h[0], args[0]) && (len(args) < 2 || h[1] == unescape(args[1])) {
			ok = true
		}
	}
	if ok == neg {
		ts.Fatalf("header %q (negated: %v) in\n%s", args, neg, r.head)
	}
}

// headermatch looks for a pattern in the whole head, status line first.
func (w *world) headerMatch(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "headermatch REGEX")
	r := w.last(ts)
	w.match(ts, neg, "head", args[0], strings.ReplaceAll(r.head, "\r\n", "\n"))
}

// body is exact; \n, \r and \xHH may be used.
func (w *world) body(ts *testscript.TestScript, neg bool, args []string) {
	want := ""
	if len(args) > 0 {
		want = unescape(args[0])
	}
	if got := w.last(ts).body; (got == want) == neg {
		ts.Fatalf("body is %s, want %s (negated: %v)\n%s", short(got), short(want), neg, w.resp.head)
	}
}

func (w *world) bodyMatch(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 1, "bodymatch REGEX")
	w.match(ts, neg, "body", args[0], w.last(ts).body)
}

func (w *world) match(ts *testscript.TestScript, neg bool, what, pattern, text string) {
	re, err := regexp.Compile("(?m)" + pattern)
	ts.Check(err)
	if re.MatchString(text) == neg {
		ts.Fatalf("%s and %q (negated: %v):\n%s", what, pattern, neg, tail(text, 2000))
	}
}

// tally BODY N: of the answers to the last get -n, N had this body. tally -same N: all N had the same one.
func (w *world) tallied(ts *testscript.TestScript, neg bool, args []string) {
	need(ts, args, 2, "tally BODY N")
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	if args[0] == "-same" {
		if (len(w.tally) == 1 && w.tally[strings.TrimSpace(w.resp.body)] == n) == neg {
			ts.Fatalf("bodies differ (negated: %v): %v", neg, w.tally)
		}
		return
	}
	if got := w.tally[strings.TrimSpace(unescape(args[0]))]; (got == n) == neg {
		ts.Fatalf("%q came %d times, want %d: %v", args[0], got, n, w.tally)
	}
}
