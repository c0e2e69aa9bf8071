package hostnames

import "testing"

func TestFind(t *testing.T) {
	var tab Table[int]
	for i, k := range []string{"example.com", "*.Example.com", "*.a.example.com", ".dot.org", "www.example.*", "www.*", "plain"} {
		if err := tab.Add(k, i+1); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		want int
	}{
		{"example.com", 1}, {"x.example.com", 2}, {"a.example.com", 2}, {"x.a.example.com", 3},
		{"dot.org", 4}, {"x.y.dot.org", 4}, {"www.example.net", 5}, {"www.other", 6}, {"www.", 0},
		{"plain", 7}, {"none", 0}, {"", 0}, {".example.com", 0},
	} {
		if got, _ := tab.Find(c.name); got != c.want {
			t.Errorf("%q: %d, want %d", c.name, got, c.want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { tab.Find("x.a.example.com") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestAddErrors(t *testing.T) {
	var tab Table[int]
	tab.Add("*.b.c", 1)
	tab.Add("d", 1)
	for key, want := range map[string]string{
		"*.*.c": `invalid hostname or wildcard "*.*.c"`,
		"a..b":  `invalid hostname or wildcard "a..b"`,
		"a*b":   `invalid hostname or wildcard "a*b"`,
		"*":     `invalid hostname or wildcard "*"`,
		"D":     `conflicting parameter "d"`,
		".b.c":  `conflicting parameter ".b.c"`,
	} {
		if err := tab.Add(key, 2); err == nil || err.Error() != want {
			t.Errorf("%s: %v", key, err)
		}
	}
	if err := tab.AddExact("*", 3); err != nil || tab.Len() != 4 {
		t.Error(err, tab.Len())
	}
}
