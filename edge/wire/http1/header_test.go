package http1

import (
	"strings"
	"testing"
)

func parseOne(t *testing.T, in string) (Header, int, Result) {
	t.Helper()
	var h, short Header
	n, r := ParseHeader([]byte(in), &h)
	for i := 0; i < len(in); i++ {
		_, sr := ParseHeader([]byte(in[:i]), &short)
		if sr != Again && sr != r || r != Again && !r.Failed() && sr == r && i < n {
			t.Fatalf("%q: first %d bytes: %v, all: %v", in, i, sr, r)
		}
	}
	return h, n, r
}

func TestHeader(t *testing.T) {
	tests := []struct {
		in          string
		r           Result
		name, value string
		flags       HeaderFlags
	}{
		{"Host: a\r\n", OK, "Host", "a", 0},
		{"Host:a\n", OK, "Host", "a", 0},
		{"Host:   a b   \r\n", OK, "Host", "a b", 0},
		{"Host:\ta\t\r\n", OK, "Host", "\ta\t", 0},
		{"Host:\r\n", OK, "Host", "", 0},
		{"Host:   \n", OK, "Host", "", 0},
		{"Host\r\n", OK, "Host", "", 0},
		{"Host\n", OK, "Host", "", 0},
		{"Host: a\r\r\n", OK, "Host", "a", 0},
		{"Host: a:b: c\r\n", OK, "Host", "a:b: c", 0},
		{"X_Y: a\r\n", OK, "X_Y", "a", Underscore},
		{"_: a\r\n", OK, "_", "a", Underscore},
		{"X!: a\r\n", OK, "X!", "a", BadName},
		{"X(_: a\r\n", OK, "X(_", "a", BadName | Underscore},
		{"\xffX: a\r\n", OK, "\xffX", "a", BadName},
		{"X: \x01\x7f\xff\r\n", OK, "X", "\x01\x7f\xff", 0},
		{"X: " + strings.Repeat("y", 100) + " \r\n", OK, "X", strings.Repeat("y", 100), 0},
		{"\r\n", HeaderDone, "", "", 0},
		{"\n", HeaderDone, "", "", 0},
		{"\rx", InvalidHeader, "", "", 0},
		{" X: a\r\n", InvalidHeader, "", "", 0},
		{"\tX: a\r\n", InvalidHeader, "", "", 0},
		{": a\r\n", InvalidHeader, "", "", 0},
		{"X : a\r\n", InvalidHeader, "", "", 0},
		{"X\x00: a\r\n", InvalidHeader, "", "", 0},
		{"X: a\x00b\r\n", InvalidHeader, "", "", 0},
		{"X: a\rb\r\n", InvalidHeader, "", "", 0},
		{"X: a", Again, "", "", 0},
		{"X: a\r", Again, "", "", 0},
		{"X", Again, "", "", 0},
		{"\r", Again, "", "", 0},
		{"", Again, "", "", 0},
	}
	for _, tt := range tests {
		h, n, r := parseOne(t, tt.in)
		if r != tt.r {
			t.Errorf("%q: %v, want %v", tt.in, r, tt.r)
			continue
		}
		if r == OK && (n != len(tt.in) || h.Name != tt.name || h.Value != tt.value || h.Flags != tt.flags) {
			t.Errorf("%q: %d %+v", tt.in, n, h)
		}
	}
}

func TestHeaderInvalid(t *testing.T) {
	for flags, want := range map[HeaderFlags][2]bool{
		0: {}, Underscore: {true, false}, BadName: {true, true}, BadName | Underscore: {true, true},
	} {
		h := Header{Flags: flags}
		if h.Invalid(false) != want[0] || h.Invalid(true) != want[1] {
			t.Errorf("%b", flags)
		}
	}
}

