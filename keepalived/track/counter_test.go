package track

import "testing"

func TestCounter(t *testing.T) {
	for _, c := range []struct {
		rise, fall int
		results    string // + good, - bad
		up         string // the state after each
		result     int    // at the end
	}{
		{1, 1, "+-+", "+-+", 1},
		{0, 0, "-+", "-+", 1},
		{3, 2, "+", "+", 4},
		{3, 2, "-++-+++", "------+", 4},
		{3, 2, "-+++", "---+", 4},
		{3, 2, "+-+-", "++++", 3},
		{3, 2, "+--", "++-", 0},
		{2, 3, "+--+--", "+++++-", 0},
		{2, 3, "+---+", "+++--", 1},
	} {
		n := NewCounter(c.rise, c.fall)
		for i := range c.results {
			was, first := n.Up(), !n.Ran()
			changed := n.Add(c.results[i] == '+')
			if n.Up() != (c.up[i] == '+') || changed != (first || was != n.Up()) {
				t.Errorf("rise %d fall %d, %s: up %v, changed %v after %d", c.rise, c.fall, c.results, n.Up(), changed, i+1)
			}
		}
		if n.Result() != c.result {
			t.Errorf("rise %d fall %d, %s: the counter is %d, want %d", c.rise, c.fall, c.results, n.Result(), c.result)
		}
	}
	n := NewCounter(2, 2)
	n.Assume(false)
	if n.Add(true) || n.Up() || !n.Add(true) || !n.Up() {
		t.Error("one that was assumed bad needs rise successes")
	}
}
