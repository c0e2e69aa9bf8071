package check

// tour says which of several URLs is asked for next. All must be good before the
// whole is; after a failure the one that failed must be good first, and then all,
// from the first.
type tour struct {
	n    int // URLs
	at   int // the next
	left int // how many more must be good
	lost bool
}

func newTour(n int) tour { return tour{n: n, left: n} }

// good takes a URL that was good and tells whether the whole is.
func (t *tour) good() bool {
	if t.left > 0 {
		t.left--
	}
	if t.lost {
		t.lost, t.at = false, 0
	} else {
		t.at = (t.at + 1) % t.n
	}
	return t.left == 0
}

// bad takes the end of the whole by a URL. Attempts that are followed by a retry
// don't count.
func (t *tour) bad() { t.left, t.lost = t.n+1, true }