func TestHeaders(t *testing.T) {
	in := []byte("Host: a\r\nX-Y: b\r\n\r\nGET")
	var hs [4]Header
	n, count, r := ParseHeaders(in, hs[:])
	if r != HeaderDone || count != 2 || string(in[n:]) != "GET" || hs[0].ID != Host || hs[1].ID != OtherHeader {
		t.Errorf("%d %d %v", n, count, r)
	}
	n, count, r = ParseHeaders(in, hs[:1])
	if r != OK || count != 1 || n != 9 {
		t.Errorf("%d %d %v", n, count, r)
	}
	n, count, r = ParseHeaders(in[:12], hs[:])
	if r != Again || count != 1 || n != 9 {
		t.Errorf("%d %d %v", n, count, r)
	}
	n, count, r = ParseHeaders([]byte("A: b\r\nB : c\r\n"), hs[:])
	if r != InvalidHeader || count != 1 || n != 6 {
		t.Errorf("%d %d %v", n, count, r)
	}
}

func TestHeaderIDs(t *testing.T) {
	seen := map[string]bool{}
	longest := 0
	for id := OtherHeader + 1; id < NumHeaders; id++ {
		name := id.String()
		if name == "" || seen[name] {
			t.Errorf("%d: %q", id, name)
		}
		seen[name] = true
		for _, s := range []string{name, strings.ToLower(name), strings.ToUpper(name)} {
			if LookupHeader(s) != id {
				t.Errorf("%q: %v", s, LookupHeader(s))
			}
		}
		for _, s := range []string{name + "x", "x" + name, name[1:]} {
			if got := LookupHeader(s); got != OtherHeader && !seen[s] && !strings.EqualFold(got.String(), s) {
				t.Errorf("%q: %v", s, got)
			}
		}
		chain := 0
		for c := headerSlots[headerSlot(name)]; c != OtherHeader; c = headerChain[c] {
			chain++
		}
		longest = max(longest, chain)
	}
	if longest > 3 {
		t.Errorf("a chain of %d names", longest)
	}
	if LookupHeader("") != OtherHeader {
		t.Error("empty")
	}
}

func TestBadHeader(t *testing.T) {
	for in, want := range map[string]string{
		"X : a\r\n":            `"X\x20..."`,
		" X: a\r\n":            `"\x20..."`,
		": a\r\n":              `"\x3a..."`,
		"X: a\x00b\r\n":        `"X: a\x00..."`,
		"X: a  \x00b\r\n":      `"X: a  \x00..."`,
		"X: a\rb\r\n":          `"X: a\x0d..."`,
		"X: a  \rb\r\n":        `"X: a\x20..."`,
		"X:   \rb\r\n":         `"X:   \x0d..."`,
		"X\rb\r\n":             `"X\x0d..."`,
		"\rb":                  `"\x0d..."`,
		"Long-Name: v\x00\r\n": `"Long-Name: v\x00..."`,
	} {
		var h Header
		if _, r := ParseHeader([]byte(in), &h); r != InvalidHeader {
			t.Errorf("%q: %v", in, r)
		}
		if got := string(AppendBadHeader(nil, "client sent invalid header line", []byte(in))); got != "client sent invalid header line: "+want {
			t.Errorf("%q: %s", in, got)
		}
	}
}

func TestUpstreamHeader(t *testing.T) {
	var h Header
	in := "HTTP/1.1 200 OK\r\nHTTP/1.0 200\nX_Y: z\r\n"
	n, r := ParseUpstreamHeader([]byte(in), &h)
	if r != OK || n != len(in) || h.Name != "X_Y" || h.Invalid(true) {
		t.Errorf("%d %v %+v", n, r, h)
	}
	if n, r := ParseUpstreamHeader([]byte("HTTP/1.1"), &h); r != Again || n != 0 {
		t.Error(n, r)
	}
	if n, r := ParseUpstreamHeader([]byte("HTTP/1.1\nA b"), &h); r != InvalidHeader || n != 9 {
		t.Error(n, r)
	}
	if _, r := ParseUpstreamHeader([]byte("HTTPS/1: x\n"), &h); r != OK || h.Name != "HTTPS/1" {
		t.Error(r, h)
	}
}
