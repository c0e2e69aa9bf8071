package httpd

import (
	"moongate/core/errlog"
	"moongate/engine/regex"
)

// Regex is a pattern of the configuration. A match sets $1 to $9 and the
// variables of its named groups.
type Regex struct {
	re    *regex.Regex
	named []namedGroup
}

type namedGroup struct {
	index VarIndex
	group int
}

// Captures holds the groups of the last regex that matched: $1 to $9.
type Captures struct {
	offsets []int32
	subject string
}

// Match runs a pattern (ngx_http_regex_exec).
func (r *Request) Match(x *Regex, subject string) bool {
	need := 2 * (x.re.Captures() + 1)
	if cap(r.caps.offsets) < need {
		r.caps.offsets = make([]int32, need)
	}
	o := r.caps.offsets[:need]
	n, err := x.re.Exec(subject, o)
	if err != nil {
		r.Logf(errlog.Alert, "%s", err)
		return false
	}
	if n < 1 {
		return false
	}
	r.caps.offsets = o[:n]
	r.caps.subject = subject
	for _, g := range x.named {
		r.SetVar(g.index, r.Capture(g.group))
	}
	return true
}

// Test is Match that leaves captures alone.
func (x *Regex) Test(r *Request, subject string) bool {
	ok, err := x.re.Match(subject)
	if err != nil {
		r.Logf(errlog.Alert, "%s", err)
	}
	return ok
}

// Capture is group n of the last regex that matched in this request.
func (r *Request) Capture(n int) string {
	o := r.caps.offsets
	if 2*n+1 >= len(o) || o[2*n] < 0 {
		return ""
	}
	return r.caps.subject[o[2*n]:o[2*n+1]]
}

// Captured tells whether the last match has group n.
func (r *Request) Captured(n int) bool {
	o := r.caps.offsets
	return 2*n+1 < len(o) && o[2*n] >= 0
}

// DropCaptures forgets the groups, as nginx does when a pattern of rewrite or
// if does not match.
func (r *Request) DropCaptures() { r.caps.offsets = r.caps.offsets[:0] }

// KeepCaptures saves the groups, and gives a function that brings them back:
// for those who run a pattern in between (map, server_name).
func (r *Request) KeepCaptures() func() {
	c := r.caps
	c.offsets = append([]int32(nil), c.offsets...)
	return func() { r.caps = c }
}
