package errlog

import (
	"fmt"
	"strings"
	"testing"
)

func TestRing(t *testing.T) {
	r := NewRing(200)
	take := func() string {
		level, seconds, text, ok := r.Take(nil)
		if !ok {
			return "nothing"
		}
		if seconds < 1e9 {
			t.Errorf("time is %f", seconds)
		}
		return fmt.Sprintf("%s %s", level, text)
	}
	if got := take(); got != "nothing" {
		t.Error(got)
	}
	if r.Capture(Error, []byte("one\n")) {
		t.Error("it keeps the line from the outputs")
	}
	r.Capture(Warn, []byte("two\n"))
	for _, want := range []string{"error one", "warn two", "nothing"} {
		if got := take(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}

	// The oldest lines go when there is no more room; a line of any length keeps its bytes.
	var kept []string
	for i := range 1000 {
		line := strings.Repeat(string(rune('a'+i%26)), i%90)
		r.Capture(Info, []byte(line+"\n"))
		kept = append(kept, line)
		for used := 0; ; {
			used = 0
			for _, l := range kept {
				used += ringHead + len(l)
			}
			if used <= 200 {
				break
			}
			kept = kept[1:]
		}
		if i%7 == 0 {
			if got := take(); got != "info "+kept[0] {
				t.Fatalf("after %d: got %q, want %q", i, got, kept[0])
			}
			kept = kept[1:]
		}
	}

	r = NewRing(200)
	r.Capture(Error, make([]byte, 190))
	r.Filter(Warn)
	r.Capture(Notice, []byte("quiet\n"))
	r.Capture(Warn, []byte("loud\n"))
	for _, want := range []string{"warn loud", "nothing"} {
		if got := take(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
