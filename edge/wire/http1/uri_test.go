package http1

import "testing"

func TestResolveURI(t *testing.T) {
	tests := []struct {
		raw, path, args, ext string
		ok                   bool
	}{
		{"/", "/", "", "", true},
		{"/a.html", "/a.html", "", "html", true},
		{"/a.b/c", "/a.b/c", "", "", true},
		{"/a.tar.gz?x=.y", "/a.tar.gz", "x=.y", "gz", true},
		{"/a?", "/a", "", "", true},
		{"/a%20b.txt", "/a b.txt", "", "txt", true},
		{"/%61%2Fb", "/a/b", "", "", true},
		{"/a%3Fb?c", "/a?b", "c", "", true},
		{"/a%23b", "/a#b", "", "", true},
		{"/a%25%32%30", "/a%20", "", "", true},
		{"/a%00", "", "", "", false},
		{"/a%2", "", "", "", false},
		{"/a%", "", "", "", false},
		{"/a%zz", "", "", "", false},
		{"/a%2?x", "", "", "", false},
		{"/a//b///c", "/a/b/c", "", "", true},
		{"/a/./b/.", "/a/b/", "", "", true},
		{"/a/../b/..", "/", "", "", true},
		{"/a/b/%2e%2e/c", "/a/c", "", "", true},
		{"/a/b/..?x", "/a/", "x", "", true},
		{"/a/b/..#x", "/a/", "", "", true},
		{"/..", "", "", "", false},
		{"/a/../../b", "", "", "", false},
		{"/.../a", "/.../a", "", "", true},
		{"/..a/.b", "/..a/.b", "", "", true},
		{"/.ht.x", "/.ht.x", "", "x", true},
		{"/.htaccess", "/.htaccess", "", "", true},
		{"/a#b?c", "/a", "", "", true},
		{"/a?b#c", "/a", "b", "", true},
		{"/a?b%20//../c", "/a", "b%20//../c", "", true},
		{"/a.x/../b.", "/b.", "", "", true},
		{"/a+b", "/a+b", "", "", true},
		{"/\xd0\xb0", "/\xd0\xb0", "", "", true},
	}
	for _, tt := range tests {
		buf := []byte("GET " + tt.raw + " HTTP/1.1\r\n")
		var l RequestLine
		if _, r := ParseRequestLine(buf, &l); r != OK {
			t.Errorf("%q: %v", tt.raw, r)
			continue
		}
		u, ok := l.ResolveURI(buf, true, nil)
		if ok != tt.ok || ok && (u.Path != tt.path || u.Args != tt.args || u.Ext != tt.ext) {
			t.Errorf("%q: %+v %v", tt.raw, u, ok)
		}
		again, okAgain := ParseURI([]byte(tt.raw), true, nil)
		if again != u || okAgain != ok {
			t.Errorf("%q: alone %+v %v, in a line %+v %v", tt.raw, again, okAgain, u, ok)
		}
	}
}

func TestResolveURIKeepsSlashes(t *testing.T) {
	u, ok := ParseURI([]byte("/a//b/..//c/%2f"), false, nil)
	if !ok || u.Path != "/a///c//" {
		t.Errorf("%q", u.Path)
	}
}

func TestEmptyPath(t *testing.T) {
	buf := []byte("GET http://h?a#b HTTP/1.1\r\n")
	var l RequestLine
	ParseRequestLine(buf, &l)
	u, ok := l.ResolveURI(buf, true, nil)
	if !ok || u.Path != "/" || u.Args != "a" {
		t.Errorf("%+v", u)
	}
}

func TestURIFlags(t *testing.T) {
	for raw, want := range map[string]URI{
		"/a+b":    {Path: "/a+b", Plus: true},
		"/a%2bb":  {Path: "/a+b", Plus: true, Quoted: true},
		"/a?b+c":  {Path: "/a", Args: "b+c", HasArgs: true},
		"/+/./%c": {},
	} {
		u, ok := ParseURI([]byte(raw), true, nil)
		if ok && u != want || ok != (want.Path != "") {
			t.Errorf("%q: %+v", raw, u)
		}
	}
}

func TestParseURIRefuses(t *testing.T) {
	for _, raw := range []string{"", "*", "a", "/a b", "/a\r", "/\x7f", "http://h/"} {
		if _, ok := ParseURI([]byte(raw), true, nil); ok {
			t.Errorf("%q accepted", raw)
		}
	}
}

func TestExt(t *testing.T) {
	for path, want := range map[string]string{
		"/a.b": "b", "/a.b/c": "", "/.b": "", "/a/.b": "", "/a/.b.c": "c", "/a.": "", "": "", "/": "", ".a": "",
	} {
		if got := Ext(path); got != want {
			t.Errorf("%q: %q", path, got)
		}
	}
}

func TestSplitArgs(t *testing.T) {
	if p, a := SplitArgs("/a?b?c"); p != "/a" || a != "b?c" {
		t.Error(p, a)
	}
	if p, a := SplitArgs("/a"); p != "/a" || a != "" {
		t.Error(p, a)
	}
}

func TestCheckInternalURI(t *testing.T) {
	tests := []struct {
		in, path, args string
		ok             bool
	}{
		{"/a", "/a", "", true},
		{"/a%20b?c%20d", "/a b", "c%20d", true},
		{"a/b", "a/b", "", true},
		{"/a..b/..c", "/a..b/..c", "", true},
		{"", "", "", false},
		{"?a", "", "", false},
		{"../a", "", "", false},
		{"..", "", "", false},
		{"/a/..", "", "", false},
		{"/a/../b", "", "", false},
		{"/a/%2e%2e/b", "", "", false},
		{"/..?x", "", "", false},
		{"/a%00", "", "", false},
		{"/a\x00", "", "", false},
	}
	for _, tt := range tests {
		p, a, ok := CheckInternalURI(tt.in, nil)
		if ok != tt.ok || ok && (p != tt.path || a != tt.args) {
			t.Errorf("%q: %q %q %v", tt.in, p, a, ok)
		}
	}
}
