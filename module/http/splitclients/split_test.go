package splitclients

import "testing"

func TestMurmur2(t *testing.T) {
	for s, want := range map[string]uint32{"": 0, "a": 0x92685f5e, "127.0.0.1": 0xb6131d91, "hello world": 0x44a81419} {
		if got := murmur2(s); got != want {
			t.Errorf("%q: %#x, want %#x", s, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	for s, want := range map[string]int{"50": 5000, "0.5": 50, ".5": 50, "33.33": 3333, "100": 10000, "1.": 100} {
		if n, ok := percent(s); !ok || int(n) != want {
			t.Errorf("%s: %d %v", s, n, ok)
		}
	}
	for _, s := range []string{"", ".", "x", "1.234", "-1", "1.2.3"} {
		if n, ok := percent(s); ok {
			t.Errorf("%s: %d", s, n)
		}
	}
}

func TestBounds(t *testing.T) {
	s := split{parts: []part{{percent: 5000}, {percent: 2500}, {percent: 0}}}
	if err := s.finish(); err != nil {
		t.Fatal(err)
	}
	if s.parts[0].bound != 0x7fffffff || s.parts[1].bound != 0xbffffffe || s.parts[2].bound != 0 {
		t.Errorf("%+v", s.parts)
	}
	s = split{parts: []part{{percent: 6000}, {percent: 5000}}}
	if err := s.finish(); err == nil || err.Error() != "percent total is greater than 100%" {
		t.Error(err)
	}
}
