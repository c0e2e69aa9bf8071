package route

import "testing"

func TestNormalize(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "/": "/", "/a/b": "/a/b", "/a.b/c..": "/a.b/c..", "/.well-known": "/.well-known", "/...": "/...",
		"/a/./b": "/a/b", "/a/../b": "/b", "/../../b": "/b", "/a/..": "/", "/a/.": "/a/", "/a/b/..": "/a/",
		"//a///b//": "/a/b/", "/a//../b": "/b", "/a/%2e%2E/b": "/b", "/%61%7e": "/a~", "/%2f%3a%25": "/%2F%3A%25",
		"/%zz%4": "/%zz%4", "/%e4%20": "/\xe4 ", "./a": "a", "../a": "a", ".": "", "..": "", "a/../b": "/b", "/.//": "/", "/a%2f..%2fb": "/a%2F..%2Fb",
	} {
		if got := Normalize(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if n := testing.AllocsPerRun(100, func() { Normalize("/api/v1.2/users..x/.") }); n == 0 {
		t.Error("a path with something to do is copied")
	}
	if n := testing.AllocsPerRun(100, func() { Normalize("/api/v1.2/users..x/7") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// What is resolved has nothing left to resolve, and nothing grows.
func FuzzNormalize(f *testing.F) {
	f.Add("/a//b/../%2e./c/.")
	f.Fuzz(func(t *testing.T, s string) {
		once := resolve("/" + s)
		if twice := resolve(once); twice != once || crooked(once) && Normalize(once) != once && decode(once) == once {
			t.Errorf("%q: %q, then %q", s, once, twice)
		}
		if len(Normalize(s)) > len(s) {
			t.Errorf("%q grows", s)
		}
	})
}

func TestSplitHost(t *testing.T) {
	for in, want := range map[string]struct {
		name string
		port uint16
	}{
		"a.b": {"a.b", 80}, "A.b.": {"a.b", 80}, "a:8080": {"a", 8080}, "a:": {"a", 80}, "[::1]:81": {"::1", 81}, "[::1]": {"::1", 80},
		"::1": {"::1", 80}, "a:x": {"a:x", 80}, "a:99999": {"a:99999", 80}, "[::1": {"[::1", 80}, "[::1]x": {"[::1]x", 80}, "": {"", 80}, ".": {".", 80},
	} {
		if name, port := SplitHost(in, "http"); name != want.name || port != want.port {
			t.Errorf("%q: %q %d", in, name, port)
		}
	}
	if _, port := SplitHost("a", "https"); port != 443 {
		t.Error(port)
	}
}

func TestLiteral(t *testing.T) {
	for in, want := range map[string]string{
		`/api/v\d+`: "/api/v", `^/a/`: "/a/", `/a\.b\/c`: "/a.b/c", `/ab?c`: "/a", `/ab*`: "/a", `/ab{2}`: "/a", `/ab+`: "/ab",
		`/a(b|c)`: "/a", `/a|/b`: "", `(?i)/a`: "", `/a\Qb`: "/", `/a\E*`: "/", `/a(?#x)*`: "/", `/a\`: "/a", `/a[b|]c`: "", `/ä`: "/", `/a\(|b`: "", `/(a\)|b)c`: "/", `/a(?#(|)|b`: "",
	} {
		if got := literal(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
