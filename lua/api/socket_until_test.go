package api

import (
	"strings"
	"testing"
)

// pieces feeds text to a pattern in pieces of a size and gives what calls with a limit return.
func pieces(pattern, text string, piece, limit int, inclusive bool) (out []string, found bool) {
	p := &untilPattern{text: pattern, inclusive: inclusive, sized: limit > 0}
	p.compile()
	pc := &peerConn{}
	op := readOp{mode: readUntil, pat: p, rest: limit}
	for {
		if len(pc.unread()) == 0 {
			if text == "" {
				return append(out, string(op.result())), false
			}
			n := min(piece, len(text))
			pc.buf, pc.from = []byte(text[:n]), 0
			text = text[n:]
		}
		if !op.step(pc) {
			continue
		}
		out = append(out, string(op.result()))
		if p.over || limit == 0 {
			return out, true
		}
		op = readOp{mode: readUntil, pat: p, rest: limit}
	}
}

func TestReceiveUntil(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		limit         int
		inclusive     bool
		want          string
	}{
		{"--abc", "hello, world ----abc", 0, false, "hello, world --"},
		{"--abc", "hello, world ----abc", 0, true, "hello, world ----abc"},
		{"\r\n", "line\r\nrest", 0, false, "line"},
		{"abcabd", "abcabcabd", 0, false, "abc"},
		{"aa", "baaa", 0, false, "b"},
		{"--abc", "hello, world ----abc", 4, false, "hell|o, w|orld| --"},
		{"x", "12345x", 2, false, "12|34|5"},
	} {
		for piece := 1; piece < 30; piece++ {
			got, found := pieces(c.pattern, c.text, piece, c.limit, c.inclusive)
			if strings.Join(got, "|") != c.want || !found {
				t.Errorf("%q in %q, pieces of %d: %q %v", c.pattern, c.text, piece, got, found)
			}
		}
	}
}

func FuzzReceiveUntil(f *testing.F) {
	f.Add("ab", "aabab", 1, 0)
	f.Add("--abc--", "x----abc--abc--y", 3, 4)
	f.Fuzz(func(t *testing.T, pattern, text string, piece, limit int) {
		if pattern == "" || piece < 1 {
			return
		}
		limit = max(limit, 0) % 64
		got, found := pieces(pattern, text, piece, limit, false)
		before, _, ok := strings.Cut(text, pattern)
		if !ok {
			// What may yet begin the pattern is held back.
			if found || !strings.HasPrefix(text, strings.Join(got, "")) {
				t.Fatalf("%q in %q: %q", pattern, text, got)
			}
			return
		}
		if !found || strings.Join(got, "") != before {
			t.Fatalf("%q in %q: %q, want %q", pattern, text, got, before)
		}
	})
}
